/// The scalar field of the pairing curve BN254 (alt_bn128), the field of most R1CS circuits; |F| ≈ 2^253.6.
///
/// p = 21888242871839275222246405745257275088548364400416034343698204186575808495617; 5 generates F*, the two-adicity is 28.
/// It serves as its own challenge field, |E| = |F|.
public typealias BN254Scalar = MontgomeryField<BN254ScalarModulus>

/// The constants of `BN254Scalar`.
public enum BN254ScalarModulus: FourLimbModulus {
  @inlinable public static var name: String { "bn254" }
  @inlinable @inline(__always) public static var modulus: FourLimbs {
    FourLimbs(0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029)
  }
  @inlinable @inline(__always) public static var negatedInverse: UInt64 { 0xc2e1_f593_efff_ffff }
  @inlinable @inline(__always) public static var montgomeryOne: FourLimbs {
    FourLimbs(0xac96_341c_4fff_fffb, 0x36fc_7695_9f60_cd29, 0x666e_a36f_7879_462e, 0x0e0a_77c1_9a07_df2f)
  }
  @inlinable @inline(__always) public static var montgomerySquare: FourLimbs {
    FourLimbs(0x1bb8_e645_ae21_6da7, 0x53fe_3ab1_e35c_59e3, 0x8c49_833d_53bb_8085, 0x0216_d0b1_7f4e_44a5)
  }
  @inlinable public static var bitCount: Int { 254 }
  @inlinable public static var twoAdicity: Int { 28 }
  @inlinable public static var generator: UInt64 { 5 }
  @inlinable public static var log2Modulus: Double { 253.59669135500 }
}
