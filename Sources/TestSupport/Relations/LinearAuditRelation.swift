import Fields
import Hashing
import Kernels
import ProofSystem
import Prover

/// A committed linear model on a committed data set reaches a public number of correct decisions: the specification's `example_linear`,
/// used for known answers and for the engine's tests. Parameters and formulas as there.
public struct LinearAuditRelation<E: KernelField>: ProvableRelation {
  public typealias Base = E.Base
  public struct Parameters: Sendable {
    public var n = 6, d = 3, c = 1, xb = 4, mult = 3, sigma = 4, hb = 7, yb = 5, theta = 17, minCorrect = 0
    public init() {}
    var canonical: CanonicalValue {
      let entries: [(String, Int)] = [
        ("n", n), ("d", d), ("c", c), ("xb", xb), ("mult", mult), ("sigma", sigma), ("hb", hb), ("yb", yb), ("theta", theta),
        ("min_correct", minCorrect),
      ]
      return .dictionary(Dictionary(uniqueKeysWithValues: entries.map { ($0.0, .integer(UInt64($0.1))) }))
    }
  }
  public let parameters: Parameters
  /// Lookups left out, or "mask" for the shape rule: for non-vacuity tests only.
  public let skip: [String]
  public let matrices: [RelationMatrix]
  public let auxiliary: MatrixLayout
  public let tree: FractionTree<Base>
  let (ln, ld, lc): (Int, Int, Int)
  let rows: Extent, features: Extent, outputs: Extent
  public var lookupDegree: Int { tree.degree }
  public var pointVariables: Int { max(ln, ld) + lc }
  public var uncommittedDegree: Int { 2 }

  public init(parameters q: Parameters, datasetShape: String, modelShape: String, rowBits: [String: Int], skip: [String] = []) {
    parameters = q
    self.skip = skip
    (ln, ld, lc) = (log2Ceiling(q.n), log2Ceiling(q.d), log2Ceiling(q.c))
    let sb = Int.bitWidth - (q.n * q.c).leadingZeroBitCount
    let mask = !skip.contains("mask")
    rows = Extent(bits: ln, count: mask ? q.n : 1 << ln)
    features = Extent(bits: ld, count: mask ? q.d : 1 << ld)
    outputs = Extent(bits: lc, count: mask ? q.c : 1 << lc)
    let cells = [ln, lc]
    matrices = [
      RelationMatrix(
        name: "dataset", shape: datasetShape,
        layout: MatrixLayout(
          name: "dataset", log2RowLength: rowBits[datasetShape] ?? 0, tensors: [TensorLayout("X", [ln, ld]), TensorLayout("labels", cells)])),
      RelationMatrix(
        name: "model", shape: modelShape,
        layout: MatrixLayout(name: "model", log2RowLength: rowBits[modelShape] ?? 0, tensors: [TensorLayout("W", [ld, lc])])),
    ]
    let ranges = Set([q.xb, q.sigma, q.yb, sb]).sorted()
    auxiliary = MatrixLayout(
      name: "aux", log2RowLength: rowBits["aux"] ?? 0,
      tensors: ["h", "rem", "y", "dec"].map { TensorLayout($0, cells) } + ranges.map { TensorLayout("m.range\($0)", [$0]) }
        + [TensorLayout("m.activation", [q.hb]), TensorLayout("m.confusion", [2])])
    tree = Self.tree(q, skip: skip, sb: sb, ranges: ranges, matrices: matrices, auxiliary: auxiliary, bits: (ln, ld, lc))
  }

