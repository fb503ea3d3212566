import Fields

/// The twins, specialised in this module: multiplication of four limbs leaves little to gain from vectors.
extension MontgomeryField: KernelField where Modulus == BN254ScalarModulus {
  public static func writeBytes(_ out: UnsafeMutablePointer<UInt8>, _ values: UnsafePointer<Self>, count: Int) {
    for i in 0..<count { store(values[i].canonical, at: out + 32 * i) }
  }
}
