import Soundness
import TestSupport
import Testing

@Suite struct QueryCountTests {
  private func profile(_ name: String) -> SoundnessProfile { name == "P128" ? .p128 : .p100 }

  /// The specification's tables of code shapes and plain codes.
  @Test func tablesOfTheSpecification() throws {
    let section = try SpecVectors.load().soundness
    for row in section.hidingRows {
      let shape = try QueryCount.globalShape(m: row.m, profile: profile(row.profile))
      #expect([shape.m, shape.tail, shape.log2CodeLength, shape.queryCount] == [row.m, row.p, row.log2n, row.t])
      #expect(shape.budget == row.budget && shape.dimension == (1 << row.m) + row.p)
    }
    for row in section.plainCodes {
      #expect(try QueryCount.queryCount(dimension: row.dimension, codeLength: 1 << row.log2n, profile: profile(row.profile)) == row.t)
    }
  }

  /// Rates 1/2 … 1/64 of long codes, at 128 and 100 bits.
  @Test(arguments: [(1, 309, 241), (2, 189, 148), (3, 155, 121), (4, 141, 110), (5, 134, 105), (6, 131, 103)])
  func longCodes(log2InverseRate: Int, at128: Int, at100: Int) throws {
    let n = 1 << 22
    #expect(try QueryCount.queryCount(dimension: n >> log2InverseRate, codeLength: n, profile: .p128) == at128)
    #expect(try QueryCount.queryCount(dimension: n >> log2InverseRate, codeLength: n, profile: .p100) == at100)
  }

  /// Exact answers, including rate-one-half boundaries where 2^(−t) meets the target with equality.
  @Test func exactAnswers() throws {
    let cases = try KnownAnswers.load().queryCounts
    #expect(cases.count > 100)
    for example in cases {
      guard let t = example.t else { continue }
      let profile = SoundnessProfile(uncheckedName: "test", extensionDegree: 3, targetBits: example.target)
      #expect(try QueryCount.queryCount(dimension: example.dimension, codeLength: example.codeLength, profile: profile) == t)
    }
  }

  @Test(arguments: [(32, 32), (33, 32), (0, 32), (-1, 32), (1, 0), (1, -5), (1, .max), (.max, .max), (.min, .max)])
  func whatIsNoCodeIsRefused(dimension: Int, codeLength: Int) {
    #expect(throws: SoundnessError.invalidCode(dimension: dimension, codeLength: codeLength)) {
      try QueryCount.queryCount(dimension: dimension, codeLength: codeLength, profile: .p128)
    }
  }

  @Test func ratesNearOneAreRefusedQuickly() {
    for n in [1 << 10, 1 << 40, 1 << 60] {
      #expect(throws: SoundnessError.rateTooHigh(dimension: n - 1, codeLength: n)) {
        try QueryCount.queryCount(dimension: n - 1, codeLength: n, profile: .p128)
      }
    }
  }

  @Test func tailsForABudget() throws {
    func tail(_ m: Int, _ log2CodeLength: Int, _ openings: Int, _ log2RowLength: Int) throws -> [Int] {
      let (p, t) = try QueryCount.tailForBudget(
        m: m, log2CodeLength: log2CodeLength, openings: openings, log2RowLength: log2RowLength, profile: .p128)
      return [p, t]
    }
    #expect(try tail(7, 10, 1, 3) == [224, 223])
    #expect(try tail(14, 16, 10, 11) == [2048, 200])
    #expect(try tail(13, 15, 3, 10) == [1024, 200])
    #expect(try tail(16, 19, 40, 12) == [8192, 158])
    #expect(try tail(14, 16, 0, 11)[0] == 2048)
    #expect(throws: SoundnessError.noTail(openings: 2)) { try tail(7, 10, 2, 0) }
    #expect(throws: SoundnessError.noTail(openings: 1)) { try tail(10, 10, 1, 0) }
    #expect(throws: SoundnessError.noTail(openings: .max)) { try tail(14, 16, .max, 0) }
    #expect(throws: SoundnessError.negativeCount("openings")) { try tail(14, 16, -1, 0) }
    #expect(throws: SoundnessError.self) { try tail(61, 16, 1, 0) }
  }

  /// The answer of the fast search is the least: no smaller multiple of the row length serves.
  @Test func tailsAreLeast() throws {
    for (openings, log2RowLength) in [(1, 0), (2, 2), (3, 4)] {
      let found = try QueryCount.tailForBudget(m: 9, log2CodeLength: 12, openings: openings, log2RowLength: log2RowLength, profile: .p100)
      var least = 1 << log2RowLength
      while least < openings * (try QueryCount.queryCount(dimension: 512 + least, codeLength: 4096, profile: .p100)) { least += 1 << log2RowLength }
      #expect(found.tail == least)
    }
  }

  @Test func shapesOutsideTheTableAreRefused() {
    for m in [.min, -1, 0, 2, 59, .max] {
      #expect(throws: SoundnessError.self) { try QueryCount.globalShape(m: m, profile: .p128) }
    }
    for rate in [.min, -1, 0, 9, .max] {
      #expect(throws: SoundnessError.self) { try QueryCount.globalShape(m: 12, profile: .p128, log2InverseRate: rate) }
    }
  }
}
