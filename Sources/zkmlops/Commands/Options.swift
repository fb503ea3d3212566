import ArgumentParser
import Evidence
import Soundness
import Pipelines
import Foundation

/// The private store of commands that have one.
struct StoreOption: ParsableArguments {
  @Option(name: .customLong("store"), help: "The private store's folder. Never share it.")
  var path = ".zkmlops"
}

/// The soundness profile of commands that prove.
struct ProfileOption: ParsableArguments {
  @Option(help: "p128: 128 bits (default). p100: 100 bits, smaller and faster proofs.")
  var profile: ProfileName = .p128
}

/// The profiles by the names of the command line.
enum ProfileName: String, ExpressibleByArgument, CaseIterable {
  case p128, p100

  var profile: SoundnessProfile { self == .p128 ? .p128 : .p100 }
}

/// Who signs the bundles of commands that make them.
struct SigningOption: ParsableArguments {
  @Option(name: .customLong("sign"), help: "Name of a provider's key (see `zkmlops keys`) that signs the bundle; without it the bundle is unsigned.")
  var key: String?
  @Option(help: "The bundle before this one: its identifier or its path.")
  var previous: String?

  var signing: BundleSigning { BundleSigning(key: key, previous: previous) }
}

/// Machine-readable output.
struct JSONOption: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print JSON for programs instead of text.")
  var isSet = false
}

/// A line of text, or a JSON value.
func show(_ text: String, terminator: String = "\n") {
  Output.write(text + terminator)
}
