import Fields

/// Builds a circuit from wires and constraints, and remembers how each inner wire is computed from the inputs.
///
/// ```swift
/// var builder = CircuitBuilder<Goldilocks>()
/// let x = builder.privateInput("x")
/// let y = builder.privateInput("y")
/// builder.publicOutput("product", builder.product(x, y))
/// let built = try builder.build()
/// let witness = try built.witness(privateInputs: [6, 7].map { Goldilocks($0) })
/// ```
/// The shape of the circuit never depends on values. In the result public outputs come first, then public inputs, private inputs and
/// inner wires, each in the order of their declaration. Linear combinations belong to the builder that made them.
public struct CircuitBuilder<F: PrimeField>: Sendable {
  enum Role: Int, Sendable {
    case output
    case publicInput
    case privateInput
    case inner
  }
  /// By wire; wire 0 has a place too.
  private(set) var roles: [Role] = [.output]
  private(set) var names: [String?] = [nil]
  private(set) var steps: [WitnessStep<F>] = []
  private(set) var constraints: [RankOneConstraint<F>] = []

  public init() {}

  public var constraintCount: Int { constraints.count }
  /// Wires, the constant 1 included.
  public var wireCount: Int { roles.count }

  /// A wire of the statement, chosen by who states it. `name`: without the prefix `main.`, which all names get.
  public mutating func publicInput(_ name: String) -> LinearCombination<F> { declare(.publicInput, name) }
  /// `count` public inputs `name[0]`, `name[1]`, … on successive wires.
  public mutating func publicInputs(_ name: String, count: Int) -> [LinearCombination<F>] {
    (0..<max(0, count)).map { declare(.publicInput, "\(name)[\($0)]") }
  }
  /// A wire of the witness that is given.
  public mutating func privateInput(_ name: String) -> LinearCombination<F> { declare(.privateInput, name) }
  /// `count` private inputs `name[0]`, `name[1]`, … on successive wires.
  public mutating func privateInputs(_ name: String, count: Int) -> [LinearCombination<F>] {
    (0..<max(0, count)).map { declare(.privateInput, "\(name)[\($0)]") }
  }

  /// A public wire with the value of `value`, which one linear constraint enforces.
  public mutating func publicOutput(_ name: String, _ value: LinearCombination<F>) {
    let wire = declare(.output, name)
    steps.append(WitnessStep(wire: last, rule: .value(value)))
    constrain(wire == value)
  }

  /// An inner wire whose value `rule` gives. Nothing enforces it: the constraints that do are the caller's.
  public mutating func wire(_ name: String? = nil, _ rule: WitnessRule<F>) -> LinearCombination<F> {
    let wire = declare(.inner, name)
    steps.append(WitnessStep(wire: last, rule: rule))
    return wire
  }

  /// Adds a constraint.
  public mutating func constrain(_ constraint: RankOneConstraint<F>) { constraints.append(constraint) }

  private var last: UInt32 { UInt32(truncatingIfNeeded: roles.count &- 1) }

  private mutating func declare(_ role: Role, _ name: String?) -> LinearCombination<F> {
    roles.append(role)
    names.append(name.map { "main.\($0)" })
    return LinearCombination(wire: last)
  }

  /// The circuit with its wires in order.
  ///
  /// **Throws** `invalidCircuit`: 2^32 or more wires or terms, a wire of another builder, a name that occurs twice or has a comma or a
  /// control character.
  public func build() throws(CircuitError) -> BuiltCircuit<F> {
    guard UInt32(exactly: wireCount) != nil else { throw .invalidCircuit("\(wireCount) wires, at most 2^32 - 1") }
    try checkNames()
    // A stable sort by role; wire 0 stays where it is.
    var order = [0]
    order.reserveCapacity(wireCount)
    for role in [Role.output, .publicInput, .privateInput, .inner] {
      for wire in 1..<max(1, wireCount) where roles[wire] == role { order.append(wire) }
    }
    var place = Array<UInt32>(repeating: 0, count: wireCount)
    for (new, old) in order.enumerated() { place[old] = UInt32(truncatingIfNeeded: new) }
    func count(_ role: Role) -> Int { roles.dropFirst().count { $0 == role } }
    let (outputs, inputs) = (count(.output), count(.publicInput))
    guard
      let circuit = Circuit(
        a: try matrix(place) { $0.a }, b: try matrix(place) { $0.b }, c: try matrix(place) { $0.c }, publicOutputCount: outputs,
        publicInputCount: inputs)
    else { throw .invalidCircuit("the matrices do not agree in size") }
    return BuiltCircuit(
      circuit: circuit, names: order.map { names[$0] }, privateInputCount: count(.privateInput),
      steps: try steps.map { (step) throws(CircuitError) in try step.moved(place) })
  }

  private func matrix(
    _ place: [UInt32], _ side: (RankOneConstraint<F>) -> LinearCombination<F>
  ) throws(CircuitError) -> SparseMatrix<F> {
    let total = constraints.reduce(0) { $0 &+ side($1).terms.count }
    guard UInt32(exactly: total) != nil else { throw .invalidCircuit("\(total) terms in one matrix, at most 2^32 - 1") }
    var matrix = SparseMatrixBuilder<F>(rowCount: constraints.count, entryCount: total)
    for constraint in constraints {
      for term in try side(constraint).moved(place).terms { matrix.append(column: term.wire, value: term.coefficient) }
      matrix.endRow()
    }
    return matrix.matrix(columnCount: wireCount)
  }

  private func checkNames() throws(CircuitError) {
    var seen: Set<String> = []
    for case let name? in names {
      guard seen.insert(name).inserted else { throw .invalidCircuit("two wires have the name \(name)") }
      guard name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ",") }) else {
        throw .invalidCircuit("the name of a wire has a comma or a control character")
      }
    }
  }
}

extension LinearCombination {
  /// The same over wires renumbered by `place`.
  func moved(_ place: [UInt32]) throws(CircuitError) -> Self {
    var out = self
    for index in out.terms.indices {
      let wire = Int(out.terms[index].wire)
      guard wire < place.count else { throw .invalidCircuit("wire \(wire) is of another builder") }
      out.terms[index].wire = place[wire]
    }
    return out
  }
}
