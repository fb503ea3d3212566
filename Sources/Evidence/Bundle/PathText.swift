/// Paths as text. Foundation's functions for them trap on names of one character.
package enum PathText {
  /// The folder that holds `path`: `.` for a bare name, `/` for what lies at the root.
  package static func parent(of path: String) -> String {
    var name = path[...]
    while name.count > 1, name.last == "/" { name.removeLast() }
    guard let slash = name.lastIndex(of: "/") else { return "." }
    var folder = name[..<slash]
    while folder.last == "/" { folder.removeLast() }
    return folder.isEmpty ? "/" : String(folder)
  }
}
