// libFuzzer target for proofs about circuits: container, statement (public values, links, artefacts) and proof bytes of the stored files in
// Golden, one of two instances, one with wires bound to rows of a committed table. `make-golden` makes them anew after a change of the protocol.
//
// An input that starts like a proof file is verified as it is. Any other input is a list of edits of a stored file, each of 4 bytes and its
// operands; byte 0 chooses the file, and whether its length field follows the edited statement:
//
//   place in the statement (2 bytes), operation (1 byte), operand (1 byte)
//
// A trap is a failure, and so is accepting anything but the stored files, whose note `file` alone may differ, or not accepting these.
// Run from the package's folder with Scripts/fuzz; verification modules only.

import Evidence
import Glibc
import R1CS

private let folder = "Fuzz/CircuitProof/Golden"
private let magic = Array("zkmlops-r1cs-proof/v1\n".utf8)

private func readFile(_ name: String) -> [UInt8] {
  guard let file = fopen("\(folder)/\(name)", "r") else { fatalError("\(folder)/\(name) cannot be read: run from the package's folder") }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
  return bytes
}

/// A stored proof file in its parts.
private struct Stored: Sendable {
  let statement: [UInt8]
  let proof: [UInt8]
  let whole: [UInt8]
  let parsed: CircuitProof

  init(_ name: String) throws {
    whole = readFile(name)
    let start = magic.count + 4
    let length = whole[magic.count..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    statement = Array(whole[start..<(start + length)])
    proof = Array(whole[(start + length)...])
    parsed = try CircuitProof(whole)
  }
}

private let stored: [Stored] = {
  do { return [try Stored("plain.proof"), try Stored("bound.proof")] } catch { fatalError("a stored proof cannot be read: \(error)") }
}()

private let circuit: R1CSFile = {
  do {
    let file = try R1CSFile(readFile("rule.r1cs"))
    for own in stored { _ = try CircuitVerifier.verify(file, own.parsed) }
    return file
  } catch { fatalError("a stored proof is not accepted: \(error)") }
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCircuitProof(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  if input.starts(with: magic) {
    check(input)
  } else if let choice = input.first {
    check(edited(stored[Int(choice & 1)], input.dropFirst(), keepsLength: choice & 2 != 0))
  }
  return 0
}

private func check(_ bytes: [UInt8]) {
  let proof: CircuitProof
  do throws(CircuitProofError) { proof = try CircuitProof(bytes) } catch {
    precondition(!error.description.isEmpty)
    return
  }
  precondition(proof.bytes == bytes, "what is read is what is written")
  do {
    let report = try CircuitVerifier.verify(circuit, proof)
    let isStored = stored.contains { own in
      var other = proof
      other.file = own.parsed.file
      return other.bytes == own.whole
    }
    precondition(isStored, "another statement is accepted")
    precondition(report.isReordered == (proof.file != circuit.fileDigest))
  } catch {
    precondition(error is CircuitProofError, "\(error)")
    precondition(!stored.contains { $0.whole == bytes }, "a stored proof is not accepted: \(error)")
  }
}

/// Applies the edits to the statement; the last operations touch the proof.
private func edited(_ own: Stored, _ edits: ArraySlice<UInt8>, keepsLength: Bool) -> [UInt8] {
  var statement = own.statement
  var proof = own.proof
  var rest = edits
  var turns = 0
  while rest.count >= 4, turns < 16, !statement.isEmpty {
    turns += 1
    let head = Array(rest.prefix(4))
    rest = rest.dropFirst(4)
    let place = (Int(head[0]) | Int(head[1]) << 8) % statement.count
    switch head[2] % 9 {
    case 0: statement[place] = head[3]
    // Another digit where there is one: the statement stays canonical most of the time.
    case 1: if isDigit(statement[place]) { statement[place] = Array("0123456789abcdef".utf8)[Int(head[3] & 15)] }
    case 2: if let next = statement[place...].firstIndex(where: isDigit) { statement[next] = UInt8(ascii: "0") + head[3] % 10 }
    case 3: statement.removeSubrange(place..<min(statement.count, place + 1 + Int(head[3])))
    case 4: statement.insert(contentsOf: statement[place..<min(statement.count, place + 1 + Int(head[3]))], at: place)
    case 5:
      // The rest of another file's statement.
      let other = stored[Int(head[3] & 1)].statement
      statement = Array(statement.prefix(place)) + other.dropFirst(place)
    case 6:
      let other = Int(head[3]) * statement.count / 256
      statement.swapAt(place, other)
    case 7: if !proof.isEmpty { proof[(place << 8 | Int(head[3])) % proof.count] ^= 1 << (head[3] & 7) }
    default: proof = stored[Int(head[3] & 1)].proof
    }
  }
  let length = keepsLength ? own.statement.count : statement.count
  let field = (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return magic + field + statement + proof
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
