// Convolution: 1 to 3 spatial axes with strides, dilations, padding by zeros and groups.
//
// Formula: y[b, o, p] = Σ_c Σ_k w[o, c, k] · x[b, g·C/G + c, p·stride + k·dilation − padding], with g = ⌊o·G/O⌋ the group of the output
// channel o, c < C/G, and x = 0 outside its axes. Exact, no rounding; no bias.
// Shapes: x [batch, C, axes…], w [O, C/G, kernel…], y [batch, O, axes'…], all row-major; the node's shape is [batch·O, entries per channel].
// Range: (C/G · entries of the kernel) · (range of x, with 0 · range of w).
// A transposed convolution is this one on an operand with zeros between its entries (a view) and a mirrored kernel.

/// Sizes of a convolution; the lists have one entry per spatial axis.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// Samples.
  public let batch: Int
  /// C.
  public let inputChannels: Int
  /// O.
  public let outputChannels: Int
  /// G; divides C and O.
  public let groups: Int
  /// Axes of the input.
  public let input: [Int]
  /// Axes of the kernel.
  public let kernel: [Int]
  /// Axes of the output.
  public let output: [Int]
  /// Steps between outputs.
  public let strides: [Int]
  /// Steps between kernel entries.
  public let dilations: [Int]
  /// Zeros before each axis; what the output's size implies follows after it.
  public let padding: [Int]

  /// A geometry from its parts.
  public init(
    batch: Int, inputChannels: Int, outputChannels: Int, groups: Int, input: [Int], kernel: [Int], output: [Int], strides: [Int],
    dilations: [Int], padding: [Int]
  ) {
    self.batch = batch
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.input = input
    self.kernel = kernel
    self.output = output
    self.strides = strides
    self.dilations = dilations
    self.padding = padding
  }

  /// Whether all parts are in range and belong together, so that no index below can overflow.
  public var isValid: Bool {
    let axes = input.count
    guard (1...3).contains(axes), [kernel, output, strides, dilations, padding].allSatisfy({ $0.count == axes }) else { return false }
    guard groups >= 1, inputChannels >= groups, outputChannels >= groups, inputChannels % groups == 0, outputChannels % groups == 0 else {
      return false
    }
    guard (strides + dilations).allSatisfy({ (1...(1 << 20)).contains($0) }), padding.allSatisfy({ (-(1 << 20)...(1 << 20)).contains($0) })
    else { return false }
    return TensorView.checkedCount([batch, inputChannels] + input) != nil
      && TensorView.checkedCount([outputChannels, inputChannels / groups] + kernel) != nil
      && TensorView.checkedCount([batch, outputChannels] + output) != nil
  }

  /// Products per output entry.
  public var fanIn: Int { inputChannels / groups * kernel.reduce(1, *) }
}

/// A convolution node; operands: input, kernel.
public struct Convolution: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "convolution"
  /// All sizes.
  public let geometry: ConvolutionGeometry

  /// The convolution of that geometry.
  public init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (input, kernel) = try two(node, operands)
    let g = geometry
    guard g.isValid, let shape = TensorShape(rows: g.batch * g.outputChannels, columns: g.output.reduce(1, *)),
      g.batch * g.inputChannels * g.input.reduce(1, *) == input.count, g.outputChannels * g.fanIn == kernel.count
    else { throw .shapeMismatch(node: node, expected: "operands of the convolution's geometry", actual: kernel) }
    return shape
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (input, kernel) = try two(node, operands)
    let entry = WideRange(input.bounds.range.hull(IntegerRange(only: 0))) * WideRange(kernel.bounds.range)
    return try linearBounds(
      entry.scaled(by: Int128(geometry.fanIn)), node: node, columns: shape.columns, relation: "Σ x·w",
      remedy: "use fewer bits for the activations or the weights")
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (input, kernel) = try two(node, operands)
    return geometry.apply(input.values, kernel.values)
  }
}

extension ConvolutionGeometry {
  /// The convolution, with missing axes taken as axes of one entry; counts must fit, as `Convolution.shape` checks.
  @inlinable public func apply<Value: MultiplyAccumulate>(_ x: [Value], _ w: [Value]) -> [Value] {
    let missing = 3 - input.count
    func full(_ list: [Int], _ filler: Int) -> [Int] { [Int](repeating: filler, count: missing) + list }
    let (i, k, o) = (full(input, 1), full(kernel, 1), full(output, 1))
    let (s, d, p) = (full(strides, 1), full(dilations, 1), full(padding, 0))
    let inputSize = i[0] * i[1] * i[2]
    let outputSize = o[0] * o[1] * o[2]
    let depth = inputChannels / groups
    var y = [Value](repeating: .emptySum, count: batch * outputChannels * outputSize)
    for b in 0..<batch {
      for channel in 0..<outputChannels {
        let group = channel / (outputChannels / groups)
        let target = (b * outputChannels + channel) * outputSize
        for c in 0..<depth {
          let source = (b * inputChannels + group * depth + c) * inputSize
          for k0 in 0..<k[0] {
            for k1 in 0..<k[1] {
              for k2 in 0..<k[2] {
                let weight = w[((channel * depth + c) * k[0] + k0) * k[1] * k[2] + k1 * k[2] + k2]
                // Outputs whose input column exists: 0 ≤ q·s + k·d − p < i.
                let shift = k2 * d[2] - p[2]
                let first = shift >= 0 ? 0 : (-shift + s[2] - 1) / s[2]
                let last = i[2] - 1 - shift < 0 ? -1 : min(o[2] - 1, (i[2] - 1 - shift) / s[2])
                if first > last { continue }
                for o0 in 0..<o[0] {
                  let x0 = o0 * s[0] + k0 * d[0] - p[0]
                  if x0 < 0 || x0 >= i[0] { continue }
                  for o1 in 0..<o[1] {
                    let x1 = o1 * s[1] + k1 * d[1] - p[1]
                    if x1 < 0 || x1 >= i[1] { continue }
                    let from = source + (x0 * i[1] + x1) * i[2] + shift
                    let to = target + (o0 * o[1] + o1) * o[2]
                    for q in first...last { y[to + q] = Value.accumulate(y[to + q], weight, x[from + q * s[2]]) }
                  }
                }
              }
            }
          }
        }
      }
    }
    return y
  }
}
