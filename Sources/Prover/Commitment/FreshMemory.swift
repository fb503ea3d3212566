import Parallelism

/// What memory costs that a process has not had before: the system clears it, and a virtual machine may first have to get it from its host,
/// which takes longer than all that a proof computes on it.
public enum FreshMemory {
  private static var blockByteCount: Int { 32 << 20 }

  /// Seconds a byte of large tables when they are first written, on all cores: the mean of the slower half of up to `blocks` blocks of 32 MiB,
  /// since what was given back a moment ago is cheaper than what a large proof takes. Ends after `seconds`.
  public static func secondsPerByte(blocks: Int = 24, seconds: Double = 1.5) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var (times, held): ([Double], [UnsafeMutableRawPointer]) = ([], [])
    defer { for block in held { block.deallocate() } }
    for _ in 0..<max(1, blocks) where times.isEmpty || Self.seconds(clock.now - start) < seconds {
      let block = UnsafeMutableRawPointer.allocate(byteCount: blockByteCount, alignment: HugePages.alignment)
      HugePages.advise(block, byteCount: blockByteCount)
      held.append(block)
      let target = SendablePointer(block.bindMemory(to: UInt8.self, capacity: blockByteCount))
      let before = clock.now
      parallelChunks(count: blockByteCount >> 12, minimumChunk: 512) { pages in
        for page in pages { target.pointer[page << 12] = 1 }
      }
      times.append(Self.seconds(clock.now - before))
    }
    let slower = times.sorted().suffix((times.count + 1) / 2)
    return slower.reduce(0, +) / Double(slower.count * blockByteCount)
  }

  private static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
