import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

/// Prover of a network's last sumcheck, Σ_i weight(i)·cell(i) over the stack of its columns.
///
/// Neither vector is held: the first rounds run on the inner products of all pairs of sections, M[p][q] = Σ_i weight(p, i)·cell(q, i), where p and
/// q are the values of the first variables; then both vectors are written folded by all of them at once. Weights are made tile by tile from their
/// pieces; where there is none, nothing is computed. What is sent does not depend on the number of those rounds.
package struct NetworkStackProver<E: KernelField>: Sendable {
  package typealias Base = E.Base

  /// A list of weights at its place in the stack.
  private struct Piece: Sendable {
    let weights: [E]
    let coefficient: Base
    let range: Range<Int>
  }
  /// A committed column at its place.
  private struct Column: Sendable {
    let cells: WitnessColumn<Base>
    let start: Int
    var end: Int { start + cells.count }
  }

  /// Variables.
  private let bits: Int
  /// Variables that are bound at once.
  private let boundBits: Int
  /// Entries of a section, and of a tile.
  private let length: Int
  private let tile: Int
  private let pieces: [Piece]
  /// Pieces that meet a tile of the stack, by its number.
  private let meeting: [[Int32]]
  private let columns: [Column]

  /// `weights` after `settle`. `boundBits`: for tests.
  init(_ weights: NetworkWeights<E>, _ witness: WitnessReader<E>, boundBits: Int = 3) {
    let stack = weights.stack
    self.init(
      pieces: weights.pieces(stack), columns: stack.parts.map { (witness.read($0.view), $0.offset) }, bits: stack.bits, boundBits: boundBits)
  }

  /// Pieces and columns of a vector of 2^bits entries; columns by ascending place, without overlap, at least as far as weights reach.
  package init(
    pieces list: [(weights: [E], coefficient: Base, start: Int)], columns: [(cells: WitnessColumn<Base>, start: Int)], bits: Int, boundBits: Int
  ) {
    self.bits = bits
    self.boundBits = min(boundBits, bits)
    length = 1 << (bits - self.boundBits)
    tile = min(512, length)
    pieces = list.filter { !$0.weights.isEmpty }.map {
      Piece(weights: $0.weights, coefficient: $0.coefficient, range: $0.start..<($0.start + $0.weights.count))
    }
    self.columns = columns.map { Column(cells: $0.cells, start: $0.start) }
    var meeting = [[Int32]](repeating: [], count: (1 << bits) / tile)
    for (number, piece) in pieces.enumerated() {
      for place in (piece.range.lowerBound / tile)...((piece.range.upperBound - 1) / tile) {
        meeting[place].append(Int32(truncatingIfNeeded: number))
      }
    }
    self.meeting = meeting
  }

  /// Sends the sum and the rounds; returns the weight and the vector at the point.
  package func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>) -> (weight: E, value: E) {
    var products = sectionProducts()
    channel.send("network.cells", [Self.trace(products)])
    var point: [E] = []
    while products.count > 1 {
      let (c0, c2) = Self.round(products)
      channel.send("network.stack", [c0, c2])
      let r = channel.challenge("network.stack.r")
      products = Self.fold(products, by: r)
      point.append(r)
    }
    let (own, cells) = folded(at: point)
    let (_, weight, value) = SumcheckProver.product(&channel, own, cells, label: "network.stack")
    return (weight, value)
  }

  // MARK: Rounds on the products of sections

  private static func trace(_ products: [[E]]) -> E { products.indices.reduce(E.zero) { $0 + products[$1][$1] } }

  /// (c0, c2) of Σ_p weight(p)·cell(p), from the products of all pairs.
  private static func round(_ products: [[E]]) -> (c0: E, c2: E) {
    let half = products.count / 2
    var (c0, c2) = (E.zero, E.zero)
    for p in 0..<half {
      let (low, high) = (products[p], products[half + p])
      c0 += low[p]
      c2 += high[half + p] - high[p] - low[half + p] + low[p]
    }
    return (c0, c2)
  }

  @_specialize(where E == GoldilocksCubic)
  private static func fold(_ products: [[E]], by r: E) -> [[E]] {
    func folded(_ low: [E], _ high: [E]) -> [E] { zip(low, high).map { $0 + r * ($1 - $0) } }
    let half = products.count / 2
    return (0..<half).map { p in
      let row = folded(products[p], products[half + p])
      return folded(Array(row[..<half]), Array(row[half...]))
    }
  }

  // MARK: Passes over the vectors

  /// Place in the stack of a section's tile.
  private func place(_ section: Int, _ number: Int) -> Int { section * (length / tile) + number }

  @_specialize(where E == GoldilocksCubic)
  private func sectionProducts() -> [[E]] {
    let sections = 1 << boundBits
    let parts = parallelMap(count: length / tile, minimumChunk: 8) { range -> [[E]] in
      let own = FieldBuffer<E>(uninitialisedCount: tile)
      let scratch = FieldBuffer<Base>(uninitialisedCount: sections * tile, secret: true)
      var sums = [[E]](repeating: [E](repeating: .zero, count: sections), count: sections)
      for number in range {
        let live = (0..<sections).filter { !meeting[place($0, number)].isEmpty }
        if live.isEmpty { continue }
        let cells = (0..<sections).map { self.cells(place($0, number), scratch: scratch.pointer + $0 * tile) }
        for p in live {
          fill(own.pointer, place(p, number), scale: .one)
          for q in 0..<sections { if let cells = cells[q] { sums[p][q] += E.dot(UnsafePointer(own.pointer), cells, count: tile) } }
        }
      }
      withExtendedLifetime(columns) {}
      return sums
    }
    var total = [[E]](repeating: [E](repeating: .zero, count: sections), count: sections)
    for part in parts { for p in 0..<sections { for q in 0..<sections { total[p][q] += part[p][q] } } }
    return total
  }

  /// Both vectors with the first variables bound: `length` entries each.
  @_specialize(where E == GoldilocksCubic)
  private func folded(at point: [E]) -> (weights: FieldBuffer<E>, cells: FieldBuffer<E>) {
    let equality = Equality.table(point)
    let (own, cells) = (FieldBuffer<E>(uninitialisedCount: length), FieldBuffer<E>(uninitialisedCount: length, secret: true))
    let (ownTarget, cellTarget) = (SendablePointer(own.pointer), SendablePointer(cells.pointer))
    parallelChunks(count: length / tile, minimumChunk: 8) { range in
      let scratch = FieldBuffer<Base>(uninitialisedCount: equality.count * tile, secret: true)
      for number in range {
        let (weights, values) = (ownTarget.pointer + number * tile, cellTarget.pointer + number * tile)
        E.fill(weights, .zero, count: tile)
        E.fill(values, .zero, count: tile)
        var (rows, factors): ([UnsafePointer<Base>], [E]) = ([], [])
        for (p, factor) in equality.enumerated() {
          add(to: weights, place(p, number), scale: factor)
          guard let cells = self.cells(place(p, number), scratch: scratch.pointer + p * tile) else { continue }
          rows.append(cells)
          factors.append(factor)
        }
        rows.withUnsafeBufferPointer { rows in
          factors.withUnsafeBufferPointer { factors in
            if let rows = rows.baseAddress, let coefficients = factors.baseAddress {
              E.accumulateRows(values, rows: rows, coefficients: coefficients, rowCount: factors.count, count: tile)
            }
          }
        }
      }
      withExtendedLifetime(columns) {}
    }
    return (own, cells)
  }

  /// scale times the weights of one tile of the stack.
  @_specialize(where E == GoldilocksCubic)
  private func fill(_ out: UnsafeMutablePointer<E>, _ number: Int, scale: E) {
    E.fill(out, .zero, count: tile)
    add(to: out, number, scale: scale)
  }

  @_specialize(where E == GoldilocksCubic)
  private func add(to out: UnsafeMutablePointer<E>, _ number: Int, scale: E) {
    let start = number * tile
    for index in meeting[number] {
      let piece = pieces[Int(index)]
      let own = piece.range.clamped(to: start..<(start + tile))
      piece.weights.withUnsafeBufferPointer { weights in
        guard let source = weights.baseAddress else { return }
        E.accumulate(
          out + (own.lowerBound - start), source + (own.lowerBound - piece.range.lowerBound), coefficient: scale.scaled(by: piece.coefficient),
          count: own.count)
      }
    }
  }

  /// The cells of one tile of the stack, in place where one column holds them all; nil where there is no column.
  @_specialize(where E == GoldilocksCubic)
  private func cells(_ number: Int, scratch: UnsafeMutablePointer<Base>) -> UnsafePointer<Base>? {
    let start = number * tile
    // The first column that ends behind the tile's beginning.
    var (low, high) = (0, columns.count)
    while low < high {
      let middle = (low + high) / 2
      if columns[middle].end <= start { low = middle + 1 } else { high = middle }
    }
    guard low < columns.count, columns[low].start < start + tile else { return nil }
    if columns[low].start <= start, columns[low].end >= start + tile { return columns[low].cells.pointer + (start - columns[low].start) }
    E.fillBase(scratch, .zero, count: tile)
    while low < columns.count, columns[low].start < start + tile {
      let own = (columns[low].start..<columns[low].end).clamped(to: start..<(start + tile))
      (scratch + (own.lowerBound - start)).update(from: columns[low].cells.pointer + (own.lowerBound - columns[low].start), count: own.count)
      low += 1
    }
    return UnsafePointer(scratch)
  }
}
