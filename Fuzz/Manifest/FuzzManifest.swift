/// libFuzzer target for everything that reads a bundle: JSON, manifest, archive, claim files.
///
/// Build (from the package's root, `OUT` any folder) and run:
///
///     swiftc -O -sanitize=fuzzer -parse-as-library -module-name Hashing -emit-module -emit-module-path OUT/Hashing.swiftmodule \
///       -emit-object -wmo -o OUT/Hashing.o Sources/Hashing/*.swift
///     swiftc -O -sanitize=fuzzer -parse-as-library -module-name Evidence -I OUT -emit-module -emit-module-path OUT/Evidence.swiftmodule \
///       -emit-object -wmo -o OUT/Evidence.o $(find Sources/Evidence -name '*.swift')
///     swiftc -O -sanitize=fuzzer -parse-as-library -I OUT Fuzz/Manifest/FuzzManifest.swift OUT/Hashing.o OUT/Evidence.o -o OUT/fuzz-manifest
///     OUT/fuzz-manifest -runs=100000 -max_total_time=60 -max_len=8192 -dict=Fuzz/Manifest/manifest.dict OUT/corpus Fuzz/Manifest/Seeds
///
/// The modules that Evidence imports besides Hashing are built in the same way, before it.
import Evidence
import Hashing

/// The first byte chooses the reader, the rest is its input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzManifest(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let rest = Array(input.dropFirst())
  switch choice % 4 {
  case 0: fuzzJSON(rest)
  case 1: fuzzRepairedManifest(rest)
  case 2: fuzzArchive(rest)
  default: fuzzClaimFile(rest)
  }
  return 0
}

/// What is accepted reads back as itself, in both ways of writing.
private func fuzzJSON(_ bytes: [UInt8]) {
  guard let value = try? JSONParser.parse(bytes) else { return }
  precondition((try? JSONParser.parse(value.canonicalBytes)) == value)
  precondition((try? JSONParser.parse(value.prettyBytes)) == value)
  _ = try? JSONNode(value).canonicalValue()
}

/// A changed manifest nearly always fails at its identifier; the identifier is put right here so that the rest is reached.
private func fuzzRepairedManifest(_ bytes: [UInt8]) {
  guard let value = try? JSONParser.parse(bytes), let object = try? JSONNode(value).object() else { return }
  let body = JSONValue.object(object.setting("bundle", to: nil).setting("signatures", to: nil)).canonicalBytes
  let identifier = SHA256.hash(Array("zkmlops/bundle/v1".utf8) + [0] + body).hex
  let repaired = JSONValue.object(object.setting("bundle", to: .string(identifier))).canonicalBytes
  guard let manifest = try? Manifest(fileBytes: repaired) else { return }
  precondition(manifest.json.canonicalBytes == repaired)
  precondition(manifest.bundleID == identifier)
}

/// Whatever is accepted is written and read again as the same files.
private func fuzzArchive(_ bytes: [UInt8]) {
  guard let files = try? TarArchive.read(bytes) else { return }
  for name in files.keys { precondition(!name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")) }
  if files.keys.allSatisfy({ $0.utf8.count <= 100 }) { precondition((try? TarArchive.read(TarArchive.write(files))) == files) }
  _ = try? EvidenceBundle(files: files)
}

/// A claim file with any content in a bundle that names it.
private func fuzzClaimFile(_ bytes: [UInt8]) {
  let proof = SHA256.hash([]).hex
  guard let created = Timestamp("2026-01-01T00:00:00Z") else { return }
  let manifest = Manifest(
    profile: "P128", created: created, toolVersion: "0",
    proofs: [ManifestProof(digest: proof, claims: ["c"], artefacts: [])],
    claims: [ManifestClaim(name: "c", type: "t", digest: SHA256.hash(bytes).hex, proof: proof)])
  let files = ["manifest.json": manifest.json.canonicalBytes, "claims/c.json": bytes, "proofs/\(proof).zkp": []]
  if let bundle = try? EvidenceBundle(files: files) { precondition(bundle.files == files) }
}
