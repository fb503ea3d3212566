/// `init`: a schema and a pipeline for any CSV file.

import Programs

/// The two files that `init` writes, as texts, and what they say.
public struct InitialisedProject: Sendable {
  /// Contents of `schema.yaml`.
  public let schemaText: String
  /// Contents of `pipeline.yaml`.
  public let pipelineText: String
  /// The schema.
  public let document: SchemaDocument
  /// The pipeline.
  public let configuration: PipelineConfiguration
  /// What a reader should know, one sentence each.
  public let notes: [String]
}

/// Infers a project from the cells of a file; nothing here knows a column's name but the target's.
public enum ProjectInitialiser {
  /// Most categories of a feature column; text with more is left out.
  public static let maximumFeatureCategories = 64
  /// Most classes of a target.
  public static let maximumClasses = 1_024
  /// Rows from which on a column of different values counts as an identifier.
  static let identifierRows = 20

  /// Surveys a file and writes a project for it.
  ///
  /// - Parameters:
  ///   - source: the bytes; `file` is their name in errors.
  ///   - dataPath: path of the data as the pipeline file shall name it.
  ///   - schemaPath: likewise for the schema.
  ///   - target: the column to predict.
  /// - Throws: what reading refuses; `.missingColumn` or `.invalidTarget` for an unusable target; `.noRows`.
  public static func run(
    _ source: any ByteSource, file: String, dataPath: String, schemaPath: String = "schema.yaml", target: String
  ) throws(ImportError) -> InitialisedProject {
    let surveys = try survey(source, file: file)
    guard let targetSurvey = surveys.first(where: { $0.name == target }) else {
      throw ImportError(
        .missingColumn, at: FilePlace(file: file, line: 1, column: target), found: "no such column",
        expected: "one of \(surveys.prefix(20).map(\.name.quoted).joined(separator: ", "))\(surveys.count > 20 ? ", …" : "")",
        remedy: "Did you mean \(YAMLGroup.nearest(target, among: surveys.map(\.name)).quoted)")
    }
    guard let first = surveys.first, first.rowCount > 0 else {
      throw ImportError(
        .noRows, at: FilePlace(file: file), found: "a line of names without rows", expected: "at least one row",
        remedy: "Check that this is the right file")
    }
    var plans: [ColumnPlan] = []
    for survey in surveys {
      plans.append(survey.name == target ? try ColumnPlan(target: targetSurvey, file: file) : ColumnPlan(feature: survey))
    }
    return try assemble(
      plans, rowCount: targetSurvey.presentCount, file: file, dataPath: dataPath, schemaPath: schemaPath, target: target)
  }

  /// Opens a file and runs on it.
  public static func run(
    path: String, displayName: String? = nil, dataPath: String, schemaPath: String = "schema.yaml", target: String
  ) throws(ImportError) -> InitialisedProject {
    try run(
      try InputFile.open(path: path, displayName: displayName), file: displayName ?? path, dataPath: dataPath, schemaPath: schemaPath,
      target: target)
  }

  private static func survey(_ source: any ByteSource, file: String) throws(ImportError) -> [ColumnSurvey] {
    var parser = CSVParser(source, file: file)
    let header = try CSVHeader(&parser, file: file)
    var surveys = header.names.map(ColumnSurvey.init(name:))
    while let record = try header.next(&parser) {
      for index in surveys.indices { surveys[index].add(record.cell(index)) }
    }
    return surveys
  }

  /// Cells up to which `init` asks for a data phase: 2^25, which take about 8 GB to prove (240 bytes a cell, measured).
  static let maximumPhaseCells = 1 << 25

  /// About the cells that a data phase commits to and ranges over: 14 a row for a number (copies, limbs of its scaling), two a row for each category.
  static func phaseCells(_ plans: [ColumnPlan], rowCount: Int) -> Int {
    let row = plans.reduce(0) { sum, plan in
      guard let column = plan.column else { return sum }
      if case .category(let names) = column.type { return sum + 2 + 2 * names.count }
      return sum + 14
    }
    return row.multipliedReportingOverflow(by: rowCount).overflow ? .max : row * rowCount
  }

  private static func assemble(
    _ plans: [ColumnPlan], rowCount: Int, file: String, dataPath: String, schemaPath: String, target: String
  ) throws(ImportError) -> InitialisedProject {
    let kept = plans.compactMap(\.column)
    let ignored = plans.filter { $0.column == nil }.map(\.name)
    let dropped = Set(plans.filter(\.dropsMissing).map(\.name))
    let rounded = Set(plans.filter(\.isRounded).map(\.name))
    let document: SchemaDocument
    do throws(ProgramError) {
      document = SchemaDocument(schema: try TableSchema(columns: kept), ignored: ignored, droppedWhenMissing: dropped, rounded: rounded)
    } catch { throw ImportError(error, at: FilePlace(file: file)) }
    var configuration = PipelineConfiguration(data: dataPath, schema: schemaPath, target: target)
    configuration.excluded = plans.filter { $0.column != nil && $0.isExcluded }.map(\.name)
    if case .category(let names)? = document.schema.column(target)?.type {
      configuration.positive = names.count == 2 ? names.last : nil
    } else {
      configuration.accuracy = .none
    }
    var notes: [String] = []
    let cells = phaseCells(plans, rowCount: rowCount)
    if cells > maximumPhaseCells {
      notes.append(
        "the table is large: proving its split and preparation in one proof would take about \(cells >> 22) GB, so both are left out; "
          + "split.method and prepare in pipeline.yaml ask for them, for all columns or a few")
    } else if rowCount >= 2 {
      configuration.provedSplit = ProvedSplit()
      configuration.preparation = PreparationSettings()
    } else {
      notes.append("a table of one row has no two parts: the split is not proved, and nothing is prepared")
    }
    notes += plans.flatMap { plan in plan.notes.map { "\(plan.name.quoted): \($0)" } }
    return InitialisedProject(
      schemaText: SchemaWriter.text(document, plans: plans, file: file),
      pipelineText: PipelineWriter.text(configuration, document: document, plans: plans), document: document,
      configuration: configuration, notes: notes)
  }
}

