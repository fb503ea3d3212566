/// Names of primes that circuits and proof systems use.
///
/// A curve's name means its scalar field, as circom's `--prime` has it, except for `pallas` and `vesta`: circom gives these names to the
/// base fields (each is the scalar field of the other curve), and so does this table.
enum KnownPrimes {
  static let names: [FourLimbs: String] = [
    FourLimbs(0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029): "bn254",
    FourLimbs(0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48): "bls12-381",
    FourLimbs(0x0a11_8000_0000_0001, 0x59aa_76fe_d000_0001, 0x60b4_4d1e_5c37_b001, 0x12ab_655e_9a2c_a556): "bls12-377",
    FourLimbs(0x992d_30ed_0000_0001, 0x2246_98fc_094c_f91b, 0, 0x4000_0000_0000_0000): "pallas",
    FourLimbs(0x8c46_eb21_0000_0001, 0x2246_98fc_0994_a8dd, 0, 0x4000_0000_0000_0000): "vesta",
    FourLimbs(1, 0, 0, 0x0800_0000_0000_0011): "stark252",
    FourLimbs(1, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff): "p224-base",
    FourLimbs(0x3c20_8c16_d87c_fd47, 0x9781_6a91_6871_ca8d, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029): "grumpkin",
    FourLimbs(0xbfd2_5e8c_d036_4141, 0xbaae_dce6_af48_a03b, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff): "secp256k1",
    FourLimbs(0xffff_fffe_ffff_fc2f, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff): "secp256k1-base",
    FourLimbs(0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000): "secp256r1",
    FourLimbs(0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001): "secq256r1",
    FourLimbs(0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000): "ed25519",
    FourLimbs(0xffff_ffff_ffff_ffed, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0x7fff_ffff_ffff_ffff): "curve25519-base",
    FourLimbs(0x6772_97dc_3921_26f1, 0xab3e_edb8_3920_ee0a, 0x370a_08b6_d030_2b0b, 0x060c_89ce_5c26_3405): "babyjubjub",
    FourLimbs(0xd097_0e5e_d6f7_2cb7, 0xa668_2093_ccc8_1082, 0x0667_3b01_0134_3b00, 0x0e7d_b4ea_6533_afa9): "jubjub",
    FourLimbs(0xffff_ffff_0000_0001, 0, 0, 0): "goldilocks",
    FourLimbs(0x0000_0000_7800_0001, 0, 0, 0): "babybear",
    FourLimbs(0x0000_0000_7f00_0001, 0, 0, 0): "koalabear",
    FourLimbs(0x0000_0000_7fff_ffff, 0, 0, 0): "mersenne31",
    FourLimbs(0x1fff_ffff_ffff_ffff, 0, 0, 0): "mersenne61",
  ]
}
