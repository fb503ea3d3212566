import Fields
import Hashing

/// One value of a proof with the bytes that hold it.
package struct ProofField: Hashable, Sendable {
  /// What the bytes are.
  package enum Content: Sendable {
    case header, digest, salt
    /// Elements of F or E, in canonical encoding.
    case elements
  }
  /// The transcript's label; for what the transcript does not name: `magic`, `version`, `artefact.root`, `rows.salt`, `rows.column`,
  /// `rows.path`, `ligerito.column`, `ligerito.path`.
  package let label: String
  /// How many messages, trees or levels with this label come before.
  package let occurrence: Int
  /// Number of the opened position or path digest inside its tree; 0 for others.
  package let index: Int
  package let content: Content
  /// Offsets in the proof.
  package let range: Range<Int>
}

/// Where each value of a proof lies: for tests and fuzzing that must reach every field.
package enum ProofFields {
  /// The fields of a proof that the statement accepts, in order and without gaps.
  ///
  /// **Throws** what verification throws: boundaries depend on challenges, so only an accepted proof has them.
  package static func of<E: ChallengeField>(_ proof: [UInt8], _ statement: Statement<E>) throws(VerificationError) -> [ProofField] {
    let verified = try ProofVerifier.verify(statement, proof: proof, configuration: Recording<E>.self)
    var scan = Scan(statement: statement)
    for entry in verified.inventory { scan.add(entry) }
    return scan.fields
  }

  /// The production configuration, with the drawn positions in its inventory.
  enum Recording<E: ChallengeField>: EngineConfiguration {
    typealias Chain = RecordingChain
    typealias Policy = AllChecks
  }

  /// `HashChain` that lists, after every draw of positions, the low 32 bits of each word as the count of an entry without a label.
  struct RecordingChain: TranscriptChain {
    private var chain = HashChain()
    private(set) var inventory: [TranscriptEntry] = []
    var state: Digest { chain.state }

    mutating func absorb(_ label: String, kind: TranscriptKind, payload: [UInt8], count: Int) {
      inventory.append(TranscriptEntry(verb: .absorb, label: label, kind: kind, count: count))
      chain.absorb(label, kind: kind, payload: payload, count: count)
    }

    mutating func words(_ label: String, kind: TranscriptKind, count: Int) -> ChallengeWords {
      inventory.append(TranscriptEntry(verb: .challenge, label: label, kind: kind, count: count))
      let words = chain.words(label, kind: kind, count: count)
      if kind == .indexChallenge {
        var copy = words
        for _ in 0..<count {
          inventory.append(TranscriptEntry(verb: .challenge, label: "", kind: kind, count: Int(truncatingIfNeeded: copy.next() & 0xffff_ffff)))
        }
      }
      return words
    }
  }

  /// Turns the inventory into fields.
  private struct Scan<E: ChallengeField> {
    var fields: [ProofField] = []
    private var offset = 0
    private var occurrences: [String: Int] = [:]
    /// log2 of the domain of each draw of positions, in order, and the positions drawn.
    private let domains: [Int]
    private var drawn: [[Int]] = []
    /// Trees of level 0 in proof order, each with its draw.
    private let trees: [(draw: Int, tree: CommittedTree)]
    private let shapeCount: Int

    init(statement: Statement<E>) {
      domains = statement.shapes.map(\.log2Length) + statement.levels.map(\.log2Length)
      trees = statement.shapes.indices.flatMap { index in statement.trees(ofShape: index).map { (draw: index, tree: $0) } }
      shapeCount = statement.shapes.count
      append("magic", ProofFormat.magic.count, .header)
      append("version", 2, .header)
      for _ in statement.artefactTrees { append("artefact.root", Digest.byteCount, .digest) }
    }

    mutating func add(_ entry: TranscriptEntry) {
      switch (entry.verb, entry.kind) {
      case (.challenge, .indexChallenge):
        if entry.label.isEmpty { drawn[drawn.count - 1].append(entry.count) } else { drawn.append([]) }
      case (.absorb, .digest): append(entry.label, Digest.byteCount, .digest)
      case (.absorb, .challengeField): append(entry.label, entry.count * E.byteCount, .elements)
      case (.absorb, .base) where entry.label == "rows.columns":
        let (draw, tree) = trees[occurrences["rows.column", default: 0]]
        let leaves = positions(draw)
        for index in leaves.indices {
          append("rows.salt", Artefact.saltByteCount, .salt, at: index)
          append("rows.column", tree.rowCount * E.Base.byteCount, .elements, at: index)
        }
        appendPath("rows.path", leaves, depth: domains[draw])
        for label in ["rows.salt", "rows.column", "rows.path"] { occurrences[label, default: 0] += 1 }
      case (.absorb, .base):
        // Columns of the level drawn last.
        let draw = drawn.count - 1
        let leaves = positions(draw)
        let width = leaves.isEmpty ? 0 : entry.count / leaves.count
        for index in leaves.indices { append("ligerito.column", width * E.byteCount, .elements, at: index) }
        appendPath("ligerito.path", leaves, depth: domains[draw])
        for label in ["ligerito.column", "ligerito.path"] { occurrences[label, default: 0] += 1 }
      default: break
      }
    }

    private func positions(_ draw: Int) -> [Int] { sortedDistinct(drawn[draw].map { $0 & ((1 << domains[draw]) - 1) }) }

    private mutating func append(_ label: String, _ count: Int, _ content: ProofField.Content, at index: Int? = nil) {
      let occurrence = occurrences[label, default: 0]
      fields.append(ProofField(label: label, occurrence: occurrence, index: index ?? 0, content: content, range: offset..<(offset + count)))
      offset += count
      // Numbered fields are counted by tree or level.
      if index == nil { occurrences[label] = occurrence + 1 }
    }

    private mutating func appendPath(_ label: String, _ leaves: [Int], depth: Int) {
      for index in 0..<Merkle.siblingCount(indices: leaves, depth: depth) { append(label, Digest.byteCount, .digest, at: index) }
    }
  }
}
