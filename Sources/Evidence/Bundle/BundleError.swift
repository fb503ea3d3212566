/// Why something is not a well-formed bundle.
///
/// Names in payloads come from data; `description` escapes them.
public enum BundleError: Error, Equatable, Sendable {
  /// The path cannot be opened or read; `code` is the system's error number.
  case unreadable(path: String, code: Int32)
  /// Neither a directory nor a regular file.
  case notABundle(path: String)
  /// A link, device, pipe, socket, or a directory where a file belongs.
  case notARegularFile(name: String)
  /// More bytes than allowed.
  case tooLarge(name: String, limit: Int)
  /// More files than allowed.
  case tooManyFiles(limit: Int)
  /// A file changed while it was read.
  case changedWhileRead(name: String)
  /// The archive ends inside a member, or without its end mark.
  case truncatedArchive(offset: Int)
  /// The 512-byte header at `offset` is not a ustar header of a regular file or directory.
  case archiveHeader(offset: Int, problem: ArchiveProblem)
  /// Two members of the archive have the same name.
  case duplicateMember(name: String)
  /// A file that the layout does not have or the manifest does not name.
  case unexpectedFile(name: String)
  /// A file that the layout requires or the manifest names is not there.
  case missingFile(name: String)
  /// A file that is not JSON as bundles have it.
  case json(file: String, JSONError)
  /// A JSON file of another shape than its format says.
  case shape(file: String, JSONShapeError)
  /// The manifest is not in canonical form (RFC 8785).
  case manifestNotCanonical
  /// Another signed file, or a line of one, is not in canonical form.
  case notCanonical(file: String)
  /// `claims.jsonl` has not one line, ended by a line feed, for each claim.
  case attestationCount(expected: Int)
  /// The bundle's identifier is not the digest of the manifest.
  case bundleIdentifier(expected: String)
  /// A file's SHA-256 is not the one the manifest gives.
  case digest(file: String)
  /// The manifest contradicts itself.
  case manifest(ManifestProblem)
  /// A claim file and the manifest name different types.
  case claimType(claim: String)

  /// What can be wrong with a header of an archive.
  public enum ArchiveProblem: Equatable, Sendable {
    /// Not a ustar header.
    case notUstar
    /// The sum of its bytes is not the one it states.
    case checksum
    /// A link, device, pipe, or an extension header.
    case memberType(UInt8)
    /// A number that is not octal text.
    case number
    /// A name that is absolute, empty, has an empty, `.` or `..` component, a backslash or a byte outside printable ASCII.
    case name
    /// Something other than zeros follows the end mark.
    case afterEnd
  }

  /// Process exit code: 2 if there was nothing to read, else 1.
  public var exitCode: ExitCode {
    switch self {
    case .unreadable, .notABundle: .cannotDo
    default: .rejected
    }
  }
}

/// How a manifest can contradict itself.
public enum ManifestProblem: Equatable, Sendable {
  /// Two artefacts, proofs or claims have one name, or names that differ in case only.
  case duplicateName(String)
  /// Two artefacts have one identity.
  case duplicateIdentity(String)
  /// An artefact whose rows leave the tree that it says to share.
  case treeRows(String)
  /// Two artefacts of one root that do not lie apart in one tree of one code.
  case sharedTree(String, String)
  /// The same edge twice.
  case duplicateEdge(from: String, to: String)
  /// Something refers to an artefact that is not in the manifest.
  case unknownArtefact(String)
  /// A proof lists a claim that is not in the manifest.
  case unknownClaim(String)
  /// A claim names a proof that is not in the manifest.
  case unknownProof(claim: String)
  /// The lists of a claim and its proof do not agree, or a claim is in two proofs.
  case claimAndProof(claim: String)
  /// The edges run in a circle through this artefact.
  case cycle(String)
}

extension BundleError: CustomStringConvertible {
  /// The error in words, safe to print on a terminal.
  public var description: String {
    switch self {
    case .unreadable(let path, let code): "cannot read \(TerminalText.quoted(path)): \(SystemFile.message(code))"
    case .notABundle(let path): "\(TerminalText.quoted(path)) is neither a bundle directory nor a .tar of one"
    case .notARegularFile(let name): "\(TerminalText.quoted(name)) is not a regular file; bundles have no links, devices or pipes"
    case .tooLarge(let name, let limit): "\(TerminalText.quoted(name)) exceeds the limit of \(limit) bytes"
    case .tooManyFiles(let limit): "more than \(limit) files"
    case .changedWhileRead(let name): "\(TerminalText.quoted(name)) changed while it was read"
    case .truncatedArchive(let offset): "the archive ends too early, at byte \(offset)"
    case .archiveHeader(let offset, let problem): "archive header at byte \(offset): \(problem.words)"
    case .duplicateMember(let name): "the archive has \(TerminalText.quoted(name)) twice"
    case .unexpectedFile(let name): "\(TerminalText.quoted(name)) is not named by the manifest"
    case .missingFile(let name): "\(TerminalText.quoted(name)) is missing"
    case .json(let file, let error): "\(TerminalText.quoted(file)): \(error)"
    case .shape(let file, let error): "\(TerminalText.quoted(file)): \(error)"
    case .manifestNotCanonical: "manifest.json is not in canonical form (RFC 8785)"
    case .notCanonical(let file): "\(TerminalText.quoted(file)) is not in canonical form (RFC 8785)"
    case .attestationCount(let expected): "claims.jsonl must have \(expected) lines, one for each claim"
    case .bundleIdentifier(let expected): "the bundle's identifier is not the digest of its manifest, \(expected)"
    case .digest(let file): "\(TerminalText.quoted(file)) has another SHA-256 than the manifest says"
    case .manifest(let problem): "the manifest contradicts itself: \(problem.words)"
    case .claimType(let claim): "claim \(TerminalText.quoted(claim)) has another type in its file than in the manifest"
    }
  }
}

extension BundleError.ArchiveProblem {
  var words: String {
    switch self {
    case .notUstar: "not a ustar header"
    case .checksum: "wrong checksum"
    case .memberType(let type): "member of type 0x\(String(type, radix: 16)); only regular files and directories are allowed"
    case .number: "a number that is not octal"
    case .name: "a name that is absolute, has an empty, '.' or '..' component, or a character outside printable ASCII"
    case .afterEnd: "something follows the end mark"
    }
  }
}

extension ManifestProblem {
  var words: String {
    switch self {
    case .duplicateName(let name): "the name \(TerminalText.quoted(name)) occurs twice (or twice but for case)"
    case .duplicateIdentity(let identity): "two artefacts have the identity \(identity)"
    case .treeRows(let name): "the rows of artefact \(TerminalText.quoted(name)) leave its tree"
    case .sharedTree(let one, let other):
      "the artefacts \(TerminalText.quoted(one)) and \(TerminalText.quoted(other)) have one root and do not lie apart in one tree"
    case .duplicateEdge(let from, let to): "the edge from \(TerminalText.quoted(from)) to \(TerminalText.quoted(to)) occurs twice"
    case .unknownArtefact(let name): "there is no artefact \(TerminalText.quoted(name))"
    case .unknownClaim(let name): "there is no claim \(TerminalText.quoted(name))"
    case .unknownProof(let claim): "claim \(TerminalText.quoted(claim)) names a proof that is not there"
    case .claimAndProof(let claim): "claim \(TerminalText.quoted(claim)) and its proof do not agree"
    case .cycle(let name): "the edges run in a circle through \(TerminalText.quoted(name))"
    }
  }
}
