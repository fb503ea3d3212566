import Claims
import Hashing
import Programs

/// What opens the commitment of an artefact to the file that its model was imported from.
///
/// JSON: `{"artefact": identity, "salt": 64 digits, "sha256": 64 digits, "source": 64 digits}`, all in hexadecimal.
public struct ModelSourceStatement: Equatable, Sendable {
  /// Identity of the artefact that the provider means; what counts is the commitment.
  public let artefact: String
  /// Salt and digest.
  public let source: ModelSource

  /// A statement from its parts.
  public init(artefact: String, source: ModelSource) {
    self.artefact = artefact
    self.source = source
  }

  /// The statement in JSON.
  public var json: JSONValue {
    .object([
      "artefact": .string(artefact), "salt": .string(Hexadecimal.text(source.salt)), "sha256": .string(source.fileDigest.hex),
      "source": .string(source.commitment.hex),
    ])
  }

  /// Reads a statement.
  /// - Throws: `RequirementError` for anything else, or salt and digest that give another commitment.
  public init(json bytes: [UInt8]) throws {
    do {
      let fields = try JSONNode(try JSONParser.parse(bytes)).fields(["artefact", "salt", "sha256", "source"])
      func digest(_ key: String) throws -> Digest {
        guard let digest = Digest(hex: try fields.node(key).string()) else { throw try fields.node(key).notAllowed("must be 64 hexadecimal digits") }
        return digest
      }
      guard let source = ModelSource(salt: try digest("salt").bytes, fileDigest: try digest("sha256")), source.commitment == (try digest("source"))
      else { throw RequirementError(problem: "the source of the model: salt and SHA-256 do not give the commitment that is stated") }
      self.init(artefact: try digest("artefact").hex, source: source)
    } catch let error as RequirementError { throw error } catch {
      throw RequirementError(problem: "the source of the model is no statement that `zkmlops import --reveal-source` writes: \(error)")
    }
  }

  /// Reads a file.
  /// - Throws: `RequirementError`.
  public init(path: String) throws {
    let bytes: [UInt8]
    do {
      let file = try SystemFile.open(path, followingLinks: true)
      guard case .regular(let count) = try file.kind(), count <= 1 << 16 else {
        throw RequirementError(problem: "\(TerminalText.quoted(path)) is no regular file of at most 64 KiB")
      }
      bytes = try file.read(atMost: 1 << 16, expecting: count)
    } catch let error as RequirementError { throw error } catch {
      let reason = SystemFile.message((error as? SystemError)?.code ?? 0)
      throw RequirementError(problem: "\(TerminalText.quoted(path)) cannot be read: \(reason)")
    }
    try self.init(json: bytes)
  }

  /// Whether a network of the bundle was imported from the stated file.
  public func outcome(for report: VerificationReport) -> BundleRequirements.Outcome {
    let bound = report.manifest.artefacts.filter { artefact in
      guard case .network(let architecture)? = report.contents[artefact.name] else { return false }
      return architecture.source == source.commitment
    }
    let requirement = "a model that is bound to the file with SHA-256 \(source.fileDigest.hex)"
    guard !bound.isEmpty else {
      return BundleRequirements.Outcome(requirement: requirement, state: .notMet, reason: "no network of the bundle is bound to this file and salt")
    }
    return BundleRequirements.Outcome(
      requirement: requirement, state: .met,
      reason: "\(bound.map(\.name).joined(separator: ", ")): its provider bound it to this file; that the import is what the importer makes of the "
        + "file is shown by importing it again and comparing the program's digest")
  }
}
