// libFuzzer target for whole bundles: the stored bundles of Tests/CompatibilityTests/Golden with one statement or one artefact's format
// exchanged for any JSON. Everything else is put right again (disclosures, edges, identities, digests), so that hostile statements reach the
// claim compiler and the verifier.
//
//   byte 0: which bundle (lowest bit), which claim or artefact (the rest), then JSON text
//
// An input that is no such thing is read as an archive and verified. A trap is a failure, and so is accepting a bundle that says anything
// else than the stored one. Run from the package's folder with Scripts/fuzz; verification modules only.

import Claims
import Evidence
import Glibc

private func readFile(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { fatalError("\(path) cannot be read: run from the package's folder") }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 21)
  bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
  return bytes
}

/// A stored bundle in its parts.
private struct Base: Sendable {
  let manifest: Manifest
  let entry: ManifestProof
  let proof: [UInt8]
  let claims: [(name: String, file: ClaimFile)]

  init(_ name: String) throws {
    let bundle = try EvidenceBundle(files: try TarArchive.read(readFile("Tests/CompatibilityTests/Golden/\(name).tar")))
    _ = try BundleVerifier.verify(bundle)
    manifest = bundle.manifest
    guard let entry = manifest.proofs.first, let proof = bundle.proofs[entry.digest] else { fatalError("\(name) has no proof") }
    self.entry = entry
    self.proof = proof
    claims = entry.claims.compactMap { name in bundle.claims[name].map { (name, $0) } }
  }

  /// Whether the bundle with this claim's statement, or this artefact's format, is accepted.
  func accepts(_ value: JSONValue, at index: Int) -> Bool {
    var files = claims
    var artefacts = manifest.artefacts
    if index < files.count {
      files[index].file.statement = value
    } else {
      guard case .object(let format) = value, artefacts.indices.contains(index - files.count) else { return false }
      artefacts[index - files.count].format = format
    }
    do {
      for index in artefacts.indices { artefacts[index].identity = try artefacts[index].recomputedIdentity() }
      let descriptions = try artefacts.map { try $0.described() }
      let statements = try files.map { (name: $0.name, statement: try ClaimJSON.read(type: $0.file.type, JSONNode($0.file.statement))) }
      var draft = BundleDraft(profile: manifest.profile, created: manifest.created, toolVersion: manifest.toolVersion)
      for artefact in artefacts { draft.add(artefact) }
      var edges: [ManifestEdge] = []
      for edge in try ClaimFiles.descriptions(statements, artefacts: descriptions).flatMap(\.establishes) where !edges.contains(edge) {
        edges.append(edge)
      }
      for edge in edges { draft.add(edge) }
      draft.add(proof: proof, claims: try ClaimFiles.make(statements, artefacts: descriptions), artefacts: entry.artefacts)
      _ = try BundleVerifier.verify(try draft.bundle())
      return true
    } catch { return false }
  }

  func original(at index: Int) -> JSONValue {
    index < claims.count ? claims[index].file.statement : .object(manifest.artefacts[index - claims.count].format)
  }
}

private let bases: [Base] = {
  do { return [try Base("table-p100"), try Base("five-claims-p128")] } catch { fatalError("a stored bundle is not accepted: \(error)") }
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBundle(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  guard let value = try? JSONParser.parse(Array(input.dropFirst())) else {
    if let files = try? TarArchive.read(input), let bundle = try? EvidenceBundle(files: files), let report = try? BundleVerifier.verify(bundle) {
      precondition(bases.contains { $0.manifest.bundleID == report.bundleID }, "accepted bundles are the stored ones")
    }
    return 0
  }
  let base = bases[Int(choice & 1)]
  let index = Int(choice >> 1) % (base.claims.count + base.manifest.artefacts.count)
  precondition(base.accepts(value, at: index) == (value == base.original(at: index)), "accepted statements are the stored ones")
  return 0
}
