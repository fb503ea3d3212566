/// Parts of paths, as strings.
///
/// Foundation's path functions of `NSString` trap on Linux for a relative path of one letter (seen in Swift 6.3.1), so they are not used.
public enum FilePaths {
  /// The folder that holds `path`: all before the last component, without slashes at its end; empty for a name alone, `/` below the root.
  public static func parent(of path: String) -> String {
    let trimmed = trimmed(path)
    guard let slash = trimmed.lastIndex(of: "/") else { return "" }
    let head = Self.trimmed(String(trimmed[..<slash]))
    return head.isEmpty ? "/" : head
  }

  /// `name` inside `folder`; `name` alone when the folder is empty.
  public static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  private static func trimmed(_ path: String) -> String {
    var end = path.endIndex
    while end > path.startIndex, path[path.index(before: end)] == "/" { end = path.index(before: end) }
    return String(path[..<end])
  }
}
