import Claims
import Programs
import ProofSystem
import TestSupport

import ModelImport

/// How the proof of a passing case ended.
enum ConformanceProof: Hashable {
  /// Its claim of inference, with hidden inputs and published outputs, and the well-formedness of what is committed were proved, and the proof verified.
  case proved
  /// No claim can be made, for a reason that is typed.
  case refused(String)
  /// A claim was made, and no proof of it verified: a defect.
  case failed(String)

  /// Commits, proves and verifies on the test profile.
  init(_ run: ConformanceRun, rows: Int = 1) {
    let instance: NetworkHarness.Instance
    do {
      let model = try run.model.network
      let architecture = model.architecture
      let inputs = run.inputs.mapValues { values in (0..<rows).flatMap { _ in values } }
      let outputs = try model.run(rows: rows, inputs: inputs)
      let read = inputs.filter { input in architecture.inputs.contains { $0.name == input.key && architecture.reads($0) } }
      let claim = NetworkInference(
        model: "net", rows: rows, inputs: read.mapValues { _ in .hidden }, outputs: outputs.mapValues { .published($0) })
      instance = try NetworkHarness(model: model).instance([claim], hidden: [read], wellFormed: true)
    } catch let error as ModelImportError {
      self = .refused("artefact: \(error)")
      return
    } catch let error as ClaimError {
      self = .refused(Self.reason(error))
      return
    } catch {
      self = .failed("\(error)")
      return
    }
    do {
      try NetworkHarness.check(instance)
      self = .proved
    } catch {
      self = .failed("\(error)")
    }
  }

  /// The reason without the names of nodes.
  private static func reason(_ error: ClaimError) -> String {
    switch error {
    case .unsupported(_, let reason): reason
    case .tooWide: "a check of more than 60 bits"
    case .inconsistent(let reason): reason
    default: "\(error)"
    }
  }
}
