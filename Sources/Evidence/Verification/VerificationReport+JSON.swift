extension VerificationReport {
  /// The report for machines; the same content as `text`.
  ///
  /// Shares are decimal strings of 0...1, interval ends rounded outward.
  public var json: JSONValue {
    .object([
      "verified": true,
      "bundle": .string(bundleID),
      "formatVersion": .integer(Manifest.formatVersion),
      "profile": .string(manifest.profile),
      "previous": manifest.previous.map(JSONValue.string) ?? .null,
      "created": .string(manifest.created.description),
      "toolVersion": .string(manifest.toolVersion),
      "signatures": .array(signers.map(json)),
      "artefacts": .array(manifest.artefacts.map(\.json)),
      "edges": .array(manifest.edges.map(\.json)),
      "chain": Chain(self).json,
      "claims": .array(claims.map(\.json)),
      "proofs": .array(proofs.map(\.json)),
      "notEstablished": .array(notEstablished.map(JSONValue.string)),
      "byteCount": .integer(byteCount),
      "microseconds": .integer(microseconds),
    ])
  }
}

extension VerificationReport {
  private func json(_ signer: Signer) -> JSONValue {
    let name = name(of: signer)
    var object = JSONObject([
      ("role", .string(signer.role.rawValue)), ("fingerprint", .string(signer.fingerprint)), ("trusted", .bool(name != nil)),
      ("name", name.map(JSONValue.string) ?? .null),
    ])
    switch signer.subject {
    case .manifest(let claims): object = object.setting("subject", to: "manifest").setting("claims", to: .bool(claims))
    case .dataset(let artefact, let statement):
      object = object.setting("subject", to: "dataset").setting("artefact", to: .string(artefact)).setting("statement", to: statement.json)
    }
    return .object(object)
  }
}

extension VerificationReport.Claim {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(entry.name), "type": .string(entry.type), "proof": .string(entry.proof),
      "uses": .array(description.uses.map(JSONValue.string)),
      "shows": .array(description.shows.map(JSONValue.string)),
      "doesNotShow": .array(description.doesNotShow.map(JSONValue.string)),
      "reveals": .array(description.discloses.map(\.json)),
      "figures": .array(description.figures.map(\.json)),
      "duties": .array(description.duties.map { .string($0.rawValue) }),
    ])
  }
}

extension VerificationReport.Proof {
  fileprivate var json: JSONValue {
    .object([
      "digest": .string(entry.digest), "claims": .array(entry.claims.map(JSONValue.string)),
      "artefacts": .array(entry.artefacts.map(JSONValue.string)), "soundnessBits": .integer(summary.soundnessBits),
      "field": .string(summary.field), "relation": .string(summary.relationDigest), "byteCount": .integer(byteCount),
      "microseconds": .integer(microseconds),
    ])
  }
}

extension Figure {
  fileprivate var json: JSONValue {
    switch self {
    case .value(let label, let text):
      return .object(["figure": "value", "label": .string(label), "text": .string(text)])
    case .metric(let metric): return metric.json
    case .groups(let groups): return groups.json
    case .confusionMatrix(let matrix):
      let rows = matrix.counts.map { JSONValue.array($0.map(JSONValue.count)) }
      return .object(["figure": "confusionMatrix", "classes": .array(matrix.classes.map(JSONValue.string)), "counts": .array(rows)])
    case .accuracy(let accuracy):
      var object = JSONObject([
        ("figure", "accuracy"), ("correct", .count(accuracy.correct)), ("total", .count(accuracy.total)),
        ("extent", .string(accuracy.extent.rawValue)), ("majorityCount", accuracy.baseline.map { .count($0.count) } ?? .null),
      ])
      if let interval = accuracy.interval {
        let upper: JSONValue = accuracy.extent == .exact ? .string(Self.decimal(interval.upper, .up)) : .null
        object = object.setting("wilson95", to: [.string(Self.decimal(interval.lower, .down)), upper])
      }
      return .object(object)
    }
  }

  /// A share in [0, 1] with six decimals.
  private static func decimal(_ share: Double, _ rounding: FloatingPointRoundingRule) -> String {
    let millionths = Int((share * 1_000_000).rounded(rounding))
    let digits = String(millionths % 1_000_000)
    return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

extension JSONValue {
  /// A number of rows, as a string if JSON cannot carry it.
  fileprivate static func count(_ number: Int) -> JSONValue {
    number.magnitude <= largestInteger ? .integer(number) : .string(String(number))
  }
}
