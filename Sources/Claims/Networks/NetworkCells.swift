import Programs
import ProofSystem

/// A kind of committed cells: columns of one length whose rows are looked up together.
enum NetworkCells: Hashable {
  /// One column of integers below 2^bits.
  case limb(bits: Int)
  /// Columns hi, s, s·(hi − 2^(high − 1)), then lo, s·lo of every lower limb, the most significant first: the positive part of an integer of
  /// high + Σ low bits in offset binary.
  case sign(high: Int, low: [Int])
  /// Columns x, f(x).
  case table(TableLookup)
  /// One column of what other nodes are, so that products stay of a low degree.
  case plain
  /// Columns that committed tables have; `number` tells those of one tensor from all others.
  case held(number: Int, width: Int)
  /// Columns key and components: a row of a committed table.
  case reading(table: Int, width: Int)
  /// Steps through trees.
  case path(NetworkPathCells)

  /// Number of columns.
  var width: Int {
    switch self {
    case .limb, .plain: 1
    case .sign(_, let low): 3 + 2 * low.count
    case .table: 2
    case .held(_, let width): width
    case .reading(_, let width): 1 + width
    case .path(let path): path.width
    }
  }
}

/// Where the digits of one integer per entry lie.
enum NetworkDigits: Sendable {
  /// value = lower + Σ 2^shift · limb.
  case limbs([(column: Int, offset: Int, bits: Int, shift: Int)], lower: Int64)
  /// value = Σ − 2^(bits − 1); first of the class's columns.
  case sign(first: Int, offset: Int, high: Int, low: [Int])
  /// value = the first of two columns.
  case table(first: Int, offset: Int, TableLookup)
  /// The value itself, whatever it is.
  case plain(column: Int, offset: Int)
}

/// What the prover computes and writes before a node is evaluated.
struct NetworkAdvice: Sendable {
  enum Step: Sendable {
    /// The node's value.
    case value(Int, NetworkDigits)
    /// from − the node's value, a second check of one range.
    case complement(Int, from: Int64, NetworkDigits)
    /// x·M + 2^(s−1) = q·2^s + ρ.
    case division(Int, multiplier: Int64, shift: Int, quotient: NetworkDigits, remainder: NetworkDigits, range: IntegerRange)
    /// ⌊(2·a·2^s + b) / (2·b)⌋, for a floor without the + b.
    case quotient(Int, Int, shift: Int, isFloor: Bool, range: IntegerRange, NetworkDigits)
    /// ⌊√(x·2^s)⌋.
    case root(Int, shift: Int, NetworkDigits)
    /// x·M + 2^(s−1) = (2·h + p)·2^s + ρ.
    case halfEven(Int, multiplier: Int64, shift: Int, half: NetworkDigits, parity: NetworkDigits, remainder: NetworkDigits)
    /// The node's entries [rows, width] as columns.
    case held(Int, first: Int, width: Int)
    /// Key and components of the rows of a committed table that the node's entries number.
    case read(Int, table: Int, first: Int, offset: Int)
    /// Numbers of the columns of each row of a node in the order of `RowOrder`.
    case order(Int, columns: Int, isDescending: Bool, NetworkDigits)
    /// Steps of all paths.
    case paths(NetworkTreePaths)
    /// The rows of a hidden input of the claim.
    case input(String, IntegerRange, NetworkDigits, complement: NetworkDigits?)
  }
  /// Number of the first node that may read it.
  let before: Int
  let name: String
  let step: Step
}
