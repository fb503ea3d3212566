import Fields
import Kernels
import Parallelism
import Synchronization
import Testing

@Suite(.serialized) struct ParallelismTests {
  @Test func chunksCoverTheRange() {
    for count in [0, 1, 2, 5, 31, 32, 33, 100, 1023, 4096, 100_000] {
      for minimum in [-1, 0, 1, 7, 64, 5000] {
        let chunks = Parallelism.chunks(count: count, minimumChunk: minimum)
        #expect(chunks.count <= Parallelism.chunkLimit)
        #expect(chunks.flatMap { Array($0) } == Array(0..<count))
        if chunks.count > 1 { #expect(chunks.allSatisfy { $0.count >= minimum }) }
        let lengths = chunks.map(\.count)
        #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 1)
      }
    }
    #expect(Parallelism.chunks(count: -3).isEmpty)
  }

  @Test(arguments: [0, 1, 2, 3, 100]) func everyThreadLimit(_ limit: Int) {
    Parallelism.threadLimit = limit
    defer { Parallelism.threadLimit = 0 }
    #expect(Parallelism.threadLimit == limit)
    for count in [0, 1, 10, 1000] {
      let visits = Mutex([Int](repeating: 0, count: count))
      parallelChunks(count: count) { range in
        visits.withLock { visits in
          for i in range { visits[i] += 1 }
        }
      }
      #expect(visits.withLock { $0 } == [Int](repeating: 1, count: count))
      let sums = parallelMap(count: count, minimumChunk: 3) { range in (start: range.lowerBound, sum: range.reduce(0, +)) }
      #expect(sums.map(\.start) == Parallelism.chunks(count: count, minimumChunk: 3).map(\.lowerBound))
      #expect(sums.reduce(0) { $0 + $1.sum } == count * (count - 1) / 2)
    }
  }

  @Test func negativeLimitMeansNone() {
    Parallelism.threadLimit = -5
    #expect(Parallelism.threadLimit == 0)
  }

  @Test func randomDrawsDoNotDependOnThreads() {
    var left = Randomness(seed: [UInt8](repeating: 9, count: 32))
    let parallel: [Goldilocks] = left.base(70_001)
    Parallelism.threadLimit = 1
    defer { Parallelism.threadLimit = 0 }
    var right = Randomness(seed: [UInt8](repeating: 9, count: 32))
    let serial: [Goldilocks] = right.base(70_001)
    #expect(parallel == serial)
  }
}
