// libFuzzer target for the importer of models. Any bytes must end in a program or a ModelImportError, within bounded memory.

import ModelImport

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzONNXModel(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    var options = ImportOptions()
    options.limits = ImportLimits(count: 1 << 12, work: 1 << 16, total: 1 << 18)
    options.formats = FormatOptions(bits: 8)
    let imported = try ModelImporter(bytes: bytes).importModel(options: options)
    _ = imported.programDigest
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}
