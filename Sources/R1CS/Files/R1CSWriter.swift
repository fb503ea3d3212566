import Fields
import Hashing

extension Circuit {
  /// The circuit as an `.r1cs` file, version 1: header, constraints, label map; equal circuits give equal bytes.
  ///
  /// - `privateInputCount`: what the header states, no more; at most 2^32 − 1.
  /// - `labels`: one for each wire; by default wire i has label i.
  /// - `labelCount`: by default one more than the largest label.
  /// - `fieldByteCount`: a multiple of 8 that holds the prime; by default the least.
  ///
  /// **Throws** `labelCount`, `notRepresentable`.
  public func r1csFile(
    privateInputCount: Int = 0, labels: [UInt64]? = nil, labelCount: UInt64? = nil, fieldByteCount: Int? = nil
  ) throws(CircuitError) -> [UInt8] {
    let width = try checkedWidth(fieldByteCount, F.self)
    if let labels, labels.count != wireCount { throw .labelCount(expected: wireCount, found: labels.count) }
    for (name, count) in [("wires", wireCount), ("private inputs", privateInputCount), ("constraints", constraintCount)] {
      guard count >= 0, UInt32(exactly: count) != nil else { throw .notRepresentable("\(count) \(name)") }
    }
    let constraintBytes = entryCount &* (4 &+ width) &+ constraintCount &* 12
    var out: [UInt8] = []
    out.reserveCapacity(constraintBytes &+ 8 &* wireCount &+ width &+ 128)
    out.append(contentsOf: CircuitFileKind.r1cs.rawValue.utf8)
    out.append(littleEndian: UInt32(1))
    out.append(littleEndian: UInt32(3))
    out.append(littleEndian: UInt32(1))
    out.append(littleEndian: UInt64(width &+ 32))
    appendFieldHeader(width, F.self, to: &out)
    for count in [wireCount, publicOutputCount, publicInputCount, privateInputCount] {
      out.append(littleEndian: UInt32(truncatingIfNeeded: count))
    }
    out.append(littleEndian: labelCount ?? (labels?.max() ?? UInt64(wireCount &- 1)) &+ 1)
    out.append(littleEndian: UInt32(truncatingIfNeeded: constraintCount))
    out.append(littleEndian: UInt32(2))
    out.append(littleEndian: UInt64(constraintBytes))
    for row in 0..<constraintCount {
      a.append(row: row, width: width, to: &out)
      b.append(row: row, width: width, to: &out)
      c.append(row: row, width: width, to: &out)
    }
    out.append(littleEndian: UInt32(3))
    out.append(littleEndian: UInt64(8 &* wireCount))
    if let labels {
      for label in labels { out.append(littleEndian: label) }
    } else {
      for wire in 0..<wireCount { out.append(littleEndian: UInt64(wire)) }
    }
    return out
  }
}

extension SparseMatrix {
  fileprivate func append(row: Int, width: Int, to out: inout [UInt8]) {
    let entries = Int(rowStarts[row])..<Int(rowStarts[row &+ 1])
    out.append(littleEndian: UInt32(truncatingIfNeeded: entries.count))
    for entry in entries {
      out.append(littleEndian: columns[entry])
      values[entry].appendFileBytes(count: width, to: &out)
    }
  }
}

/// Width and modulus, the start of both formats' headers.
func appendFieldHeader<F: PrimeField>(_ width: Int, _ field: F.Type, to out: inout [UInt8]) {
  out.append(littleEndian: UInt32(truncatingIfNeeded: width))
  let modulus = F.modulusBytes.prefix(width)
  out.append(contentsOf: modulus)
  out.append(contentsOf: repeatElement(0, count: width &- modulus.count))
}

func checkedWidth<F: PrimeField>(_ fieldByteCount: Int?, _ field: F.Type) throws(CircuitError) -> Int {
  let width = fieldByteCount ?? F.fileByteCount
  guard width & 7 == 0, width >= F.fileByteCount, width <= 1 << 16 else { throw .notRepresentable("elements of \(width) bytes") }
  return width
}
