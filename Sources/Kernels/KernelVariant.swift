internal import CFieldKernels

/// The compiled variants of the Goldilocks kernels. All give the same bytes; the best available one is in use.
public enum KernelVariant: String, CaseIterable, Sendable {
  /// One word at a time, on any processor.
  case plain
  /// Vectors of four words, AVX2.
  case x86V3
  /// Vectors of eight words, AVX-512.
  case x86V4
  /// The same with 52-bit multiply-add, AVX-512 IFMA.
  case x86V4IFMA

  private var code: CInt {
    switch self {
    case .plain: CInt(ZK_VARIANT_PLAIN)
    case .x86V3: CInt(ZK_VARIANT_X86_64_V3)
    case .x86V4: CInt(ZK_VARIANT_X86_64_V4)
    case .x86V4IFMA: CInt(ZK_VARIANT_X86_64_V4_IFMA)
    }
  }

  /// Whether this processor can run the variant.
  public var isAvailable: Bool { zk_variant_available(code) != 0 }

  /// The variant in use.
  public static var selected: Self {
    let code = zk_variant_selected()
    return allCases.first { $0.code == code } ?? .plain
  }

  /// Makes this the variant in use for the whole process: for tests and measurements.
  /// - Returns: false, and nothing changes, if it is not available.
  @discardableResult public func select() -> Bool { zk_variant_select(code) != 0 }
}
