/// Makes text from data safe and unambiguous on a terminal.
public enum TerminalText {
  /// `text` with everything that could move the cursor, change colours, reorder or hide text written as `\u{...}`.
  ///
  /// Escaped are: controls (C0, DEL, C1 and so every ANSI sequence), format characters (bidirectional overrides and isolates, zero-width
  /// characters, byte order mark, tags), line and paragraph separators, surrogates, private use, unassigned, and the backslash itself.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\\" {
        result += "\\\\"
      } else if isUnsafe(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// `escaped`, in double quotes, cut to 80 scalars.
  public static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let shown = scalars.count > 80 ? String(String.UnicodeScalarView(scalars.prefix(80))) + "…" : text
    return "\"\(escaped(shown))\""
  }

  /// Whether a scalar is invisible or acts on the text around it.
  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }
}
