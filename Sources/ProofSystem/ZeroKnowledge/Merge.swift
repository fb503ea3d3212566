import Fields

/// Steps 6–8: all checks as one claim ⟨L, P⟩ = v, the table of cross values, and the claims on the level-1 vector.
public enum Merge {
  /// Cross values in clear: the (Q+1)×(Q+1) table value[w][j] = ⟨w, g_j⟩ without [0][0] and [1][1].
  public static func crossCount(padRows: Int) -> Int { (padRows + 1) * (padRows + 1) - 2 }

  /// The full table: [0][0] = a and [1][1] = target − Σ_{q ≥ 2} [q][q] are not sent (spec P7). `sent` is row-major.
  public static func table<E: ChallengeField>(a: E, target: E, sent: [E], padRows: Int) -> [[E]] {
    let size = padRows + 1
    var supply = sent.makeIterator()
    var table: [[E]] = []
    var diagonal = E.zero
    for w in 0..<size {
      var row: [E] = []
      for j in 0..<size {
        let value = (w, j) == (0, 0) ? a : (w, j) == (1, 1) ? .zero : supply.next() ?? .zero
        if w == j, w >= 2 { diagonal += value }
        row.append(value)
      }
      table.append(row)
    }
    table = table.enumerated().map { w, row in
      w == 1 ? row.enumerated().map { j, value in j == 1 ? target - diagonal : value } : row
    }
    return table
  }

  /// Σ_j ε3^j values[j].
  public static func curve<E: ChallengeField>(_ values: [E], _ epsilon3: E) -> E {
    values.reversed().reduce(.zero) { $0 * epsilon3 + $1 }
  }

  /// L cut into Q rows of 2^m, without trailing zeros.
  public static func padWeightRows<E: ChallengeField>(_ weights: [E], log2RowLength: Int, padRows: Int) -> [[E]] {
    (0..<padRows).map { row in Array(weights.dropFirst(row << log2RowLength).prefix(1 << log2RowLength)) }
  }
}

extension Statement {
  /// Claims on the level-1 vector before the queries: W' of each shape, then L_1..L_Q. Both are zero on the tail: factor (1, 0).
  public func levelOneClaims(_ front: Front<E>, padWeights: [[E]], shapeValues: [E], padValues: [E]) -> [OpeningClaim<E>] {
    var claims: [OpeningClaim<E>] = []
    for (index, (residual, value)) in zip(front.residuals, shapeValues).enumerated() {
      let prefix = blockPrefix(index) + [.zeroBit]
      claims.append(OpeningClaim(residual.weights.map { .tensor($0.prepending(prefix)) }, value))
    }
    let prefix = blockPrefix(primaryIndex) + [.zeroBit]
    for (weights, value) in zip(padWeights, padValues) {
      claims.append(OpeningClaim([.dense(prefix: prefix, values: weights, variables: primary.log2RowLength)], value))
    }
    return claims
  }

  /// ⟨W_x, G_shape⟩ = value: all m + 1 variables of the block, random coefficients included.
  public func queryClaim(shape index: Int, x: E.Base, value: E) -> OpeningClaim<E> {
    let factors = blockPrefix(index) + TensorFactor<E>.powers(x, bits: shapes[index].log2RowLength + 1)
    return OpeningClaim([.tensor(Tensor(.one, factors))], value)
  }

  /// Coefficient of every base row in Enc(G_shape), per tree of the shape (spec P9): claim row u: ε·eq(r, u); M limb i: X^i;
  /// M'_q limb i: ε3^q X^i; P_q limb i: ε2·ε3^q X^i.
  public func columnWeights(shape index: Int, front: Front<E>, epsilon2: E, epsilon3: E) -> [[E]] {
    let stack = stacks[index]
    let eq = Equality.table(front.residuals[index].point)
    let basis = (0..<E.degree).map { E.basis($0) }
    let powers = epsilon3.powers(padRowCount + 1).dropFirst()
    return trees(ofShape: index).map { tree in
      // Rows of a shared tree that no artefact of this statement owns keep the weight 0.
      let isAuxiliary = tree.name == auxiliaryName(index)
      var weights: [E] = isAuxiliary ? [] : Array(repeating: .zero, count: tree.rowCount)
      if isAuxiliary, let member = stack.member(tree.name) {
        weights = eq.dropFirst(member.offset).prefix(member.layout.rowCount).map { front.epsilon * $0 }
      }
      for matrix in relation.matrices where matrix.tree == tree.name && !isAuxiliary {
        guard let member = stack.member(matrix.name) else { continue }
        let first = matrix.placement?.firstRow ?? 0
        for (u, value) in eq.dropFirst(member.offset).prefix(member.layout.rowCount).enumerated() { weights[first + u] = front.epsilon * value }
      }
      guard isAuxiliary else { return weights }
      if index == primaryIndex { for power in powers { weights += basis.map { epsilon2 * power * $0 } } }
      weights += basis
      if index == primaryIndex { for power in powers { weights += basis.map { power * $0 } } }
      return weights
    }
  }
}
