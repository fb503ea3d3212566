import Programs

extension NetworkWitness {
  /// The cells of every step. **Throws** `invalidParameter` for a tree that is none, and for a way of missing values other than 0 and 1.
  mutating func follow(_ paths: NetworkTreePaths, _ x: [Int64], _ nodes: [Int64], _ name: String) throws(ProgramError) {
    let count = nodes.count / 6
    var place = paths.offset
    for sample in 0..<(x.count / paths.features) {
      let features = x[(sample * paths.features)..<((sample + 1) * paths.features)]
      for tree in 0..<paths.trees {
        var here = tree
        for _ in 0..<paths.depth {
          here = try step(paths, nodes, features, sample: sample, from: here, count: count, place, name, tree: tree)
          place += 1
        }
        guard nodes[here * 6] == 0 else { throw Self.broken(name, tree) }
      }
    }
  }

  private static func broken(_ name: String, _ tree: Int) -> ProgramError { .invalidParameter(node: name, reason: "tree \(tree) has a broken path") }

  private mutating func step(
    _ paths: NetworkTreePaths, _ nodes: [Int64], _ features: ArraySlice<Int64>, sample: Int, from here: Int, count: Int, _ place: Int,
    _ name: String, tree: Int
  ) throws(ProgramError) -> Int {
    let row = nodes[(here * 6)..<(here * 6 + 6)].map { $0 }
    let stays = row[0] == 0
    guard stays || (1...6).contains(row[0]) else { throw Self.broken(name, tree) }
    let feature = stays ? 0 : row[1]
    let threshold = stays ? 0 : row[2]
    guard let position = Int(exactly: feature), (0..<features.count).contains(position) else { throw Self.broken(name, tree) }
    let value = features[features.startIndex + position]
    let isMissing = value == paths.missing
    let tracks = stays || !paths.cells.hasMissing ? 0 : row[5]
    guard (0...1).contains(tracks) else { throw .invalidParameter(node: name, reason: "a missing value goes to side \(tracks)") }
    let (isLess, isEqual) = (value < threshold, value == threshold)
    let holds = [isLess || isEqual, isLess, !isLess, !isLess && !isEqual, isEqual, !isEqual]
    let isTrue = isMissing ? tracks == 1 : (stays ? false : holds[Int(row[0]) - 1])
    let move = stays ? 2 : (isTrue ? 1 : 0)
    let next = stays ? Int64(here) : row[isTrue ? 3 : 4]
    guard next >= 0, next < Int64(count) else { throw Self.broken(name, tree) }
    func write(_ part: NetworkPathCells.Part, _ value: Int64) { columns[paths.first + part.rawValue][place] = value }
    write(.key, Int64(here) + Int64(move) << Int64(paths.keyBits))
    write(.move, Int64(move))
    write(.test, stays ? NetworkPathCells.stay : row[0])
    write(.feature, feature)
    write(.threshold, threshold)
    write(.delta, next - Int64(here))
    write(.cell, feature << Int64(paths.sampleBits) + Int64(sample))
    write(.value, value)
    write(.isLess, isLess ? 1 : 0)
    write(.isEqual, isEqual ? 1 : 0)
    if paths.cells.hasMissing {
      write(.tracksTrue, tracks)
      write(.isMissing, isMissing ? 1 : 0)
    }
    let bits = Int64(paths.cells.bits)
    let distance = value - threshold + (isLess ? 1 << bits : 0) - (isLess || isEqual ? 0 : 1)
    var shift = Int64(paths.cells.limbs.first ?? 0)
    for (index, width) in paths.cells.limbs.enumerated().dropFirst() {
      columns[paths.first + paths.cells.limb(index)][place] = (distance >> shift) & ((1 << Int64(width)) - 1)
      shift += Int64(width)
    }
    return Int(next)
  }
}
