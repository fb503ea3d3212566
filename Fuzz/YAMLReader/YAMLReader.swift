// libFuzzer target for the readers of schema.yaml and pipeline.yaml. Any bytes must end in a value or an ImportError.
//
// Build (from the package's folder) and run:
//   swift build -c release --scratch-path .build-fuzz --sanitize=fuzzer --target Importers
//   R=.build-fuzz/release; C=.build-fuzz/checkouts/Yams/Sources/CYaml/include
//   swiftc -O -sanitize=fuzzer -parse-as-library -swift-version 6 -I $R/Modules -Xcc -fmodule-map-file=$C/module.modulemap -Xcc -I$C \
//     Fuzz/YAMLReader/YAMLReader.swift $(find $R/{Importers,Programs,Hashing,Yams,CYaml}.build -name '*.o') -o $R/fuzz-yaml
//   $R/fuzz-yaml -runs=100000 -max_total_time=60 -max_len=4096 CORPUS Fuzz/YAMLReader/Seeds

import Importers

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzYAMLReader(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  check { _ = try SchemaDocument(yaml: bytes, file: "t") }
  check { _ = try PipelineConfiguration(yaml: bytes, file: "t") }
  let columns = Array("version: 1\ncolumns:\n- {name: a, type: integer, range: [0, 1]}\n".utf8)
  check { _ = try SchemaDocument(yaml: columns + bytes, file: "t") }
  let pipeline = Array("version: 1\ndata: d\nschema: s\ntarget: t\n".utf8)
  check { _ = try PipelineConfiguration(yaml: pipeline + bytes, file: "t") }
  return 0
}

/// Nothing but an ImportError is thrown, and its message is one line without escapes.
private func check(_ body: () throws -> Void) {
  do { try body() } catch {
    guard let error = error as? ImportError else { preconditionFailure("another error") }
    precondition(!error.description.utf8.contains(0x0A) && !error.description.utf8.contains(0x1B))
  }
}
