/// Tensors of a file: typed fields, raw bytes, or bytes of another file in the same folder.

import Foundation
import ONNXProto

/// Decodes tensors, each checked against its dimensions before anything is allocated.
struct TensorDecoder {
  /// Where external data may lie.
  let folder: String?

  func decode(_ tensor: Onnx_TensorProto, place: String) throws(ModelImportError) -> ONNXTensor {
    func malformed(_ reason: String) -> ModelImportError { .malformed(place: place, reason: reason) }
    guard let type = ElementType(rawValue: Int(tensor.dataType)) else {
      throw .unsupported(node: place, operation: "tensor", reason: "element type number \(tensor.dataType)")
    }
    var count = 1
    var dimensions: [Int] = []
    for dimension in tensor.dims {
      guard dimension >= 0 else { throw malformed("a dimension of \(dimension)") }
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(dimension))
      guard !overflow, product <= ONNXReader.tensorLimit else { throw .tooLarge(node: place, reason: "a tensor of more than 2^28 numbers") }
      count = product
      dimensions.append(Int(dimension))
    }
    if type == .string {
      guard tensor.stringData.count == count else { throw malformed("\(tensor.stringData.count) texts for \(count) entries") }
      var texts: [String] = []
      for item in tensor.stringData {
        guard let text = String(validating: [UInt8](item), as: UTF8.self) else { throw malformed("a text is not UTF-8") }
        texts.append(text)
      }
      return ONNXTensor(type: type, dimensions: dimensions, numbers: texts.map(TextCode.code), texts: texts)
    }
    var numbers: [Double]
    if tensor.dataLocation == .external {
      numbers = try raw(external(tensor, place: place, byteCount: count * Self.width(type)), type)
    } else if tensor.hasRawData {
      guard tensor.rawData.count == count * Self.width(type) else {
        throw malformed("\(tensor.rawData.count) bytes for \(count) entries of \(Self.width(type)) bytes")
      }
      numbers = raw([UInt8](tensor.rawData), type)
    } else {
      numbers = fields(tensor, type)
    }
    guard numbers.count == count else { throw malformed("\(numbers.count) numbers for \(count) entries") }
    if type.isInteger, numbers.contains(where: { abs($0) > 9_007_199_254_740_992 }) {
      // Indices such as 2^63 − 1 ("to the end") are clamped; nothing here needs larger integers exactly.
      numbers = numbers.map { max(-9_007_199_254_740_992, min(9_007_199_254_740_992, $0)) }
    }
    return ONNXTensor(type: type, dimensions: dimensions, numbers: numbers)
  }

  static func width(_ type: ElementType) -> Int {
    switch type {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float, .int32, .uint32: 4
    case .string: 0
    case .double, .int64, .uint64: 8
    }
  }

  private func fields(_ tensor: Onnx_TensorProto, _ type: ElementType) -> [Double] {
    switch type {
    case .float: tensor.floatData.map { Double($0) }
    case .double: tensor.doubleData
    case .int64: tensor.int64Data.map { Double($0) }
    case .uint32, .uint64: tensor.uint64Data.map { Double($0) }
    case .float16: tensor.int32Data.map { Self.half(UInt16(truncatingIfNeeded: $0)) }
    case .bfloat16: tensor.int32Data.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16)) }
    case .bool: tensor.int32Data.map { $0 == 0 ? 0 : 1 }
    default: tensor.int32Data.map { Double($0) }
    }
  }

  private func raw(_ bytes: [UInt8], _ type: ElementType) -> [Double] {
    let width = Self.width(type)
    return (0..<(bytes.count / width)).map { index in
      var pattern: UInt64 = 0
      for offset in (0..<width).reversed() { pattern = pattern << 8 | UInt64(bytes[index * width + offset]) }
      switch type {
      case .float: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
      case .double: return Double(bitPattern: pattern)
      case .float16: return Self.half(UInt16(truncatingIfNeeded: pattern))
      case .bfloat16: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern) << 16))
      case .int8: return Double(Int8(truncatingIfNeeded: pattern))
      case .int16: return Double(Int16(truncatingIfNeeded: pattern))
      case .int32: return Double(Int32(truncatingIfNeeded: pattern))
      case .int64: return Double(Int64(bitPattern: pattern))
      case .bool: return pattern == 0 ? 0 : 1
      default: return Double(pattern)
      }
    }
  }

  /// IEEE 754 binary16.
  static func half(_ bits: UInt16) -> Double {
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10) & 31
    let fraction = Double(bits & 1_023)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * (1 + fraction / 1_024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }

  /// Bytes of a regular file inside the folder: no path upward, no link on the way, no more than the tensor needs.
  private func external(_ tensor: Onnx_TensorProto, place: String, byteCount: Int) throws(ModelImportError) -> [UInt8] {
    func malformed(_ reason: String) -> ModelImportError { .malformed(place: place, reason: reason) }
    guard let folder else { throw malformed("its data lie in another file, which this reader was not given") }
    var entries: [String: String] = [:]
    for entry in tensor.externalData { entries[entry.key] = entry.value }
    guard let location = entries["location"], !location.isEmpty else { throw malformed("external data without a location") }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !location.contains("\\"), !location.contains("\0"), !parts.contains(".."), !parts.contains("") else {
      throw malformed("external data outside the model's folder (\(location))")
    }
    var path = folder
    for part in parts {
      path += "/\(part)"
      guard (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == nil else {
        throw malformed("external data behind a link (\(location))")
      }
    }
    let offset = entries["offset"].map { UInt64($0) } ?? 0
    let length = entries["length"].map { Int($0) } ?? byteCount
    var isFolder: ObjCBool = false
    guard let offset, let length, length == byteCount, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
      let attributes = try? FileManager.default.attributesOfItem(atPath: path), attributes[.type] as? FileAttributeType == .typeRegular,
      let size = (attributes[.size] as? NSNumber)?.uint64Value, offset <= size, UInt64(byteCount) <= size - offset,
      let handle = FileHandle(forReadingAtPath: path), (try? handle.seek(toOffset: offset)) != nil,
      let data = try? handle.read(upToCount: byteCount) ?? Data(), data.count == byteCount
    else { throw malformed("external data \(location) are missing, too short or of another length") }
    return [UInt8](data)
  }
}
