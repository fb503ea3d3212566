// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
/// The verifier's side: additionally no unsafe construct at all.
let memorySafe: [SwiftSetting] = strict + [.strictMemorySafety()]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
  name: "zkmlops",
  products: [
    .executable(name: "zkmlops", targets: ["zkmlops"]),
    .executable(name: "zkmlops-verify", targets: ["zkmlops-verify"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Verification side. No Foundation, no unsafe, no third-party code.
    .target(name: "Fields", dependencies: ["Hashing"], swiftSettings: memorySafe),
    .target(name: "Hashing", swiftSettings: memorySafe),
    .target(name: "Soundness", dependencies: ["Fields"], swiftSettings: memorySafe),
    .target(name: "ProofSystem", dependencies: ["Fields", "Hashing", "Soundness"], swiftSettings: memorySafe),
    .target(name: "Programs", dependencies: ["Hashing"], swiftSettings: memorySafe),
    .target(name: "Claims", dependencies: ["Programs", "ProofSystem", "Fields", "Hashing", "Soundness"], swiftSettings: memorySafe),
    .target(name: "R1CS", dependencies: ["ProofSystem", "Fields", "Hashing", "Soundness"], swiftSettings: memorySafe),
    // Proving side.
    .target(name: "CFieldKernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "Parallelism", swiftSettings: strict),
    .target(name: "Kernels", dependencies: ["CFieldKernels", "Fields", "Hashing", "Parallelism"], swiftSettings: strict),
    .target(
      name: "Prover", dependencies: ["ProofSystem", "Claims", "Programs", "R1CS", "Kernels", "Parallelism", "Fields", "Hashing", "Soundness"],
      swiftSettings: strict),
    .target(
      name: "Benchmarks",
      dependencies: ["Prover", "R1CS", "ProofSystem", "Kernels", "Parallelism", "Fields", "Hashing", "Soundness", "Claims", "Programs"],
      swiftSettings: strict),
    // Edges.
    .target(
      name: "Evidence", dependencies: ["Claims", "R1CS", "ProofSystem", "Programs", "Hashing", "Fields", "Soundness", crypto], swiftSettings: strict),
    .target(name: "Importers", dependencies: ["Programs", "Hashing", .product(name: "Yams", package: "Yams")], swiftSettings: strict),
    .target(
      name: "Store", dependencies: ["Prover", "Evidence", "Hashing", crypto, .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
    .target(
      name: "Pipelines",
      dependencies: [
        "Prover", "Importers", "Store", "Evidence", "Claims", "Programs", "R1CS", "ProofSystem", "Kernels", "Parallelism", "Fields", "Hashing",
        "Soundness",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "zkmlops", dependencies: ["Pipelines", "Benchmarks", "Evidence", "R1CS", "Fields", "Hashing", "Kernels", arguments], swiftSettings: strict
    ),
    .executableTarget(name: "zkmlops-verify", dependencies: ["Evidence", "Hashing", arguments], swiftSettings: strict),
    // Tests.
    .target(
      name: "TestSupport",
      dependencies: ["ProofSystem", "Prover", "Claims", "Programs", "Kernels", "Fields", "Hashing", "Soundness"],
      resources: [.copy("Vectors")], swiftSettings: strict),
    tests("FieldsTests", ["Fields", "TestSupport"]),
    tests("HashingTests", ["Hashing", "Kernels", "TestSupport", crypto]),
    tests("KernelsTests", ["Kernels", "Fields", "Parallelism", "Hashing"]),
    tests(
      "ProofSystemTests",
      ["Parallelism", "ProofSystem", "R1CS", "Prover", "Claims", "Programs", "Kernels", "TestSupport", "Fields", "Hashing", "Soundness"]),
    tests(
      "R1CSTests", ["R1CS", "Claims", "Programs", "Prover", "ProofSystem", "Kernels", "Parallelism", "TestSupport", "Fields", "Hashing", "Soundness"]),
    tests("ProgramsTests", ["Programs", "Hashing"]),
    tests("ImportersTests", ["Importers", "Programs", "Hashing"]),
    tests("StoreTests", ["Store", "Prover", "Evidence", "Hashing"]),
    tests("EvidenceTests", ["Evidence", "Claims", "Programs", "ProofSystem", "Hashing", crypto]),
    tests(
      "CompatibilityTests",
      ["Evidence", "TestSupport", "Claims", "Programs", "Prover", "ProofSystem", "Kernels", "Fields", "Hashing", "Soundness"],
      resources: [.copy("Golden")]),
    tests("CommandTests", ["zkmlops", "zkmlops-verify", "Evidence", "Claims", "ProofSystem", "Fields", "Hashing"]),
    tests("PipelinesTests", ["Pipelines", "Claims", "R1CS", "Fields", "Evidence", "Store", "Importers", "Programs", "Hashing"]),
  ],
  swiftLanguageModes: [.v6]
)
