import Fields
import Hashing
import Soundness

/// What of a statement is absorbed, and its accounting.
extension Statement {
  /// Profile, code and level tables, query counts, pad layout (spec T2).
  public var parameters: CanonicalValue {
    func number(_ value: Int) -> CanonicalValue { .integer(UInt64(value)) }
    var profileEntries: [String: CanonicalValue] = [
      "name": .text(profile.name), "degree": number(profile.extensionDegree), "target": number(profile.targetBits),
    ]
    profileEntries.merge(field) { $1 }
    return .dictionary([
      "protocol": .text(Self.protocolName),
      "profile": .dictionary(profileEntries),
      "shapes": .list(shapes.map { .dictionary($0.description(of: E.Base.self, named: true)) }),
      "primary": .text(primary.name),
      "levels": .list(levels.map(\.description)),
      "queries": .list(queryCounts.map(number)),
      "pads": .list([
        number(layout.count), .list(layout.secrets.map(number)), .list(layout.products.map { .list([number($0.0), number($0.1)]) }),
      ]),
    ])
  }

  /// Operators, sizes, tables, public inputs and outputs: everything in the relation's descriptor and layouts.
  public var relationDigest: Digest {
    CanonicalValue.list([relation.descriptor, relation.auxiliary.description]).digest(tag: "zkmlops/relation/v1")
  }

  /// [name, shape, base rows]: auxiliary trees in shape order, then artefacts.
  public var treeDescription: CanonicalValue {
    let auxiliary = shapes.indices.map(auxiliaryTree)
    return .list((auxiliary + artefactTrees).map { .list([.text($0.name), .text($0.shape), .integer(UInt64($0.rowCount))]) })
  }

  /// Z = max(1024, ⌈N/8⌉, ⌈S/8⌉), N = data cells of all matrices, aux witness included, S = `transcriptPaddingCells` (design 2, 5.2).
  public var zeroByteCount: Int {
    let layouts = relation.matrices.map(\.layout) + [relation.auxiliary]
    let cells = layouts.reduce(0) { $0 + $1.rowCount << $1.log2RowLength }
    return max(1024, (max(cells, relation.transcriptPaddingCells) + 7) / 8)
  }

  /// All round-by-round error terms of this statement's parameters, in bits.
  ///
  /// **Throws** `statementMismatch` when a code has rate 1 or more.
  public func accounting() throws(VerificationError) -> SoundnessAccount {
    let levelOneClaims = shapes.count + padRowCount + queryCounts.reduce(0, +)
    let batch = max(claimCount, levelOneClaims, levels.map { $0.queryCount + 1 }.max() ?? 0)
    let parameters = AccountedParameters(
      shapes: zip(shapes, queryCounts).map {
        .init(name: $0.name, dimension: $0.dimension, log2CodeLength: $0.log2Length, queryCount: $1)
      },
      levels: levels.map { .init(dimension: 1 << $0.log2RowLength, log2CodeLength: $0.log2Length, queryCount: $0.queryCount) },
      lookupDegree: relation.lookupDegree, pointVariables: relation.pointVariables, batchedClaims: batch, linearChecks: layout.checkCount,
      padRows: padRowCount)
    do { return try SoundnessAccount(parameters, challengeField: E.self) } catch { throw .statementMismatch("soundness parameters") }
  }

  /// Refuses parameters under the profile's target.
  public func checkSoundness() throws(VerificationError) {
    for term in try accounting().terms where term.bits - SoundnessAccount.roundingMargin < Double(profile.targetBits) {
      throw .soundnessTooLow(term: CheckName(term.name), bits: term.bits, target: profile.targetBits)
    }
  }
}
