import Claims
import Fields
import Hashing
import Programs
import ProofSystem
import R1CS
import Soundness

/// The fields that circuits may be over, and the profile of each.
public enum CircuitField: Equatable, Sendable {
  case goldilocks
  case bn254
  /// Any other prime of at most 256 bits, put in force for a scope.
  case other(RuntimePrime)

  /// Chooses by the prime of a file. **Throws** `field` naming the prime and the reason.
  public init(_ prime: FieldPrime) throws(CircuitProofError) {
    if prime == FieldPrime(of: Goldilocks.self) {
      self = .goldilocks
    } else if prime == FieldPrime(of: BN254Scalar.self) {
      self = .bn254
    } else {
      do { self = .other(try RuntimePrime(modulusBytes: prime.littleEndianBytes)) } catch {
        throw .field("the field of \(prime) carries no proof: \(error)")
      }
    }
  }

  /// Whether a proof about a witness of 2^log2Cells cells reaches the target over this field. **Throws** `field` with the reason.
  public func check(log2Cells: Int, targetBits: Int) throws(CircuitProofError) {
    do {
      switch self {
      case .goldilocks:
        if targetBits == 100 {
          _ = try CodePlan(log2Cells: log2Cells, field: FieldFigures(GoldilocksQuadratic.self), profile: .p100)
        } else if targetBits == 128 {
          _ = try CodePlan(log2Cells: log2Cells, field: FieldFigures(GoldilocksCubic.self), profile: .p128)
        } else {
          throw CircuitProofError.field("\(targetBits) bits of soundness are no profile; 128 and 100 are")
        }
      case .bn254, .other:
        guard targetBits == 128 else { throw CircuitProofError.field("only circuits over Goldilocks have the profile of 100 bits") }
        if case .other(let prime) = self {
          _ = try CodePlan(log2Cells: log2Cells, prime: prime)
        } else {
          _ = try CodePlan(log2Cells: log2Cells, field: FieldFigures(BN254Scalar.self), profile: .p128DegreeOne)
        }
      }
    } catch let error as CircuitProofError { throw error } catch { throw .field("the circuit cannot be proved over this field: \(error)") }
  }
}

/// What a verified proof about a circuit shows.
public struct CircuitReport: Sendable {
  public let prime: FieldPrime
  public let constraintCount: Int
  public let wireCount: Int
  public let entryCount: Int
  public let circuit: Digest
  /// The file is not the one that was proved, but holds the same circuit.
  public let isReordered: Bool
  public let targetBits: Int
  /// Per instance: public outputs, then inputs, in decimal.
  public let outputs: [[String]]
  public let inputs: [[String]]
  public let links: [CircuitProof.Link]
  public let artefacts: [ManifestArtefact]
  public let proofByteCount: Int
}

/// Verifies proofs about circuits.
public enum CircuitVerifier {
  /// - Parameters:
  ///   - file: the verifier's own `.r1cs` file.
  ///   - source: the proof.
  /// **Throws** `CircuitError` for the file, `CircuitProofError` for the proof.
  public static func verify(_ file: R1CSFile, _ source: CircuitProof) throws -> CircuitReport {
    let prime = file.header.prime
    guard prime == source.prime else { throw CircuitProofError.otherPrime(expected: prime, found: source.prime) }
    let field = try CircuitField(prime)
    switch field {
    case .goldilocks where source.targetBits == 100: return try verify(file, source, field, GoldilocksQuadratic.self, .p100)
    case .goldilocks: return try verify(file, source, field, GoldilocksCubic.self, .p128)
    case .bn254: return try verify(file, source, field, BN254Scalar.self, .p128DegreeOne)
    case .other(let own): return try own.withModulus { try verify(file, source, field, RuntimePrimeField.self, .p128DegreeOne) }
    }
  }

  private static func verify<E: ChallengeField>(
    _ file: R1CSFile, _ source: CircuitProof, _ field: CircuitField, _: E.Type, _ profile: SoundnessProfile
  ) throws -> CircuitReport {
    let circuit = try file.read(as: E.Base.self)
    let digest = circuit.digest
    guard digest == source.circuit else { throw CircuitProofError.otherCircuit(expected: digest, found: source.circuit) }
    let instances = max(1, source.publicValues.count)
    try field.check(log2Cells: log2Ceiling(instances) + log2Ceiling(circuit.wireCount), targetBits: source.targetBits)
    let (statement, _) = try statement(circuit, digest, source, profile, E.self)
    do {
      _ = try ProofVerifier.verify(statement, proof: source.proof, configuration: Production<E>.self)
    } catch { throw CircuitProofError.proof(error) }
    let texts = source.publicValues.map { $0.map { DecimalBytes.text(littleEndian: $0) } }
    return CircuitReport(
      prime: file.header.prime, constraintCount: circuit.constraintCount, wireCount: circuit.wireCount, entryCount: circuit.entryCount,
      circuit: digest, isReordered: file.fileDigest != source.file, targetBits: source.targetBits,
      outputs: texts.map { Array($0.prefix(circuit.publicOutputCount)) }, inputs: texts.map { Array($0.dropFirst(circuit.publicOutputCount)) },
      links: source.links, artefacts: source.artefacts, proofByteCount: source.proof.count)
  }

