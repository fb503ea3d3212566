// libFuzzer target for the verifier of proofs: the stored proofs of Tests/CompatibilityTests/Golden and everything near them.
//
// An input that starts like a proof is verified as it is, against every statement. Any other input is a list of edits of a stored proof;
// they name fields of the format (see `ProofFields`), so that mutations stay aligned with it:
//
//   byte 0: which proof (lowest three bits); then edits of 4 bytes and their operands: field (2 bytes), place in the field (1), operation (1)
//
// A trap is a failure, and so is accepting any other bytes than the stored ones, or not accepting these. Run from the package's folder with
// Scripts/fuzz; verification modules only.

import Claims
import Evidence
import Fields
import Glibc
import Hashing
import ProofSystem
import Soundness

private let golden = "Tests/CompatibilityTests/Golden"

/// A stored proof with its statement behind a closure, whatever its field.
private struct Target: Sendable {
  let proof: [UInt8]
  let fields: [ProofField]
  let elementByteCount: Int
  /// p as little-endian bytes.
  let modulus: [UInt8]
  let accepts: @Sendable ([UInt8]) -> Bool

  init<E: ChallengeField>(
    _: E.Type, _ name: String, index: JSONObject, profile: SoundnessProfile
  ) throws {
    proof = readFile("\(golden)/\(name).zkp")
    guard case .object(let proofs)? = index["proofs"], case .object(let entry)? = proofs[name], case .object(let stored)? = entry["identities"],
      case .string(let kind)? = entry["claims"], let claims = SmallWorld.Claims(rawValue: kind), case .integer(let rows)? = entry["rows"],
      case .integer(let correct)? = entry["correct"]
    else { fatalError("golden.json does not describe \(name)") }
    var identities: [String: Digest] = [:]
    for member in stored.members { if case .string(let hex) = member.value { identities[member.key] = Digest(hex: hex) } }
    let statement = try SmallWorld().statement(
      claims, E.self, profile: profile, rowLengths: .init(tables: rows, model: rows), identities: identities, correct: Int64(correct)
    ).statement
    fields = try ProofFields.of(proof, statement)
    elementByteCount = E.Base.byteCount
    modulus = E.Base.modulusBytes
    accepts = { bytes in
      do throws(ProofSystem.VerificationError) {
        _ = try ProofVerifier.verify(statement, proof: bytes)
        return true
      } catch { return false }
    }
  }
}

private func readFile(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { fatalError("\(path) cannot be read: run from the package's folder") }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
  return bytes
}

private let targets: [Target] = {
  do {
    guard case .object(let index) = try JSONParser.parse(readFile("\(golden)/golden.json")) else { fatalError("golden.json is no object") }
    func toy(_ name: String, _ degree: Int) -> SoundnessProfile { SoundnessProfile(uncheckedName: name, extensionDegree: degree, targetBits: 6) }
    return [
      try Target(GoldilocksCubic.self, "five-claims-cubic", index: index, profile: toy("toy", 3)),
      try Target(GoldilocksCubic.self, "table-cubic", index: index, profile: toy("toy", 3)),
      try Target(GoldilocksQuadratic.self, "table-quadratic", index: index, profile: toy("toy2", 2)),
      try Target(BN254Scalar.self, "table-bn254", index: index, profile: toy("toy1", 1)),
    ]
  } catch { fatalError("a stored proof is not accepted: \(error)") }
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProof(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  if input.starts(with: ProofFormat.magic) {
    for target in targets { precondition(target.accepts(input) == (input == target.proof), "accepted bytes are the stored ones") }
    return 0
  }
  guard let choice = input.first else { return 0 }
  // Most runs go to the proof that is verified fastest.
  let target = targets[[1, 1, 1, 1, 1, 0, 2, 3][Int(choice & 7)]]
  let proof = edited(target, input.dropFirst())
  precondition(target.accepts(proof) == (proof == target.proof), "accepted bytes are the stored ones")
  return 0
}

/// Applies the edits; each works on the bytes of one field, which keeps its size but for the last two operations.
private func edited(_ target: Target, _ edits: ArraySlice<UInt8>) -> [UInt8] {
  var proof = target.proof
  var rest = edits
  func take(_ count: Int) -> [UInt8]? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
  var turns = 0
  while turns < 32, let head = take(4) {
    turns += 1
    let field = target.fields[(Int(head[0]) | Int(head[1]) << 8) % target.fields.count]
    guard proof.count >= field.range.upperBound else { break }
    let width = field.content == .elements ? target.elementByteCount : 1
    let at = field.range.lowerBound + Int(head[2]) % max(1, field.range.count / width) * width
    let place = at..<(at + width)
    switch head[3] % 10 {
    case 0: proof[at] ^= UInt8(1) << (head[3] >> 5)
    case 1: proof.replaceSubrange(place, with: take(width) ?? [UInt8](repeating: 0, count: width))
    case 2: proof.replaceSubrange(place, with: [UInt8](repeating: 0, count: width))
    // The least encoding that is refused, and the largest that is not.
    case 3: if width > 1 { proof.replaceSubrange(place, with: target.modulus) }
    case 4: if width > 1 { proof.replaceSubrange(place, with: [target.modulus[0] &- 1] + target.modulus.dropFirst()) }
    case 5: proof.replaceSubrange(field.range, with: proof[field.range].reversed())
    case 6:
      // Another field's bytes in this one's place.
      guard let other = take(2) else { break }
      let source = target.fields[(Int(other[0]) | Int(other[1]) << 8) % target.fields.count].range
      guard source.upperBound <= proof.count else { break }
      proof.replaceSubrange(field.range, with: (0..<field.range.count).map { proof[source.lowerBound + $0 % source.count] })
    case 7:
      // A value next to the true one.
      var carry: UInt8 = 1
      for index in place where carry > 0 { (proof[index], carry) = (proof[index] &+ 1, proof[index] == 255 ? 1 : 0) }
    case 8: proof.removeSubrange(field.range)
    default: proof.insert(contentsOf: proof[field.range], at: at)
    }
  }
  return proof
}
