import Foundation
import GRDB
import Hashing

/// A proved equality: `child` holds the same data as `parent` under a fresh secret.
public struct RefreshEdge: Equatable, Sendable {
  /// Identity of the newer commitment.
  public let child: Digest
  /// Identity of the commitment that it was proved equal to.
  public let parent: Digest
  /// Links to the first commitment: 1 or 2.
  public let depth: Int
  /// SHA-256 digest of the proof.
  public let proof: Digest
  /// When it was recorded.
  public let recorded: Date
}

extension Store {
  /// Records that `proof` shows `child` to hold the same data as `parent`.
  ///
  /// Refreshes form a star around the first commitment, at most two links deep, so that a verifier never checks more than two.
  /// - Parameter proof: SHA-256 digest of the proof that carries the equality.
  /// - Throws: `notAStar` when `parent` is two links away already, `child` is part of a star, or both have one secret;
  ///   `unknownArtefact`, and what writing throws.
  @discardableResult
  public func recordRefresh(child: Digest, of parent: Digest, proof: Digest) throws(StoreError) -> RefreshEdge {
    return try write { database in
      let newer = try requireArtefact(child, in: database)
      let older = try requireArtefact(parent, in: database)
      let edges = try refreshEdges(database)
      let depth = (edges.first { $0.child == parent }?.depth ?? 0) + 1
      guard depth <= 2, !edges.contains(where: { $0.child == child || $0.parent == child }), newer.secretID != older.secretID else {
        throw StoreError(.notAStar(child: newer.name, parent: older.name))
      }
      try database.execute(
        sql: "INSERT INTO refresh (child, parent, depth, proof, recorded_at) VALUES (?, ?, ?, ?, ?)",
        arguments: [child.data, parent.data, depth, proof.data, currentTime()])
      guard let edge = try refreshEdges(database).last(where: { $0.child == child }) else {
        throw StoreError(.corrupt(path: databasePath, detail: "a refresh was not recorded"))
      }
      return edge
    }
  }

  /// Every refresh, oldest first.
  public func refreshes() throws(StoreError) -> [RefreshEdge] { try read(refreshEdges) }

  /// All artefacts proved to hold the same data as this one, itself included; the first commitment comes first.
  /// - Throws: `unknownArtefact`, and what reading throws.
  public func sameData(as identity: Digest) throws(StoreError) -> [StoredArtefact] {
    try read { database in
      try sameDataIdentities(identity, in: database).map { try requireArtefact($0, in: database) }
    }
  }

  func sameDataIdentities(_ identity: Digest, in database: Database) throws -> [Digest] {
    let edges = try refreshEdges(database)
    var root = identity
    // Two steps at most, since no edge is deeper.
    for _ in 0..<2 { root = edges.first { $0.child == root }?.parent ?? root }
    var members = [root]
    for _ in 0..<2 {
      members += edges.filter { members.contains($0.parent) && !members.contains($0.child) }.map(\.child)
    }
    return members
  }

  private func refreshEdges(_ database: Database) throws -> [RefreshEdge] {
    try Row.fetchAll(database, sql: "SELECT * FROM refresh ORDER BY recorded_at, rowid").map { row in
      RefreshEdge(
        child: try row.digest("child"), parent: try row.digest("parent"), depth: try row.integer("depth"),
        proof: try row.digest("proof"), recorded: try row.date("recorded_at"))
    }
  }
}
