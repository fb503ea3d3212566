import Evidence
import Foundation
import R1CS

/// One `--bind`: which wires are which rows of which column.
struct CircuitBindingText {
  let signal: String
  let signalRange: ClosedRange<Int>?
  let artefact: String
  let column: String
  let rowRange: ClosedRange<Int>?

  private static func refuse(_ text: String) -> PipelineError {
    PipelineError(
      .claimDoesNotFit, "\(TerminalText.quoted(text)) does not say which wires are which rows.",
      remedy: "Write --bind 'main.x[0..99]=ARTEFACT[COLUMN]' or '…[COLUMN:100..199]'; wires without names are w5 or w5..w104.")
  }

  init(_ text: String) throws {
    let refusal = Self.refuse(text)
    guard let equal = text.lastIndex(of: "=") else { throw refusal }
    let (left, right) = (String(text[..<equal]), String(text[text.index(after: equal)...]))
    guard let open = right.firstIndex(of: "["), right.hasSuffix("]") else { throw refusal }
    artefact = String(right[..<open])
    let slice = String(right[right.index(after: open)...].dropLast())
    if let colon = slice.lastIndex(of: ":"), let range = Self.range(String(slice[slice.index(after: colon)...])) {
      column = String(slice[..<colon])
      rowRange = range
    } else {
      column = slice
      rowRange = nil
    }
    if left.hasSuffix("]"), let bracket = left.lastIndex(of: "["), let range = Self.range(String(left[left.index(after: bracket)...].dropLast())) {
      signal = String(left[..<bracket])
      signalRange = range
    } else {
      signal = left
      signalRange = nil
    }
    guard !signal.isEmpty, !artefact.isEmpty, !column.isEmpty else { throw refusal }
  }

  /// `first..last`, both counted.
  private static func range(_ text: String) -> ClosedRange<Int>? {
    guard let dots = text.range(of: ".."), let first = Int(text[..<dots.lowerBound]), let last = Int(text[dots.upperBound...]), first >= 0,
      first <= last,
      last < 1 << 31
    else { return nil }
    return first...last
  }

  /// Runs of consecutive wires.
  func links(names: SymbolNames, wireCount: Int, rows: (String) throws -> Int) throws -> [CircuitProof.Link] {
    let wires = try wires(names, wireCount)
    let available = try rows(artefact)
    let chosen = rowRange ?? 0...max(0, wires.count - 1)
    guard chosen.count == wires.count, chosen.upperBound < available else {
      throw PipelineError(
        .claimDoesNotFit,
        "\(wires.count) wires and rows \(chosen.lowerBound)..\(chosen.upperBound) of \(TerminalText.quoted(artefact)), which has \(available) rows, "
          + "do not match.", remedy: "Give as many rows as wires.")
    }
    var out: [CircuitProof.Link] = []
    for (place, wire) in wires.enumerated() {
      if let last = out.last, last.firstWire + last.count == wire {
        out[out.count - 1].count += 1
      } else {
        out.append(CircuitProof.Link(firstWire: wire, count: 1, artefact: artefact, column: column, firstRow: chosen.lowerBound + place))
      }
    }
    return out
  }

  private func wires(_ names: SymbolNames, _ wireCount: Int) throws -> [Int] {
    func wire(_ name: String) throws -> Int {
      if let found = names.wire(named: name) { return found }
      if name.hasPrefix("w"), let number = Int(name.dropFirst()), number >= 0, number < wireCount { return number }
      throw PipelineError(
        .claimDoesNotFit, "The circuit has no signal \(TerminalText.quoted(name)).",
        remedy: "Give the .sym file with --sym, or name wires by number: w5.")
    }
    if let signalRange { return try signalRange.map { try wire("\(signal)[\($0)]") } }
    if let dots = signal.range(of: "..") {
      let (first, last) = (try wire(String(signal[..<dots.lowerBound])), try wire(String(signal[dots.upperBound...])))
      guard first <= last else { throw Self.refuse(signal) }
      return Array(first...last)
    }
    if names.wire(named: signal) == nil, names.wire(named: "\(signal)[0]") != nil {
      var out: [Int] = []
      while let next = names.wire(named: "\(signal)[\(out.count)]") { out.append(next) }
      return out
    }
    return [try wire(signal)]
  }
}
