import Pipelines

/// What `--version` prints.
enum BuildInfo {
  static let version = BuildIdentity.version
}