  /// The statement of a proof, from the circuit and what the proof file says about it. **Throws** `CircuitProofError`.
  public static func statement<E: ChallengeField>(
    _ circuit: Circuit<E.Base>, _ digest: Digest, _ source: CircuitProof, _ profile: SoundnessProfile, _: E.Type
  ) throws -> (statement: Statement<E>, relation: R1CSRelation<E>) {
    var values: [[E.Base]] = []
    for (instance, list) in source.publicValues.enumerated() {
      guard list.count == circuit.publicCount else {
        throw CircuitProofError.statement("instance \(instance) has \(list.count) public values, the circuit \(circuit.publicCount)")
      }
      values.append(
        try list.enumerated().map { wire, bytes in
          guard bytes.count == E.Base.byteCount, let value = E.Base(canonicalBytes: bytes[...]) else {
            throw CircuitProofError.statement("public value \(wire) of instance \(instance) is not an element of the field")
          }
          return value
        })
    }
    let (artefacts, bindings) = try links(source, E.self)
    do {
      return try R1CSPlan.statement(
        circuit: circuit, digest: digest, publicValues: values, bindings: bindings, artefacts: artefacts, profile: profile,
        context: Array("zkmlops/r1cs/v1".utf8), field: E.self)
    } catch { throw CircuitProofError.statement("\(error)") }
  }

  /// Artefacts and bindings of linked wires.
  private static func links<E: ChallengeField>(
    _ source: CircuitProof, _: E.Type
  ) throws -> ([(matrix: RelationMatrix, shape: CodeShape, reference: ArtefactReference)], [R1CSBinding]) {
    guard !source.artefacts.isEmpty || !source.links.isEmpty else { return ([], []) }
    guard E.Base.name == Goldilocks.name else { throw CircuitProofError.statement("only circuits over Goldilocks can be linked to artefacts") }
    var described: [ArtefactDescription] = []
    for artefact in source.artefacts {
      guard !described.contains(where: { $0.name == artefact.name }) else { throw CircuitProofError.statement("two artefacts have one name") }
      let own: ArtefactDescription
      do { own = try artefact.described() } catch { throw CircuitProofError.statement("artefact \(TerminalText.escaped(artefact.name)): \(error)") }
      guard own.identity.hex == artefact.identity else {
        throw CircuitProofError.statement("the identity of \(TerminalText.escaped(artefact.name)) is not that of its description")
      }
      guard source.links.contains(where: { $0.artefact == artefact.name }) else {
        throw CircuitProofError.statement("no wire is linked to \(TerminalText.escaped(artefact.name))")
      }
      // No proof binds a role, so that the statement has one way to say it.
      guard artefact.role == "artefact" else {
        throw CircuitProofError.statement("the role of \(TerminalText.escaped(artefact.name)) is not artefact")
      }
      described.append(own)
    }
    let bindings = try source.links.map { link -> R1CSBinding in
      guard let artefact = described.first(where: { $0.name == link.artefact }), case .table(_, let rows) = artefact.contents else {
        throw CircuitProofError.statement("\(TerminalText.escaped(link.artefact)) is no table of the proof")
      }
      let column: View
      do { column = try artefact.column(link.column, .value) } catch { throw CircuitProofError.statement("\(error)") }
      let wires = link.firstWire..<(link.firstWire + link.count)
      return R1CSBinding(.wires(wires, instance: 0), column: column, offset: link.firstRow, extent: rows)
    }
    let artefacts = described.map { artefact in
      (
        matrix: RelationMatrix(
          name: artefact.name, shape: artefact.shape.name, layout: artefact.layout, tree: artefact.sharedTree?.name,
          placement: artefact.sharedTree?.placement), shape: artefact.shape,
        reference: ArtefactReference(kind: artefact.contents.kind, format: artefact.contents.format, identity: artefact.identity)
      )
    }
    return (artefacts, bindings)
  }
}
