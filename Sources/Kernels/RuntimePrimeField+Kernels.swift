import Fields

/// The twins, specialised in this module, as for the other fields of four limbs.
extension RuntimePrimeField: KernelField {}
