// libFuzzer target for the readers of tables: CSV, gzip, NPZ, and `init`. Any bytes must end in a value or an ImportError.
//
// Build (from the package's folder) and run:
//   swift build -c release --scratch-path .build-fuzz --sanitize=fuzzer --target Importers
//   R=.build-fuzz/release; C=.build-fuzz/checkouts/Yams/Sources/CYaml/include
//   swiftc -O -sanitize=fuzzer -parse-as-library -swift-version 6 -I $R/Modules -Xcc -fmodule-map-file=$C/module.modulemap -Xcc -I$C \
//     Fuzz/CSVReader/CSVReader.swift $(find $R/{Importers,Programs,Hashing,Yams,CYaml}.build -name '*.o') -o $R/fuzz-csv
//   $R/fuzz-csv -runs=100000 -max_total_time=60 -max_len=4096 CORPUS Fuzz/CSVReader/Seeds

import Importers
import Programs

private let document: SchemaDocument? = try? SchemaDocument(
  yaml: Array(
    """
    version: 1
    columns:
      - {name: a, type: integer, range: [-9, 99], missing: presence}
      - {name: b, type: decimal, digits: 2, range: [0, 9.99], moreDigits: round}
      - {name: c, type: category, values: [x, y], missing: drop}
    """.utf8), file: "schema.yaml")

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCSVReader(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = bytes.first else { return 0 }
  let rest = Array(bytes.dropFirst())
  do throws(ImportError) {
    switch choice % 4 {
    case 0:
      if let document {
        let table = try TableReader.read(MemorySource(Array("a,b,c\n".utf8) + rest), file: "t", document: document).table
        // What is accepted conforms to its schema.
        for (column, values) in zip(table.schema.storedColumns, table.columns) { precondition(values.allSatisfy(column.range.contains)) }
      }
    case 1: _ = try CoefficientFile(npz: rest, file: "t")
    case 2:
      var source = GzipSource(MemorySource([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0] + rest), file: "t")
      var total = 0
      while total < 1 << 22, let chunk = try source.next() { total += chunk.count }
    default:
      let project = try ProjectInitialiser.run(MemorySource(rest), file: "t", dataPath: "t", target: "y")
      // What init writes is read back as what it meant.
      let document = try SchemaDocument(yaml: Array(project.schemaText.utf8), file: "schema.yaml")
      precondition(document.schema == project.document.schema)
      let configuration = try PipelineConfiguration(yaml: Array(project.pipelineText.utf8), file: "pipeline.yaml")
      precondition(configuration == project.configuration)
      let imported = try TableReader.read(MemorySource(rest), file: "t", document: document)
      let pipeline = try PreparedPipeline(try LoadedPipeline(configuration: configuration, imported: imported, file: "pipeline.yaml"))
      precondition((try? pipeline.model.run(pipeline.testTable)) != nil)
    }
  } catch {
    precondition(!error.description.utf8.contains(0x0A) && !error.description.utf8.contains(0x1B))
  }
  return 0
}
