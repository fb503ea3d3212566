import Fields

/// Plain generic twins of the kernels: the definition of every `KernelField` requirement and the oracle of its tests.
///
/// The signatures, shapes and index conventions are those of `KernelField`. Nothing here is tuned for a field; the
/// conformances in this module let the compiler specialise it.
public enum ReferenceKernels<E: ChallengeField> {
  /// The base field of the twins.
  public typealias Base = E.Base
}

// MARK: Codes

extension ReferenceKernels {
  /// Twin of `KernelField.transformRows`: layers of (a, b) → (a + b, (a − b)·w^i), longest first. The factor 1 is left out,
  /// which saves two layers of multiplications.
  @inlinable public static func transformRows(
    _ data: UnsafeMutablePointer<Base>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Base>
  ) {
    let count = 1 << log2Count
    var half = count >> 1
    var step = 1
    while half > 0 {
      for block in Swift.stride(from: 0, to: count, by: 2 * half) {
        for i in 0..<half {
          let twiddle = twiddles[i * step]
          let low = data + (block + i) * stride
          let high = low + half * stride
          for u in 0..<width {
            let a = low[u]
            let b = high[u]
            low[u] = a + b
            high[u] = i == 0 ? a - b : (a - b) * twiddle
          }
        }
      }
      half >>= 1
      step <<= 1
    }
  }

  /// Twin of `KernelField.transformRowsTransposed`: layers of (a, b) → (a + b·w^i, a − b·w^i), shortest first.
  @inlinable public static func transformRowsTransposed(
    _ data: UnsafeMutablePointer<Base>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Base>
  ) {
    let count = 1 << log2Count
    var half = 1
    var step = count >> 1
    while half < count {
      for block in Swift.stride(from: 0, to: count, by: 2 * half) {
        for i in 0..<half {
          let twiddle = twiddles[i * step]
          let low = data + (block + i) * stride
          let high = low + half * stride
          for u in 0..<width {
            let a = low[u]
            let b = i == 0 ? high[u] : high[u] * twiddle
            low[u] = a + b
            high[u] = a - b
          }
        }
      }
      half <<= 1
      step >>= 1
    }
  }

  /// Twin of `KernelField.gatherCoset`.
  @inlinable public static func gatherCoset(
    rows: UnsafePointer<UnsafePointer<Base>>, tails: UnsafePointer<UnsafePointer<Base>>, width: Int, log2Count: Int, tailCount: Int, tailFactor: Base,
    scales: UnsafePointer<Base>, into out: UnsafeMutablePointer<Base>, stride: Int
  ) {
    let count = 1 << log2Count
    for i in 0..<count {
      let scale = scales[i]
      let target = out + i * stride
      for u in 0..<width {
        var value = rows[u][i]
        if i < tailCount { value += tailFactor * tails[u][i] }
        target[u] = value * scale
      }
      var u = width
      while u < stride {
        target[u] = .zero
        u += 1
      }
    }
  }

  /// Twin of `KernelField.fillPowers`.
  @inlinable public static func fillPowers(_ out: UnsafeMutablePointer<Base>, count: Int, start: Base, ratio: Base) {
    var current = start
    for i in 0..<count {
      out[i] = current
      current *= ratio
    }
  }

  /// Twin of `KernelField.writeBytes`.
  @inlinable public static func writeBytes(_ out: UnsafeMutablePointer<UInt8>, _ values: UnsafePointer<Base>, count: Int) {
    let size = Base.byteCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    for i in 0..<count {
      bytes.removeAll(keepingCapacity: true)
      values[i].appendBytes(to: &bytes)
      let target = out + i * size
      for k in 0..<size { target[k] = bytes[k] }
    }
  }
}
