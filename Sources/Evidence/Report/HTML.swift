/// A piece of HTML.
///
/// Text enters it through interpolation, escaped; only other pieces and literals enter as they are.
///
/// `"<td>\(name)</td>" as HTML` escapes `name` if it is a `String` and inserts it if it is an `HTML`.
struct HTML: Equatable, Sendable, ExpressibleByStringInterpolation {
  private(set) var source: String

  init(stringLiteral value: String) {
    source = value
  }

  init(stringInterpolation: StringInterpolation) {
    source = stringInterpolation.source
  }

  /// Collects literals and interpolated values.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity)
    }

    mutating func appendLiteral(_ literal: String) {
      source += literal
    }

    mutating func appendInterpolation(_ text: String) {
      source += HTML.escaped(text)
    }

    mutating func appendInterpolation(_ number: Int) {
      source += String(number)
    }

    mutating func appendInterpolation(_ html: HTML) {
      source += html.source
    }
  }

  static func + (left: HTML, right: HTML) -> HTML {
    var both = left
    both += right
    return both
  }

  static func += (left: inout HTML, right: HTML) {
    left.source += right.source
  }

  /// `text` as character data or attribute value: markup characters as references, what is invisible or reorders text as `\u{...}`.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default:
        if TerminalText.isUnsafe(scalar) {
          result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}

extension Sequence {
  /// The pieces of all elements, one after the other.
  func html(_ piece: (Element) -> HTML) -> HTML {
    reduce(into: "") { $0 += piece($1) }
  }
}
