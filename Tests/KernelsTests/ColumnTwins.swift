import Fields
import Kernels
import Testing

extension TwinChecks {
  /// Linear combinations, products, limbs and constraint terms of `columnCount` columns of n entries.
  func columns(_ columnCount: Int, _ n: Int) {
    var samples = Samples(columnCount + 1000 * n)
    let flat: [F] = samples.bases(columnCount * n + 1)
    let factors: [F] = samples.bases(columnCount)
    let constant: F = samples.base()
    let integers = (0..<columnCount).map { _ in Int64(bitPattern: samples.word()) }
    let start: [F] = samples.bases(n + 9)
    flat.withUnsafeBufferPointer { flat in
      guard let base = flat.baseAddress else { return }
      let pointers = (0..<columnCount).map { base + $0 * n }
      compare(start) {
        E.combineColumns($0, columns: pointers, coefficients: factors, constant: constant, count: n)
      } with: {
        Twin.combineColumns($0, columns: pointers, coefficients: factors, constant: constant, count: n)
      }
      for (shift, bits) in [(0, 1), (0, 16), (16, 16), (48, 13), (63, 1), (0, 61)] {
        compare(start) {
          E.limbColumn($0, columns: pointers, coefficients: integers, constant: .min + 3, shift: shift, bits: bits, count: n)
        } with: {
          Twin.limbColumn($0, columns: pointers, coefficients: integers, constant: .min + 3, shift: shift, bits: bits, count: n)
        }
      }
    }
  }

  func baseProducts(half: Int, range: Range<Int>) {
    var samples = Samples(half + 31 * range.lowerBound)
    let (a, b, c): ([F], [F], [F]) = (samples.bases(2 * half), samples.bases(2 * half), samples.bases(2 * half))
    compare(samples.bases(2 * half + 9)) {
      E.multiplyBase($0, a, b, count: 2 * half)
    } with: {
      Twin.multiplyBase($0, a, b, count: 2 * half)
    }
    // Both tables of the round, one behind the other.
    let gap = range.count + 5
    compare(samples.bases(2 * gap)) {
      E.constraintFirstRound($0, $0 + gap, a: a, b: b, c: c, half: half, range: range)
    } with: {
      Twin.constraintFirstRound($0, $0 + gap, a: a, b: b, c: c, half: half, range: range)
    }
  }

  /// Signed numbers at a stride; and counts of tuples, equal rows and unknown tuples among them, against a dictionary.
  func tuples(rows: Int, values: Int, width: Int) {
    var samples = Samples(rows + 7 * values + width)
    let numbers = (0..<(3 * values + 1)).map { _ in Int64(bitPattern: samples.word()) >> Int64(samples.word() % 60) }
    compare(samples.bases(values + 9)) {
      E.fillSigned($0, numbers, stride: 3, count: values)
    } with: {
      for i in 0..<values { $0[i] = F(signed: numbers[3 * i]) }
    }
    func table(_ count: Int) -> [[F]] { (0..<width).map { _ in (0..<count).map { _ in F(samples.word() % 7) - F(3) } } }
    let (known, asked) = (table(rows), table(values))
    let bits = 1 + (0..<60).reduce(0) { 1 << $1 <= rows ? $1 + 1 : $0 }
    var slots = [UInt32](repeating: 0, count: 1 << bits)
    var counts = [UInt64](repeating: 5, count: rows)
    withRows(known.map { $0 + [.zero] }) { known in
      withRows(asked.map { $0 + [.zero] }) { asked in
        let (columns, tuples) = ((0..<width).map { known[$0] }, (0..<width).map { asked[$0] })
        slots.withUnsafeMutableBufferPointer { slots in
          counts.withUnsafeMutableBufferPointer { counts in
            guard let slots = slots.baseAddress, let counts = counts.baseAddress else { return }
            E.indexTuples(slots, bits: bits, columns: columns, count: rows)
            E.countTuples(counts, slots: slots, bits: bits, columns: columns, values: tuples, count: values)
          }
        }
      }
    }
    var places: [[F]: Int] = [:]
    for row in (0..<rows).reversed() { places[known.map { $0[row] }] = row }
    var expected = [UInt64](repeating: 5, count: rows)
    for i in 0..<values { if let row = places[asked.map { $0[i] }] { expected[row] += 1 } }
    #expect(counts == expected)
    #expect(slots.count { $0 != 0 } == places.count)
  }
}
