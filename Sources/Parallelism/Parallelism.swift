internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Data parallelism over index ranges with borders that do not depend on the machine.
///
/// `0..<count` is cut into chunks whose borders are a function of `count` and `minimumChunk` alone, so partial results are the
/// same values in the same order on one core and on many. At most `chunkLimit` chunks: four per core on up to 8 cores.
public enum Parallelism {
  /// Most chunks of one call.
  public static let chunkLimit = 32

  private static let limit = Atomic<Int>(0)

  /// At most this many chunks run at the same time; 0 (the default) means as many as there are cores. Results never depend on it.
  public static var threadLimit: Int {
    get { limit.load(ordering: .relaxed) }
    set { limit.store(max(0, newValue), ordering: .relaxed) }
  }

  /// Threads that work at the same time: the cores, or `threadLimit`. For the size of temporary tables only; results never depend on it.
  public static var workerCount: Int {
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return threadLimit > 0 ? min(threadLimit, cores) : cores
  }

  /// The chunks of `0..<count`: in order, adjacent, each of at least `minimumChunk` entries unless there is but one, and
  /// at most `chunkLimit` of them. Lengths differ by at most 1. Empty when `count` ≤ 0.
  public static func chunks(count: Int, minimumChunk: Int = 1) -> [Range<Int>] {
    guard count > 0 else { return [] }
    let pieces = max(1, min(chunkLimit, count / max(1, minimumChunk)))
    let length = count / pieces
    let longer = count % pieces
    var chunks: [Range<Int>] = []
    chunks.reserveCapacity(pieces)
    var start = 0
    for piece in 0..<pieces {
      let end = start + length + (piece < longer ? 1 : 0)
      chunks.append(start..<end)
      start = end
    }
    return chunks
  }
}

/// Calls `body` once for each chunk of `0..<count` (see `Parallelism.chunks`), on several cores, and returns when all are done.
/// - Parameters:
///   - count: number of indices; nothing happens when it is ≤ 0.
///   - minimumChunk: least entries worth a call of `body`; choose it so that one call takes some tens of microseconds.
///   - body: may run on several threads at the same time; calls get disjoint ranges.
public func parallelChunks(count: Int, minimumChunk: Int = 1, body: @Sendable (Range<Int>) -> Void) {
  run(Parallelism.chunks(count: count, minimumChunk: minimumChunk)) { _, range in body(range) }
}

/// The results of `body` on the chunks of `0..<count`, in index order.
/// - Returns: one result for each chunk of `Parallelism.chunks(count:minimumChunk:)`, first chunk first.
public func parallelMap<Result: Sendable>(
  count: Int, minimumChunk: Int = 1, body: @Sendable (Range<Int>) -> Result
) -> [Result] {
  let chunks = Parallelism.chunks(count: count, minimumChunk: minimumChunk)
  guard chunks.count > 1 else { return chunks.map(body) }
  return Array(unsafeUninitializedCapacity: chunks.count) { buffer, initialized in
    if let base = buffer.baseAddress {
      let results = Slots(base: base)
      run(chunks) { index, range in (results.base + index).initialize(to: body(range)) }
      initialized = chunks.count
    }
  }
}

/// A result array under construction: each slot is written by exactly one call.
private struct Slots<Result>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Result>
}

/// Runs `body` on every chunk. With a thread limit k the k workers take the chunks in turn.
private func run(_ chunks: [Range<Int>], body: @Sendable (Int, Range<Int>) -> Void) {
  let limit = Parallelism.threadLimit
  if chunks.count <= 1 || limit == 1 {
    for (index, range) in chunks.enumerated() { body(index, range) }
  } else if limit == 0 || limit >= chunks.count {
    DispatchQueue.concurrentPerform(iterations: chunks.count) { index in body(index, chunks[index]) }
  } else {
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: limit) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < chunks.count else { return }
        body(index, chunks[index])
      }
    }
  }
}
