import Programs

/// How a prover computes the integers of a network's products. Both functions give what the operators' definitions give, modulo 2^64.
public struct NetworkProducts: Sendable {
  /// As `BatchMatrixMultiply.apply`.
  public let matrices: @Sendable (BatchMatrixMultiply, [Int64], [Int64]) -> [Int64]
  /// As `ConvolutionGeometry.apply`.
  public let convolution: @Sendable (ConvolutionGeometry, [Int64], [Int64]) -> [Int64]

  /// Products from both functions.
  public init(
    matrices: @escaping @Sendable (BatchMatrixMultiply, [Int64], [Int64]) -> [Int64],
    convolution: @escaping @Sendable (ConvolutionGeometry, [Int64], [Int64]) -> [Int64]
  ) {
    self.matrices = matrices
    self.convolution = convolution
  }

  /// The definitions themselves.
  public static let definitions = NetworkProducts(matrices: { $0.apply($1, $2) }, convolution: { $0.apply($1, $2) })
}
