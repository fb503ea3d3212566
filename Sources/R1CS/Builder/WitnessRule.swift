import Fields

/// How the value of an inner wire follows from earlier ones.
public enum WitnessRule<F: PrimeField>: Sendable {
  case value(LinearCombination<F>)
  case product(LinearCombination<F>, LinearCombination<F>)
  /// 1/x, and 0 for x = 0.
  case inverseOrZero(LinearCombination<F>)
  /// Bit i of the canonical representative in [0, p); 0 from the last byte on.
  case bit(LinearCombination<F>, Int)
  /// Any function of values, to be deterministic.
  case function([LinearCombination<F>], @Sendable ([F]) -> F)

  func value(_ z: [F]) -> F {
    switch self {
    case .value(let x): return x.value(z)
    case .product(let x, let y): return x.value(z) * y.value(z)
    case .inverseOrZero(let x): return x.value(z).inverse() ?? .zero
    case .bit(let x, let index):
      var bytes: [UInt8] = []
      x.value(z).appendBytes(to: &bytes)
      guard index >= 0, index / 8 < bytes.count else { return .zero }
      return F(UInt64(bytes[index / 8] &>> UInt8(truncatingIfNeeded: index & 7) & 1))
    case .function(let inputs, let body): return body(inputs.map { $0.value(z) })
    }
  }

  func moved(_ place: [UInt32]) throws(CircuitError) -> Self {
    switch self {
    case .value(let x): .value(try x.moved(place))
    case .product(let x, let y): .product(try x.moved(place), try y.moved(place))
    case .inverseOrZero(let x): .inverseOrZero(try x.moved(place))
    case .bit(let x, let index): .bit(try x.moved(place), index)
    case .function(let inputs, let body):
      .function(try inputs.map { (input) throws(CircuitError) in try input.moved(place) }, body)
    }
  }
}

/// z[wire] ← rule(z).
struct WitnessStep<F: PrimeField>: Sendable {
  let wire: UInt32
  let rule: WitnessRule<F>

  func moved(_ place: [UInt32]) throws(CircuitError) -> Self {
    guard Int(wire) < place.count else { throw .invalidCircuit("wire \(wire) is of another builder") }
    return Self(wire: place[Int(wire)], rule: try rule.moved(place))
  }
}

/// A circuit from a `CircuitBuilder`, with what computes its witnesses and names its wires.
public struct BuiltCircuit<F: PrimeField>: Sendable {
  public let circuit: Circuit<F>
  /// By wire; nil where there is none, and for the constant.
  public let names: [String?]
  public let privateInputCount: Int
  let steps: [WitnessStep<F>]

  /// The values of all wires from the inputs, each list in the order of declaration. Whether they satisfy the circuit is
  /// `Circuit.firstViolation`'s to say.
  ///
  /// **Throws** `valueCount` for another number of public or private inputs.
  public func witness(publicInputs: [F] = [], privateInputs: [F] = []) throws(CircuitError) -> [F] {
    guard publicInputs.count == circuit.publicInputCount else {
      throw .valueCount(expected: circuit.publicInputCount, found: publicInputs.count)
    }
    guard privateInputs.count == privateInputCount else { throw .valueCount(expected: privateInputCount, found: privateInputs.count) }
    var z = Array(repeating: F.zero, count: circuit.wireCount)
    z[0] = .one
    let inputs = 1 &+ circuit.publicOutputCount
    for (index, value) in publicInputs.enumerated() { z[inputs &+ index] = value }
    for (index, value) in privateInputs.enumerated() { z[inputs &+ publicInputs.count &+ index] = value }
    for step in steps { z[Int(step.wire)] = step.rule.value(z) }
    return z
  }

  /// The wire of a name, which begins with `main.`.
  public func wire(named name: String) -> Int? { names.firstIndex(of: name) }

  /// The circuit as an `.r1cs` file. **Throws** `notRepresentable`.
  public func r1csFile() throws(CircuitError) -> [UInt8] { try circuit.r1csFile(privateInputCount: privateInputCount) }
  /// The names as a `.sym` file.
  public var symbolFile: [UInt8] { SymbolNames.file(names: names) }
}
