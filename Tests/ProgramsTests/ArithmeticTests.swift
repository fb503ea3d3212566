import Programs
import Testing

@Suite("Integer arithmetic")
struct ArithmeticTests {
  @Test("requantisation equals exact fractions, half up and half even")
  func requantise() throws {
    let cases = try DataVectors.load().requantise
    #expect(cases.count == 200)
    for row in cases {
      let up = Requantise(multiplier: row[1], shift: Int(row[2])).apply(row[0])
      let even = Requantise(multiplier: row[1], shift: Int(row[2]), rounding: .halfEven).apply(row[0])
      #expect(up == row[3] && even == row[4], "\(row)")
    }
  }

  @Test("division leaves a remainder that is not negative")
  func division() throws {
    for row in try DataVectors.load().division {
      let result = try #require(IntegerDivision.divide(row[0], by: row[1]))
      #expect(result.quotient == row[2] && result.remainder == row[3], "\(row)")
    }
    #expect(IntegerDivision.divide(1, by: 0) == nil)
    #expect(IntegerDivision.divide(Int64.min, by: -1) == nil)
    #expect(IntegerDivision.divide(Int64.min, by: 1)?.quotient == Int64.min)
    #expect(IntegerDivision.divide(-7, by: 2)! == (-4, 1))
  }

  @Test("intervals report overflow")
  func intervals() throws {
    let a = IntegerRange(-3...5)
    let b = IntegerRange(-7...2)
    #expect(a.adding(b) == IntegerRange(-10...7))
    #expect(a.subtracting(b) == IntegerRange(-5...12))
    #expect(a.multiplying(b) == IntegerRange(-35...21))
    #expect(a.scaled(by: -2) == IntegerRange(-10...6))
    let huge = IntegerRange(Int64.min...Int64.max)
    #expect(huge.adding(IntegerRange(only: 1)) == nil)
    #expect(huge.subtracting(huge) == nil)
    #expect(huge.multiplying(huge) == nil)
    #expect(huge.scaled(by: -1) == nil)
    #expect(huge.bitCount == 64)
    #expect(IntegerRange(lower: 2, upper: 1) == nil)
    #expect(IntegerRange(only: 9).bitCount == 0)
    #expect(IntegerRange(0...255).bitCount == 8 && IntegerRange(0...256).bitCount == 9)
    #expect(IntegerRange(signedBits: 16) == IntegerRange(-32_768...32_767))
    #expect(IntegerRange(signedBits: 64) == nil && IntegerRange(signedBits: 0) == nil)
  }

  @Test("formats")
  func formats() {
    #expect(FixedPointFormat(signedBits: 8, fractionBits: 4)?.range == IntegerRange(-128...127))
    #expect(FixedPointFormat(signedBits: 8, fractionBits: 4)?.fractionBits == 4)
    #expect(FixedPointFormat(signedBits: 8, fractionBits: 63) == nil)
    #expect(FixedPointFormat(scale: .decimal(digits: 2), range: IntegerRange(0...1)).fractionBits == nil)
  }
}

@Suite("Decimal text")
struct DecimalTextTests {
  @Test("is exact, and more digits than declared are an error")
  func exact() throws {
    let vectors = try DataVectors.load().decimals
    for entry in vectors.good {
      do throws(DecimalTextError) {
        let value = try DecimalText(entry.text.utf8).scaled(toDigits: entry.digits)
        #expect(entry.exact == String(value), "\(entry.text) at \(entry.digits)")
      } catch {
        switch error {
        case .tooManyDigits: #expect(entry.exact == "tooManyDigits" || entry.exact == "tooLarge", "\(entry.text) at \(entry.digits)")
        case .tooLarge: #expect(entry.exact == "tooLarge", "\(entry.text) at \(entry.digits)")
        case .notANumber: Issue.record("\(entry.text) is a number")
        }
      }
      if let rounded = entry.rounded {
        #expect(try DecimalText.rounded(Array(entry.text.utf8)[...], toDigits: entry.digits) == rounded, "\(entry.text) at \(entry.digits)")
      }
    }
  }

  @Test("is refused when it is no number")
  func malformed() throws {
    for text in try DataVectors.load().decimals.bad {
      #expect(throws: DecimalTextError.notANumber) { try DecimalText(text.utf8) }
      #expect(throws: DecimalTextError.notANumber) { try DecimalText.rounded(Array(text.utf8)[...], toDigits: 2) }
    }
    #expect(throws: DecimalTextError.tooLarge) { try DecimalText("1e999999999999".utf8) }
    #expect(throws: DecimalTextError.tooLarge) { try DecimalText("99999999999999999999".utf8) }
  }

  @Test("rounds texts of any length as exact fractions do")
  func long() throws {
    for entry in try DataVectors.load().decimals.long {
      #expect(try DecimalText.rounded(Array(entry.text.utf8)[...], toDigits: entry.digits) == entry.rounded, "\(entry.text) at \(entry.digits)")
    }
  }

  @Test("is written back")
  func text() {
    #expect(DecimalText.text(-5, digits: 2) == "-0.05")
    #expect(DecimalText.text(12_345, digits: 2) == "123.45")
    #expect(DecimalText.text(7, digits: 0) == "7")
    #expect(DecimalText.text(Int64.min, digits: 18) == "-9.223372036854775808")
  }
}

@Suite("Function tables")
struct TableFunctionTests {
  @Test("sigmoid is the nearest integer for sampled formats")
  func samples() throws {
    for row in try DataVectors.load().sigmoid.samples {
      let function = TableFunction.sigmoid(inputFractionBits: Int(row[1]), outputFractionBits: Int(row[2]))
      #expect(try function.value(at: row[0]) == row[3], "\(row)")
    }
  }

  @Test("whole sigmoid tables are those of the arbitrary-precision script")
  func tables() throws {
    for table in try DataVectors.load().sigmoid.tables {
      let lookup = TableLookup(
        function: .sigmoid(inputFractionBits: table.input, outputFractionBits: table.output), domain: IntegerRange(-32_768...32_767))
      let values = try lookup.outputs()
      #expect(digest(values.map(String.init).joined(separator: ",")) == table.sha256)
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }, "monotone")
    }
  }

  @Test("rounding that cannot be decided is an error, never a guess")
  func undecided() {
    // Thirty output bits at saturation are decided; unknown parameters are refused.
    #expect(throws: Never.self) { try TableFunction.sigmoid(inputFractionBits: 0, outputFractionBits: 30).value(at: 40) }
    #expect(throws: ProgramError.self) { try TableFunction.sigmoid(inputFractionBits: 31, outputFractionBits: 8).value(at: 1) }
    #expect(throws: ProgramError.self) { try TableFunction.sigmoid(inputFractionBits: 8, outputFractionBits: 31).value(at: 1) }
  }

  @Test("relu and clamp")
  func simple() throws {
    #expect(try TableLookup(function: .relu, domain: IntegerRange(-3...3)).outputs() == [0, 0, 0, 0, 1, 2, 3])
    #expect(try TableLookup(function: .clamp(IntegerRange(-1...2)), domain: IntegerRange(-3...3)).outputs() == [-1, -1, -1, 0, 1, 2, 2])
    #expect(throws: ProgramError.tableTooLarge(node: "t", rows: 65_537, limit: 65_536)) {
      try TableLookup(function: .relu, domain: IntegerRange(0...65_536)).outputs(node: "t")
    }
    #expect(throws: ProgramError.self) { try TableLookup(function: .relu, domain: IntegerRange(Int64.min...Int64.max)).outputs() }
  }
}
