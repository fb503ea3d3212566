import Fields

/// The twins, specialised in this module: multiplication of four limbs leaves little to gain from vectors.
extension MontgomeryField: KernelField where Modulus == BN254ScalarModulus {}
