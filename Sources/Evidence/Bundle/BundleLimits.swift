/// Bounds on what a reader of bundles takes in before it refuses.
///
/// With the default values any input ends within 512 MB of memory: 64 MiB of files held once more than read, 8 MiB of JSON at most.
public struct BundleLimits: Equatable, Sendable {
  /// Most bytes of all files together, and of a tar archive.
  public var totalByteCount: Int
  /// Most files and directories.
  public var fileCount: Int
  /// Most bytes of one JSON file.
  public var jsonByteCount: Int
  /// Most bytes of all JSON files together.
  public var totalJSONByteCount: Int
  /// Most JSON values in one file.
  public var jsonValueCount: Int
  /// Most bytes of `claims.jsonl`, which holds the claim files once more; its payloads are compared, not parsed.
  public var attestationsByteCount: Int

  /// Bounds; the defaults are those of `zkmlops verify`.
  public init(
    totalByteCount: Int = 64 << 20, fileCount: Int = 10_000, jsonByteCount: Int = 4 << 20, totalJSONByteCount: Int = 8 << 20,
    jsonValueCount: Int = 1 << 20, attestationsByteCount: Int = 16 << 20
  ) {
    self.totalByteCount = totalByteCount
    self.fileCount = fileCount
    self.jsonByteCount = jsonByteCount
    self.totalJSONByteCount = totalJSONByteCount
    self.jsonValueCount = jsonValueCount
    self.attestationsByteCount = attestationsByteCount
  }

  /// The bounds as the JSON parser takes them.
  var json: JSONParser.Limits {
    JSONParser.Limits(byteCount: jsonByteCount, valueCount: jsonValueCount)
  }
}
