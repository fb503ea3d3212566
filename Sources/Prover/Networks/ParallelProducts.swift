import Claims
import Kernels
import Parallelism
import Programs

extension NetworkProducts {
  /// On all cores, in blocks that stay in caches. Convolutions are products with a matrix of windows.
  public static let parallel = NetworkProducts(
    matrices: { ParallelProducts.multiply($0, $1, $2) }, convolution: { ParallelProducts.convolve($0, $1, $2) })
}

/// Integer products on all cores; counts must fit, as the operators' shape rules check.
enum ParallelProducts {
  /// Products that are worth a call of its own.
  private static var grain: Int { 1 << 16 }
  /// Most entries of a matrix of windows.
  private static var windowLimit: Int { 1 << 21 }

  static func multiply(_ product: BatchMatrixMultiply, _ left: [Int64], _ right: [Int64]) -> [Int64] {
    let (rows, inner, columns) = (product.rows, product.inner, product.columns)
    let out = FieldBuffer<Int64>(uninitialisedCount: product.batch * rows * columns, secret: true)
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        guard let x = left.baseAddress, let w = right.baseAddress else { return }
        let (x0, w0, target) = (SendableConstPointer(x), SendableConstPointer(w), SendablePointer(out.pointer))
        let steps = (product.isLeftBatched ? rows * inner : 0, product.isRightBatched ? inner * columns : 0)
        if rows == 1, inner == 1, columns == 1 {
          parallelChunks(count: product.batch, minimumChunk: grain) { range in
            for b in range { target.pointer[b] = x0.pointer[b * steps.0] &* w0.pointer[b * steps.1] }
          }
        } else if product.batch > 1, rows * inner * columns < 16 * grain {
          parallelChunks(count: product.batch, minimumChunk: max(1, grain / (rows * inner * columns))) { range in
            for b in range {
              IntegerProducts.multiply(
                target.pointer + b * rows * columns, outStride: columns, x0.pointer + b * steps.0, aStride: inner, w0.pointer + b * steps.1,
                bStride: columns, rows: rows, inner: inner, columns: columns)
            }
          }
        } else {
          for b in 0..<product.batch {
            one(
              SendablePointer(out.pointer + b * rows * columns), SendableConstPointer(x + b * steps.0), SendableConstPointer(w + b * steps.1),
              rows: rows, inner: inner, columns: columns)
          }
        }
      }
    }
    return out.array
  }

  /// Split along rows where there are enough of them, else along columns.
  private static func one(
    _ out: SendablePointer<Int64>, _ a: SendableConstPointer<Int64>, _ b: SendableConstPointer<Int64>, rows: Int, inner: Int, columns: Int
  ) {
    if rows >= 32 {
      parallelChunks(count: rows, minimumChunk: max(8, grain / (inner * columns))) { range in
        IntegerProducts.multiply(
          out.pointer + range.lowerBound * columns, outStride: columns, a.pointer + range.lowerBound * inner, aStride: inner, b.pointer,
          bStride: columns, rows: range.count, inner: inner, columns: columns)
      }
    } else {
      parallelChunks(count: columns, minimumChunk: max(256, grain / (inner * rows))) { range in
        IntegerProducts.multiply(
          out.pointer + range.lowerBound, outStride: columns, a.pointer, aStride: inner, b.pointer + range.lowerBound, bStride: columns,
          rows: rows, inner: inner, columns: range.count)
      }
    }
  }

  static func convolve(_ g: ConvolutionGeometry, _ x: [Int64], _ w: [Int64]) -> [Int64] {
    let (positions, kernel, source) = (g.output.reduce(1, *), g.kernel.reduce(1, *), g.input.reduce(1, *))
    let (channels, outputs) = (g.inputChannels / g.groups, g.outputChannels / g.groups)
    let depth = channels * kernel
    // Input position of every (kernel, output) position; −1 for padding.
    var places = [Int32](repeating: -1, count: kernel * positions)
    g.forEachPosition { output, k, input in places[k * positions + output] = Int32(truncatingIfNeeded: input) }
    let out = FieldBuffer<Int64>(uninitialisedCount: g.batch * g.outputChannels * positions, secret: true)
    let width = max(1, min(positions, windowLimit / max(1, depth)))
    let windows = FieldBuffer<Int64>(uninitialisedCount: depth * width, secret: true)
    x.withUnsafeBufferPointer { x in
      w.withUnsafeBufferPointer { w in
        places.withUnsafeBufferPointer { places in
          guard let x = x.baseAddress, let w = w.baseAddress, let places = places.baseAddress else { return }
          let (input, weights, table) = (SendableConstPointer(x), SendableConstPointer(w), SendableConstPointer(places))
          let (cells, target) = (SendablePointer(windows.pointer), SendablePointer(out.pointer))
          for sample in 0..<g.batch {
            for group in 0..<g.groups {
              for first in stride(from: 0, to: positions, by: width) {
                let count = min(width, positions - first)
                let start = (sample * g.inputChannels + group * channels) * source
                parallelChunks(count: depth, minimumChunk: max(1, (1 << 14) / count)) { range in
                  for row in range {
                    let (from, place) = (input.pointer + start + row / kernel * source, table.pointer + row % kernel * positions + first)
                    let to = cells.pointer + row * count
                    for p in 0..<count { to[p] = place[p] < 0 ? 0 : from[Int(place[p])] }
                  }
                }
                let row = sample * g.outputChannels + group * outputs
                parallelChunks(count: outputs, minimumChunk: max(4, grain / (depth * count))) { range in
                  IntegerProducts.multiply(
                    target.pointer + (row + range.lowerBound) * positions + first, outStride: positions,
                    weights.pointer + (group * outputs + range.lowerBound) * depth, aStride: depth, cells.pointer, bStride: count,
                    rows: range.count, inner: depth, columns: count)
                }
              }
            }
          }
        }
      }
    }
    withExtendedLifetime(windows) {}
    return out.array
  }
}
