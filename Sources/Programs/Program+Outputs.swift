/// Outputs by name, and single columns of outputs that have several.

extension Program {
  /// The node of an output and, for the name `output.k`, the column k of one that has at least two: `score.2` is the score of class 2.
  ///
  /// k is written in decimal, without a sign or leading zeros. An output whose own name ends like that comes first.
  public func outputColumn(_ name: String) -> (node: Int, column: Int?)? {
    if let node = output(name) { return (node, nil) }
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let digits = name.utf8[name.utf8.index(after: dot)...]
    guard (1...4).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0"),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let node = output(String(name[..<dot]))
    else { return nil }
    let column = digits.reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
    let columns = nodes[node].shape.columns
    return columns >= 2 && column < columns ? (node, column) : nil
  }
}
