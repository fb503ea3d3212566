import ArgumentParser
import Evidence
import Pipelines

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove single claims about artefacts of the store; write a bundle.",
    discussion: """
      Example of a claim file (YAML, or the same as JSON):

        version: 1
        claims:
          - name: accuracy-at-70
            type: accuracy
            labels: {artefact: german-credit.test, column: class}
            predictions: {artefact: german-credit.predictions, column: prediction}
            atLeast: 0.70          # or: revealed: true

        zkmlops prove claim.yaml --out out/claim

          - name: adults           # a claim about tables; its output is made, unless the store has one of this name
            type: filter
            table: german-credit.raw
            output: adults
            filter: [{column: age, from: 26}]
            commit: true
          - {name: crowd, type: anonymity, table: adults, columns: [sex, housing], minimum: 5}

      Types and their keys (Docs/Pipeline.md has the whole list; Examples/german-credit/claims.yaml is one of its kind):

        wellFormed (artefact), classCounts (of), accuracy (labels, predictions, revealed or atLeast),
        inference (model, table, output, published or committed)
        filter (table, output, filter), deduplicate (table, output), join (left, right, output, key),
        split (table, parts, rule), fit (table, parameters, columns), transform (input, parameters, output, columns)
        statistics (table, statistics), anonymity (table, columns, minimum), disjoint (tables, columns)
        confusion (labels, predictions, groups, minimumGroup, counts or bounds),
        ranking (labels, scores, positive, unit, measures, calibration), errors (labels, predictions, measures)

      The types of the third and fourth line take commit: true, which computes and commits their outputs.
      All claims of all files go into one proof, which takes one opening of each artefact (of several in one tree: one of the tree).
      """)

  @Argument(help: "Claim files.", completion: .file(extensions: ["yaml", "json"]))
  var claims: [String]
  @Option(name: [.customLong("out"), .short], help: "Where the bundle goes.")
  var out = "bundle"
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var signing: SigningOption
  @OptionGroup var json: JSONOption

  func run() throws {
    let console = Console(stageCount: 5, quiet: json.isSet)
    let options = Pipeline.Options(store: store.path, output: out, profile: profile.profile.profile, signing: signing.signing)
    let result = try SingleProofs.prove(files: claims, options: options) { console.hear($0) }
    console.finish(result, json: json.isSet)
  }
}

struct RefreshCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh",
    abstract: "Commit afresh to an artefact, and to those that share its tree, and prove that the commitments hide the same values.",
    discussion: """
      Example:

        zkmlops refresh german-credit.test --out out/refresh

      Takes one opening of an older commitment and gives a new one with a full hiding budget. The name goes on naming the data: later
      commands use the newest commitment. The bundle's edge sameDataAs carries what was proved before over to it. Artefacts that share a
      tree have one budget and are refreshed together, unless --alone is given.
      """)

  @Argument(help: "Name of the artefact in the store.")
  var name: String
  @Flag(help: "Leave the artefacts that share its tree where they are.")
  var alone = false
  @Option(name: [.customLong("out"), .short], help: "Where the bundle goes.")
  var out = "bundle"
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var signing: SigningOption
  @OptionGroup var json: JSONOption

  func run() throws {
    let console = Console(stageCount: 6, quiet: json.isSet)
    let options = Pipeline.Options(store: store.path, output: out, profile: profile.profile.profile, signing: signing.signing)
    let result = try Refreshing.refresh(name, alone: alone, options: options) { console.hear($0) }
    console.finish(result.proof, json: json.isSet)
  }
}

extension Console {
  /// The last lines of a single proof.
  func finish(_ result: SingleProofs.Result, json: Bool) {
    guard !json else { return show(result.json.prettyText, terminator: "") }
    print("")
    for claim in result.report.claims {
      for sentence in claim.description.shows { print("  \(TerminalText.escaped(sentence))") }
      for figure in claim.description.figures { if case .accuracy(let accuracy) = figure { accuracy.sentences.forEach { print("  \($0)") } } }
    }
    print("Bundle in \(TerminalText.escaped(result.output)): zkmlops verify \(TerminalText.escaped(result.output))")
  }
}