  private static func tree(
    _ q: Parameters, skip: [String], sb: Int, ranges: [Int], matrices: [RelationMatrix], auxiliary: MatrixLayout, bits: (Int, Int, Int)
  ) -> FractionTree<Base> {
    let (ln, ld, lc) = bits
    func aux(_ name: String) -> View { auxiliary.view(name) }
    var tables = ranges.enumerated().map { index, bits in
      LookupTable<Base>(name: "range\(bits)", identifier: UInt64(index + 1), rows: .integers(bits: bits), multiplicity: aux("m.range\(bits)"))
    }
    let half = 1 << (q.hb - 1)
    let activation = (-half..<half).map { [Base(signed: Int64($0)), Base(UInt64(Self.activation($0, q)))] }
    tables.append(
      LookupTable(
        name: "activation", identifier: UInt64(tables.count + 1), rows: .explicit(PublicRows(rows: activation)), multiplicity: aux("m.activation")))
    let pairs: [[Base]] = [[.zero, .zero], [.zero, .one], [.one, .zero], [.one, .one]]
    tables.append(
      LookupTable(name: "confusion", identifier: UInt64(tables.count + 1), rows: .explicit(PublicRows(rows: pairs)), multiplicity: aux("m.confusion"))
    )
    func index(_ name: String) -> Int { tables.firstIndex { $0.name == name } ?? 0 }
    func one(_ constant: Int, _ terms: (Int, View)...) -> LookupExpression<Base> {
      LookupExpression(signedConstant: Int64(constant), terms.map { (Int64($0.0), $0.1) })
    }
    let perOutput = [Extent(bits: ln, count: q.n), Extent(bits: lc, count: q.c)]
    let confusion = aux("m.confusion")
    let half2 = 1 << (q.xb - 1)
    let shift = 1 << q.yb
    let x = matrices[0].layout.view("X")
    let w = matrices[1].layout.view("W")
    let labels = matrices[0].layout.view("labels")
    let all: [Lookup<Base>] = [
      Lookup(
        name: "range X", table: index("range\(q.xb)"), components: [one(half2, (1, x))],
        selected: [Extent(bits: ln, count: q.n), Extent(bits: ld, count: q.d)]),
      Lookup(
        name: "range W", table: index("range\(q.xb)"), components: [one(half2, (1, w))],
        selected: [Extent(bits: ld, count: q.d), Extent(bits: lc, count: q.c)]),
      Lookup(name: "remainder", table: index("range\(q.sigma)"), components: [one(0, (1, aux("rem")))], selected: perOutput),
      Lookup(name: "activation", table: index("activation"), components: [one(0, (1, aux("h"))), one(0, (1, aux("y")))], selected: perOutput),
      Lookup(
        name: "decision", table: index("range\(q.yb)"), components: [one(shift - q.theta, (1, aux("y")), (-shift, aux("dec")))], selected: perOutput),
      Lookup(name: "confusion", table: index("confusion"), components: [one(0, (1, labels)), one(0, (1, aux("dec")))], selected: perOutput),
      Lookup(
        name: "slack", table: index("range\(sb)"), components: [one(-q.minCorrect, (1, confusion.entry(0)), (1, confusion.entry(3)))],
        selected: []),
    ]
    return FractionTree(lookups: all.filter { !skip.contains($0.name) }, tables: tables)
  }

  static func activation(_ h: Int, _ q: Parameters) -> Int { min(max(h + (1 << (q.yb - 1)), 0), (1 << q.yb) - 1) }

  public var descriptor: CanonicalValue {
    func number(_ value: Int) -> CanonicalValue { .integer(UInt64(value)) }
    func element(_ value: Base) -> CanonicalValue {
      var bytes: [UInt8] = []
      value.appendBytes(to: &bytes)
      return bytes.count == 8 ? .integer(bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }) : .bytes(bytes)
    }
    let tables = tree.tables.map { table -> CanonicalValue in
      let rows: [CanonicalValue]
      switch table.rows {
      case .integers(let bits): rows = (0..<(1 << bits)).map { .list([number($0)]) }
      case .explicit(let list): rows = list.rows.map { .list($0.map(element)) }
      case .committed, .numbered: rows = []
      }
      return .list([.text(table.name), .integer(table.identifier), .list(rows)])
    }
    let lookups = tree.lookups.map { lookup -> CanonicalValue in
      .list([
        .text(lookup.name), number(lookup.table), number(lookup.bits),
        .list(lookup.selected.map { .list([number($0.bits), number($0.count)]) }),
      ])
    }
    return .dictionary([
      "relation": .text("linear audit/v1"), "parameters": parameters.canonical, "skip": .list(skip.map { .text($0) }),
      "tables": .list(tables), "lookups": .list(lookups), "layouts": .list(matrices.map(\.layout.description)),
    ])
  }

  /// Public formats of the two artefacts.
  public var formats: [String: CanonicalValue] {
    func number(_ value: Int) -> CanonicalValue { .integer(UInt64(value)) }
    let q = parameters
    func signed(_ a: Int, _ b: Int) -> CanonicalValue {
      .dictionary(["shape": .list([number(a), number(b)]), "scale": 0, "signed bits": number(q.xb)])
    }
    let labels = CanonicalValue.dictionary(["shape": .list([number(q.n), number(q.c)]), "scale": 0, "values": 2])
    return ["dataset": .dictionary(["X": signed(q.n, q.d), "labels": labels]), "model": .dictionary(["W": signed(q.d, q.c)])]
  }
}
