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

  /// `count` copies of `value`.
  public convenience init(repeating value: Element, count: Int, secret: Bool = false) {
    self.init(uninitialisedCount: count, secret: secret)
    pointer.initialize(repeating: value, count: count)
  }

  /// Memory that the caller fills before it reads. `Element` is trivial.
  public init(uninitialisedCount count: Int, secret: Bool = false) {
    precondition(count >= 0 && _isPOD(Element.self))
    let byteCount = max(count, 1) * MemoryLayout<Element>.stride
    let isLarge = byteCount >= HugePages.minimumByteCount
    let raw = isLarge ? LargeBuffers.take(byteCount: byteCount) : UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
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
    let byteCount = max(count, 1) * MemoryLayout<Element>.stride
    if byteCount >= HugePages.minimumByteCount {
      LargeBuffers.give(UnsafeMutableRawPointer(pointer), byteCount: byteCount)
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

/// Large buffers that were given back, kept for the next taker of the same size: fresh memory is cleared by the system page by page, which
/// costs a tenth of a proof. At most `capacity` bytes are kept. Secret buffers are overwritten before they come here.
enum LargeBuffers {
  static let capacity = 512 << 20

  private struct Kept: @unchecked Sendable {
    var bySize: [Int: [UnsafeMutableRawPointer]] = [:]
    var byteCount = 0
  }
  private static let kept = Mutex(Kept())

  static func take(byteCount: Int) -> UnsafeMutableRawPointer {
    let address = kept.withLock { kept -> UInt? in
      guard let pointer = kept.bySize[byteCount]?.popLast() else { return nil }
      kept.byteCount -= byteCount
      return UInt(bitPattern: pointer)
    }
    if let address, let pointer = UnsafeMutableRawPointer(bitPattern: address) { return pointer }
    let fresh = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: HugePages.alignment)
    HugePages.advise(fresh, byteCount: byteCount)
    return fresh
  }

  static func give(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    let address = UInt(bitPattern: pointer)
    let isKept = kept.withLock { kept -> Bool in
      guard kept.byteCount + byteCount <= capacity, let pointer = UnsafeMutableRawPointer(bitPattern: address) else { return false }
      kept.bySize[byteCount, default: []].append(pointer)
      kept.byteCount += byteCount
      return true
    }
    if !isKept { pointer.deallocate() }
  }
}
