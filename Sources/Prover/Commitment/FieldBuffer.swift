import Fields
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A 64-byte aligned buffer of plain elements, freed with its last reference. The prover's large tables live here.
///
/// Sendable by discipline: concurrent writers touch disjoint ranges, and nobody reads a range while another writes it.
public final class FieldBuffer<Element>: @unchecked Sendable {
  public let pointer: UnsafeMutablePointer<Element>
  public let count: Int
  /// Whether the contents are overwritten with zeros before the memory is given back.
  private let isSecret: Bool

  /// Bytes taken, at least those of the elements.
  private let capacity: Int

  /// `count` copies of `value`.
  public convenience init(repeating value: Element, count: Int, secret: Bool = false) {
    self.init(uninitialisedCount: count, secret: secret)
    guard count > 0 else { return }
    // Doubling copies of bytes: as fast as memory without a specialised loop.
    pointer.initialize(to: value)
    let (raw, total) = (UnsafeMutableRawPointer(pointer), count * MemoryLayout<Element>.stride)
    var filled = MemoryLayout<Element>.stride
    while filled < total {
      // Copies of some cache-sized block from then on.
      let length = min(min(filled, Self.copiedBlock / MemoryLayout<Element>.stride * MemoryLayout<Element>.stride), total - filled)
      (raw + filled).copyMemory(from: raw, byteCount: length)
      filled += length
    }
  }

  private static var copiedBlock: Int { 1 << 15 }

  /// Memory that the caller fills before it reads. `Element` is trivial.
  public init(uninitialisedCount count: Int, secret: Bool = false) {
    precondition(count >= 0 && _isPOD(Element.self))
    let byteCount = max(count, 1) * MemoryLayout<Element>.stride
    let raw: UnsafeMutableRawPointer
    if byteCount >= HugePages.minimumByteCount {
      (raw, capacity) = LargeBuffers.take(byteCount: byteCount)
    } else {
      (raw, capacity) = (UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64), byteCount)
    }
    pointer = raw.bindMemory(to: Element.self, capacity: max(count, 1))
    self.count = count
    isSecret = secret
  }

  public convenience init(_ elements: [Element], secret: Bool = false) {
    self.init(uninitialisedCount: elements.count, secret: secret)
    elements.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.initialize(from: base, count: elements.count) }
    }
  }

  deinit {
    if isSecret { zeroise(UnsafeMutableRawPointer(pointer), count * MemoryLayout<Element>.stride) }
    if capacity >= HugePages.minimumByteCount {
      LargeBuffers.give(UnsafeMutableRawPointer(pointer), byteCount: capacity)
    } else {
      UnsafeMutableRawPointer(pointer).deallocate()
    }
  }

  @inlinable public subscript(_ index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return pointer[index]
    }
    set {
      assert(index >= 0 && index < count)
      pointer[index] = newValue
    }
  }

  public var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

/// Overwrites memory that held secrets; not optimised away, since the callee is opaque.
@inline(never) func zeroise(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
  pointer.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
}

/// Large tables on 2 MiB pages where the system offers them: first-touch faults are otherwise a tenth of the prover's time.
enum HugePages {
  static let minimumByteCount = 4 << 20
  static let alignment = 2 << 20

  static func advise(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    #if os(Linux)
      // 14 is MADV_HUGEPAGE; a refusal changes nothing but speed.
      _ = madvise(pointer, byteCount, 14)
    #endif
  }
}

/// Large buffers that were given back, kept for later takers: fresh memory is cleared by the system page by page, which costs up to a third of
/// a proof. Buffers in use and kept ones together take no more than `budget` bytes, or what is in use alone. Secret buffers are overwritten before
/// they come here.
enum LargeBuffers {
  /// Half of the machine's memory, or of the address space where that is limited to less; at least 512 MiB.
  static let budget = max(512 << 20, memoryByteCount / 2)

  /// What this process can have; 0 where that is not known.
  private static var memoryByteCount: Int {
    #if canImport(Glibc)
      let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
      let (bytes, isTooLarge) = max(0, pages).multipliedReportingOverflow(by: max(0, size))
      var limit = rlimit()
      guard !isTooLarge, getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return 0 }
      return Int(clamping: min(UInt64(bytes), UInt64(limit.rlim_cur)))
    #else
      return 0
    #endif
  }

  private struct Block {
    let address: UInt
    let byteCount: Int
  }
  private struct State {
    /// Kept blocks in the order they came.
    var blocks: [Block] = []
    var keptByteCount = 0
    var usedByteCount = 0

    mutating func remove(at index: Int) -> Block {
      keptByteCount -= blocks[index].byteCount
      return blocks.remove(at: index)
    }
  }
  private static let state = Mutex(State())

  /// Memory of at least `byteCount` bytes and its size: the smallest kept block that fits and is not larger than twice that, else fresh.
  static func take(byteCount: Int) -> (pointer: UnsafeMutableRawPointer, byteCount: Int) {
    let (known, dropped) = state.withLock { state -> (Block?, [Block]) in
      var best: Int?
      for (index, block) in state.blocks.enumerated() where block.byteCount >= byteCount && block.byteCount / 2 <= byteCount {
        if let known = best, state.blocks[known].byteCount < block.byteCount { continue }
        best = index
      }
      let known = best.map { state.remove(at: $0) }
      state.usedByteCount += known?.byteCount ?? byteCount
      var dropped: [Block] = []
      while known == nil, !state.blocks.isEmpty, state.keptByteCount + state.usedByteCount > budget { dropped.append(state.remove(at: 0)) }
      return (known, dropped)
    }
    for block in dropped { UnsafeMutableRawPointer(bitPattern: block.address)?.deallocate() }
    if let known, let pointer = UnsafeMutableRawPointer(bitPattern: known.address) { return (pointer, known.byteCount) }
    let fresh = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: HugePages.alignment)
    HugePages.advise(fresh, byteCount: byteCount)
    return (fresh, byteCount)
  }

  static func give(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    let isKept = state.withLock { state -> Bool in
      state.usedByteCount -= byteCount
      guard state.keptByteCount + state.usedByteCount + byteCount <= budget else { return false }
      state.blocks.append(Block(address: UInt(bitPattern: pointer), byteCount: byteCount))
      state.keptByteCount += byteCount
      return true
    }
    if !isKept { pointer.deallocate() }
  }
}
