/// Everything that reading a file or preparing a model can refuse, with its place, what was expected and a remedy.

import Programs

/// A place in a file.
public struct FilePlace: Hashable, Sendable {
  /// The file as the user named it.
  public let file: String
  /// Line, from 1; nil where the whole file is meant.
  public let line: Int?
  /// Column of a table by name, or position in the line.
  public let column: String?

  /// A place.
  public init(file: String, line: Int? = nil, column: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// What went wrong, for callers that branch on it.
public enum ImportProblem: Hashable, Sendable {
  case unreadableFile, emptyFile, invalidUTF8, malformedQuote, raggedRow, tooLong, duplicateHeader, unknownColumn, missingColumn
  case wrongType, tooManyDigits, outOfRange, unknownCategory, missingCell, noRows
  case malformedArchive, unsupportedArchive, corruptData
  case yamlSyntax, unknownKey, duplicateKey, missingKey, forbiddenYAML, invalidValue
  case protectedFeature, determinedProtected, noFeature, invalidTarget, invalidModel
}

/// An error with place, expectation and remedy.
public struct ImportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind.
  public let problem: ImportProblem
  /// Where.
  public let place: FilePlace
  /// What was found, in words; names and texts from data are escaped already.
  public let found: String
  /// What was expected.
  public let expected: String
  /// What to do.
  public let remedy: String

  /// An error from its parts.
  public init(_ problem: ImportProblem, at place: FilePlace, found: String, expected: String, remedy: String) {
    self.problem = problem
    self.place = place
    self.found = found
    self.expected = expected
    self.remedy = remedy
  }

  /// `file, line L, column C: found; expected …. Remedy.` on one line.
  public var description: String {
    var text = place.file.escaped(limit: 400)
    if let line = place.line { text += ", line \(line)" }
    if let column = place.column { text += ", column \(column.escaped())" }
    return "\(text): \(found); expected \(expected). \(remedy)."
  }
}

extension ImportError {
  /// A refusal of `Programs`, at a place.
  init(_ error: ProgramError, at place: FilePlace) {
    let isOfTable =
      switch error {
      case .cellOutOfRange, .columnLength, .unknownColumn, .invalidSchema: true
      default: false
      }
    self.init(
      .invalidModel, at: place, found: "\(error)".escaped(limit: 400),
      expected: isOfTable ? "cells and columns as the schema declares them" : "a model that fits the schema and the number formats",
      remedy: isOfTable ? "Correct the schema, or the file" : "Check the schema's ranges and the list of features")
  }
}

extension String {
  /// The text for terminals and reports: control characters, quotes, backslashes, direction marks and other invisible characters as
  /// \u{…}, cut after `limit` characters.
  public func escaped(limit: Int = 80) -> String {
    var out = ""
    var count = 0
    for scalar in unicodeScalars {
      if count == limit { return out + "…" }
      count += 1
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
        out += "\\u{\(String(scalar.value, radix: 16))}"
      default:
        if scalar == "\\" || scalar == "\"" { out += "\\" }
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// The escaped text in double quotes.
  var quoted: String { "\"\(escaped())\"" }
}
