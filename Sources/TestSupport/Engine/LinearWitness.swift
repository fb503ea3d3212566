import Fields
import Kernels
import ProofSystem
import Prover

/// Padded tensors of the linear audit by matrix and name: row-major field values, the reference interpreter in plain integers.
public struct LinearWitness<E: ToyField>: Sendable {
  public typealias Base = E.Base
  public let relation: LinearAuditRelation<E>
  /// `dataset`: X, labels; `model`: W; `aux`: h, rem, y, dec and the multiplicities.
  public var tensors: [String: [String: [Base]]]

  /// Logical row-major signed integers: X (n × d), labels (n × c), W (d × c).
  public init(_ relation: LinearAuditRelation<E>, x: [Int], labels: [Int], w: [Int]) {
    self.relation = relation
    let q = relation.parameters
    tensors = [
      "dataset": [
        "X": Self.pad(x, rows: q.n, columns: q.d, bits: (relation.ln, relation.ld)),
        "labels": Self.pad(labels, rows: q.n, columns: q.c, bits: (relation.ln, relation.lc)),
      ],
      "model": ["W": Self.pad(w, rows: q.d, columns: q.c, bits: (relation.ld, relation.lc))],
      "aux": [:],
    ]
  }

  private static func pad(_ values: [Int], rows: Int, columns: Int, bits: (Int, Int)) -> [Base] {
    var out = [Base](repeating: .zero, count: 1 << (bits.0 + bits.1))
    for i in 0..<rows { for j in 0..<columns { out[i << bits.1 + j] = Base(signed: Int64(values[i * columns + j])) } }
    return out
  }

  /// The tensor `name` of `matrix`.
  public subscript(_ matrix: String, _ name: String) -> [Base] {
    get { tensors[matrix]?[name] ?? [] }
    set { tensors[matrix]?[name] = newValue }
  }

  /// One cell as a signed integer.
  public func integer(_ matrix: String, _ name: String, _ index: Int) -> Int { Int(self[matrix, name][index].signedInteger ?? 0) }

  /// Width of a padded row of X, of labels and W.
  public var paddedFeatures: Int { 1 << relation.ld }
  public var paddedOutputs: Int { 1 << relation.lc }
  public var paddedRows: Int { 1 << relation.ln }

  /// clamp(h + 2^(yb − 1), 0, 2^yb − 1).
  public func activation(_ h: Int) -> Int { LinearAuditRelation<E>.activation(h, relation.parameters) }

  /// h, rem, y, dec of every cell of the relation's shape, the contraction over `contraction` columns (its own unless stated); then the counts.
  public mutating func run(contraction: Int? = nil) {
    let q = relation.parameters
    let zero = [Base](repeating: .zero, count: 1 << (relation.ln + relation.lc))
    var columns = ["h": zero, "rem": zero, "y": zero, "dec": zero]
    for i in 0..<relation.rows.count {
      for j in 0..<relation.outputs.count {
        var sum = 0
        for k in 0..<(contraction ?? relation.features.count) {
          sum += integer("dataset", "X", i << relation.ld + k) * integer("model", "W", k << relation.lc + j)
        }
        let scaled = sum * q.mult + 1 << (q.sigma - 1)
        let h = scaled >> q.sigma
        let y = activation(h)
        let at = i << relation.lc + j
        columns["h"]?[at] = Base(signed: Int64(h))
        columns["rem"]?[at] = Base(signed: Int64(scaled - h << q.sigma))
        columns["y"]?[at] = Base(signed: Int64(y))
        columns["dec"]?[at] = y >= q.theta ? .one : .zero
      }
    }
    tensors["aux"] = columns
    recount()
  }

  /// Multiplicities of the present columns. The slack lookup reads the confusion counts, so these come first.
  public mutating func recount() {
    let tree = relation.tree
    for table in tree.tables { self["aux", "m." + table.name] = [Base](repeating: .zero, count: 1 << table.bits) }
    let order = tree.tables.indices.sorted { tree.tables[$0].name == "confusion" && tree.tables[$1].name != "confusion" }
    for index in order {
      let counts = FractionLeaves<E>.multiplicities(tree, table: index, witness: WitnessReader(matrices: matrices))
      self["aux", "m." + tree.tables[index].name] = counts.map { Base($0) }
    }
  }

  /// Filled matrices by name.
  public var matrices: [String: MatrixData<Base>] {
    var out = ["aux": ToyParts.matrix(relation.auxiliary, tensors["aux"] ?? [:])]
    for matrix in relation.matrices { out[matrix.name] = ToyParts.matrix(matrix.layout, tensors[matrix.name] ?? [:]) }
    return out
  }

  /// M[label][decision], entry 2·label + decision.
  public var confusion: [Int] { (0..<4).map { integer("aux", "m.confusion", $0) } }
}
