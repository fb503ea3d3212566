import Fields

/// The twins, specialised in this module, as for the other fields of four limbs.
extension RuntimePrimeField: KernelField {
  public static func writeBytes(_ out: UnsafeMutablePointer<UInt8>, _ values: UnsafePointer<Self>, count: Int) {
    for i in 0..<count { store(values[i].canonical, at: out + 32 * i) }
  }
}

/// 32 little-endian bytes.
@inline(__always) func store(_ value: FourLimbs, at out: UnsafeMutablePointer<UInt8>) {
  let raw = UnsafeMutableRawPointer(out)
  raw.storeBytes(of: value.l0.littleEndian, as: UInt64.self)
  raw.storeBytes(of: value.l1.littleEndian, toByteOffset: 8, as: UInt64.self)
  raw.storeBytes(of: value.l2.littleEndian, toByteOffset: 16, as: UInt64.self)
  raw.storeBytes(of: value.l3.littleEndian, toByteOffset: 24, as: UInt64.self)
}
