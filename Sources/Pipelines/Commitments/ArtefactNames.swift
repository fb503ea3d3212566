import Evidence

/// Names of artefacts: in the store, in bundles, and where one follows from a file.
public enum ArtefactNames {
  /// The name of an artefact made from a file: its last component up to the first full stop, in the characters that names have.
  public static func name(ofFile path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? path
    return sanitised(String(last.prefix { $0 != "." }))
  }

  /// The text with every character that names do not have replaced by `-`, at most 40 characters; `project` for nothing.
  static func sanitised(_ text: String) -> String {
    let kept = text.unicodeScalars.map { scalar -> Character in
      BundleName.isValid("a\(scalar)") && scalar.isASCII && scalar != "." ? Character(scalar) : "-"
    }
    let trimmed = String(kept).drop { !$0.isLetter && !$0.isNumber }
    return trimmed.isEmpty ? "project" : String(trimmed.prefix(40))
  }

  /// Refuses what cannot be the name of an artefact in a bundle.
  /// - Throws: `PipelineError.name`.
  public static func check(_ name: String) throws(PipelineError) {
    guard BundleName.isValid(name), name != "aux", !name.hasPrefix("mask.") else {
      throw PipelineError(
        .name, "\(TerminalText.quoted(name)) cannot be the name of an artefact.",
        remedy: "Use 1 to 80 of the letters A-Z a-z, digits and . _ -, a letter or digit first; aux and mask.… are taken.")
    }
  }
}