/// What becomes of one column.
struct ColumnPlan {
  let name: String
  /// The table column, or nil when it is ignored.
  let column: TableColumn?
  /// In the table but no feature.
  let isExcluded: Bool
  /// Rows with a missing cell are left out.
  let dropsMissing: Bool
  /// Cells are rounded to the column's digits.
  let isRounded: Bool
  /// Remarks for the schema file.
  let notes: [String]

  /// Whether no two of the texts are canonically equivalent: a schema's categories must differ in more than their encoding.
  private static func areDistinct(_ texts: [String]) -> Bool { Set(texts).count == texts.count }

  /// A column that may become a feature.
  init(feature survey: ColumnSurvey) {
    var notes: [String] = []
    var type: ColumnType?
    var excluded = false
    var rounds = false
    if survey.presentCount == 0 {
      notes.append("every cell is missing")
    } else if survey.isNumeric {
      type = survey.numberType?.type
      rounds = survey.numberType?.isRounded == true
      if type == nil { notes.append("numbers too large for 40 bits") }
      if rounds { notes.append("more digits than 60 bits hold: cells are rounded to the digits below") }
      if survey.isIncreasing, !survey.hasFraction, survey.rowCount >= ProjectInitialiser.identifierRows, survey.missingCount == 0 {
        type = nil
        notes.append("counts up with the rows: looks like an identifier")
      }
      if let count = survey.distinctCount, (3...8).contains(count), !survey.hasFraction, type != nil {
        notes.append("\(count) different values: if they are codes rather than amounts, make it a category")
      }
    } else {
      let share = survey.otherCount < survey.presentCount ? survey.firstOther : nil
      if let share { notes.append("\(survey.otherCount) of \(survey.presentCount) cells are no numbers, e.g. \(share.quoted)") }
      if let count = survey.distinctCount, count <= ProjectInitialiser.maximumFeatureCategories,
        survey.rowCount < ProjectInitialiser.identifierRows || count * 2 <= survey.rowCount
      {
        if Self.areDistinct(survey.orderedTexts) {
          type = .category(survey.orderedTexts)
        } else {
          notes.append("two texts look alike but are encoded in different Unicode forms: write them alike to use the column")
        }
      } else {
        notes.append("text with \(survey.distinctCount.map(String.init) ?? "very many") different values: no category")
      }
    }
    if let count = survey.distinctCount, count == 1, survey.missingCount == 0, type != nil {
      excluded = true
      notes.append("always the same value")
    }
    if survey.missingCount > 0, type != nil { notes.append("\(survey.missingCount) of \(survey.rowCount) cells are missing") }
    name = survey.name
    column = type.map { TableColumn(name: survey.name, type: $0, missing: survey.missingCount > 0 ? .presence : .refuse) }
    isExcluded = excluded
    dropsMissing = false
    isRounded = rounds && type != nil
    self.notes = notes
  }

  /// The target: a category when it is text or has few different whole values, else a number.
  init(target survey: ColumnSurvey, file: String) throws(ImportError) {
    func refuse(_ found: String, _ expected: String) -> ImportError {
      ImportError(
        .invalidTarget, at: FilePlace(file: file, column: survey.name), found: found, expected: expected,
        remedy: "Choose another target column")
    }
    guard survey.presentCount > 0 else { throw refuse("only missing cells", "a value in every row that is used") }
    let type: ColumnType
    var rounds = false
    let count = survey.distinctCount
    let isClass = !survey.isNumeric || count.map { $0 <= 2 || (!survey.hasFraction && $0 <= 20 && 4 * $0 <= survey.presentCount) } == true
    if isClass {
      guard let count, count <= ProjectInitialiser.maximumClasses else {
        throw refuse(
          "text with more than \(ProjectInitialiser.maximumClasses) different values",
          "at most \(ProjectInitialiser.maximumClasses) classes, or numbers")
      }
      guard Self.areDistinct(survey.orderedTexts) else {
        throw ImportError(
          .invalidTarget, at: FilePlace(file: file, column: survey.name),
          found: "two classes that look alike but are encoded in different Unicode forms", expected: "one spelling for a class",
          remedy: "Write them alike, e.g. both in Unicode normalisation form C")
      }
      type = .category(survey.orderedTexts)
    } else {
      guard let number = survey.numberType else { throw refuse("numbers too large for 40 bits", "smaller numbers") }
      type = number.type
      rounds = number.isRounded
    }
    isRounded = rounds
    name = survey.name
    column = TableColumn(name: survey.name, type: type, roles: [.target])
    isExcluded = false
    dropsMissing = survey.missingCount > 0
    var notes: [String] = []
    if rounds { notes.append("more digits than 60 bits hold: cells are rounded to the digits below") }
    if survey.missingCount > 0 { notes.append("\(survey.missingCount) of \(survey.rowCount) rows have no target and are left out") }
    if isClass, count == 1 { notes.append("a single class: every prediction will be that class") }
    self.notes = notes
  }
}
