import Claims
import Programs

/// What claims about imported networks cost a verifier, in units of `StatementCost`: upper bounds from sizes alone.
enum NetworkCost {
  private static let component = 64

  /// Range checks of every hidden tensor, and the program, which the artefact's format spells out.
  static func wellFormed(_ architecture: NetworkArchitecture) -> Int {
    component * (4 + 12 * architecture.parameters.count) + entries(architecture)
  }

  /// Weights of every entry of every node, row by row; about 16 lookups; published values.
  static func inference(_ claim: NetworkInference, _ artefacts: [String: ArtefactDescription]) -> Int {
    guard case .network(let architecture)? = artefacts[claim.model]?.contents else { return component }
    let (work, overflow) = entries(architecture).multipliedReportingOverflow(by: max(1, claim.rows))
    guard !overflow, work < 1 << 40 else { return 1 << 40 }
    return work + component * (64 + 4 * architecture.program.nodes.count)
  }

  private static func entries(_ architecture: NetworkArchitecture) -> Int {
    architecture.program.nodes.reduce(0) { $0 + $1.shape.count } / 2 + 1
  }
}
