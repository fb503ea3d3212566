import Evidence
import Testing

@Suite("Statistics of counts")
struct StatisticsTests {
  /// The formula in 50-digit decimal arithmetic (Python `decimal`), z = 1.959963984540054235524594430520551527955550.
  @Test(
    "Wilson interval",
    arguments: [
      (0, 10, 0.0, 0.277532799862889), (5, 10, 0.236593090512564, 0.763406909487436), (10, 10, 0.722467200137111, 1.0),
      (226, 300, 0.701554697296140, 0.798706197283423), (1, 1, 0.206549314377237, 1.0), (0, 1, 0.0, 0.793450685622763),
      (740, 1000, 0.711931774434564, 0.766231381492369), (999_999, 1_000_000, 0.999994335088196, 0.999999823475423),
    ])
  func wilson(successes: Int, total: Int, lower: Double, upper: Double) throws {
    let interval = try #require(Wilson95(successes: successes, total: total))
    #expect(abs(interval.lower - lower) < 1e-12)
    #expect(abs(interval.upper - upper) < 1e-12)
  }

  @Test("counts that do not fit have no interval", arguments: [(0, 0), (-1, 5), (6, 5), (1, -1), (Int.min, Int.max)])
  func noInterval(successes: Int, total: Int) {
    #expect(Wilson95(successes: successes, total: total) == nil)
    #expect(AccuracyFigure(correct: successes, total: total, extent: .exact) == nil)
  }

  @Test("the majority class is the first of the largest")
  func majority() throws {
    let baseline = try #require(MajorityBaseline(classCounts: [3, 7, 7, 0]))
    #expect(baseline.classIndex == 1 && baseline.count == 7 && baseline.total == 17)
    #expect(MajorityBaseline(classCounts: []) == nil)
    #expect(MajorityBaseline(classCounts: [0, 0]) == nil)
    #expect(MajorityBaseline(classCounts: [5, -1]) == nil)
    #expect(MajorityBaseline(classCounts: [Int.max, 1]) == nil)
    #expect(MajorityBaseline(classIndex: 0, count: 6, total: 5) == nil)
  }

  @Test("a baseline over other rows is refused")
  func otherRows() throws {
    let baseline = try #require(MajorityBaseline(classCounts: [3, 7]))
    #expect(AccuracyFigure(correct: 5, total: 11, extent: .exact, baseline: baseline) == nil)
    #expect(AccuracyFigure(correct: 5, total: 10, extent: .exact, baseline: baseline) != nil)
  }

  @Test(
    "percentages are exact, half rounded up",
    arguments: [
      (226, 300, "75.33 %"), (1, 3, "33.33 %"), (2, 3, "66.67 %"), (0, 7, "0.00 %"), (7, 7, "100.00 %"), (1, 20_000, "0.01 %"), (1, 20_001, "0.00 %"),
      (19_999, 20_000, "100.00 %"), (Int.max, Int.max, "100.00 %"), (Int.max / 2, Int.max, "50.00 %"), (1, 0, "–"), (-1, 3, "–"), (4, 3, "–"),
    ])
  func percentages(successes: Int, total: Int, text: String) {
    #expect(Percentage.text(successes, of: total) == text)
  }

  @Test("interval ends are rounded outward")
  func outward() {
    #expect(Percentage.lower(0.70159) == "70.15 %" && Percentage.upper(0.70151) == "70.16 %")
    #expect(Percentage.lower(0) == "0.00 %" && Percentage.upper(1) == "100.00 %")
    #expect(Percentage.lower(-3) == "0.00 %" && Percentage.upper(7) == "100.00 %" && Percentage.upper(.nan) == "–")
  }

  @Test("sentences carry count, n, interval and baseline; a bound is said to be one")
  func sentences() throws {
    let baseline = try #require(MajorityBaseline(classCounts: [210, 90]))
    let exact = try #require(AccuracyFigure(correct: 226, total: 300, extent: .exact, baseline: baseline))
    #expect(
      exact.sentences == [
        "Accuracy 75.33 %: 226 of n = 300 rows.", "95 % Wilson interval: 70.15 % to 79.88 %.",
        "Always answering the most frequent class: 70.00 % (210 of 300).",
      ])
    let bound = try #require(AccuracyFigure(correct: 205, total: 300, extent: .atLeast, baseline: baseline))
    #expect(bound.sentences.first == "Accuracy at least 68.33 %: at least 205 of n = 300 rows; the count itself is not revealed.")
    #expect(bound.sentences.last == "Always answering the most frequent class: 70.00 % (210 of 300), which is not less than the figure above.")
    let bare = try #require(AccuracyFigure(correct: 205, total: 300, extent: .atLeast))
    let unknown =
      "Majority-class baseline: not known, since no claim of this bundle publishes the class counts; "
      + "always answering one class may score as high."
    #expect(bare.sentences.last == unknown)
  }

  @Test("confusion matrices are square and their sums do not overflow")
  func matrices() throws {
    let matrix = try #require(ConfusionMatrix(classes: ["a", "b"], counts: [[3, 1], [2, 4]]))
    #expect(matrix.correct == 7 && matrix.total == 10 && matrix.classCounts == [4, 6])
    #expect(ConfusionMatrix(classes: [], counts: []) == nil)
    #expect(ConfusionMatrix(classes: ["a"], counts: [[1, 2]]) == nil)
    #expect(ConfusionMatrix(classes: ["a", "b"], counts: [[1, 2]]) == nil)
    #expect(ConfusionMatrix(classes: ["a"], counts: [[-1]]) == nil)
    #expect(ConfusionMatrix(classes: ["a", "b"], counts: [[Int.max, 1], [0, 0]]) == nil)
  }
}
