/// LSTM, GRU and RNN, unrolled step by step.

import Programs

extension Translator {
  func recurrent() throws(ModelImportError) -> [GraphValue]? {
    let gates: Int
    switch node.operation {
    case "LSTM": gates = 4
    case "GRU": gates = 3
    case "RNN": gates = 1
    default: return nil
    }
    var x = try input(0)
    guard x.dimensions.count == 3, integer("input_forget") ?? 0 == 0, real("clip") == nil else {
      throw graph.refuse("clip, input_forget or another rank")
    }
    if let lengths = try optionalInput(4) {
      let list = try graph.plumbing(lengths, role: "sequence_lens")
      guard list.allSatisfy({ $0 == x.dimensions[integer("layout") ?? 0 == 1 ? 1 : 0] }) else { throw graph.refuse("sequences of different lengths") }
    }
    let isBatchFirst = integer("layout") ?? 0 == 1
    if isBatchFirst { x = try graph.transpose(x, [1, 0, 2]) }
    let (steps, batch) = (x.dimensions[0], x.dimensions[1])
    guard steps <= 1_024 else { throw graph.refuse("\(steps) steps; 1,024 are the most") }
    let w = try input(1)
    let direction = text("direction") ?? "forward"
    let directions = direction == "bidirectional" ? 2 : 1
    let size = integer("hidden_size") ?? (w.dimensions.count == 3 ? w.dimensions[1] / gates : 0)
    guard (1...65_536).contains(size), w.dimensions == [directions, gates * size, x.dimensions[2]], size > 0 else {
      throw graph.invalid("weights of \(w.dimensions)")
    }
    var sequences: [GraphValue] = []
    var finals: [GraphValue] = []
    var cells: [GraphValue] = []
    for d in 0..<directions {
      let layer = try Layer(self, x, direction: d, gates: gates, size: size, isBatchFirst: isBatchFirst)
      let order = direction == "reverse" || d == 1 ? Array((0..<steps).reversed()) : Array(0..<steps)
      var state = layer.state
      var cell = layer.cell
      var outputs = [GraphValue?](repeating: nil, count: steps)
      for t in order {
        (state, cell) = try layer.step(self, t, state, cell)
        outputs[t] = try graph.reshape(state, [1, 1, batch, size])
      }
      sequences.append(try graph.concatenate(outputs.compactMap { $0 }, axis: 0))
      finals.append(try graph.reshape(state, [1, batch, size]))
      cells.append(try graph.reshape(cell, [1, batch, size]))
    }
    var y = try graph.concatenate(sequences, axis: 1)
    var last = try graph.concatenate(finals, axis: 0)
    var lastCell = try graph.concatenate(cells, axis: 0)
    if isBatchFirst {
      y = try graph.transpose(y, [2, 0, 1, 3])
      last = try graph.transpose(last, [1, 0, 2])
      lastCell = try graph.transpose(lastCell, [1, 0, 2])
    }
    return [y, last, lastCell]
  }

  /// Weights and activations of one direction. The inputs of all steps and gates make one product; each step adds one with its state.
  private struct Layer {
    let size: Int
    let gates: Int
    let recurrence: GraphValue
    let recurrentBias: GraphValue
    let peepholes: [GraphValue]
    let state: GraphValue
    let cell: GraphValue
    let functions: [ElementaryFunction]
    let resetsAfter: Bool
    /// [steps, batch, gates · size]: x·W with both biases (a gated reset keeps its recurrent bias apart).
    let inputs: GraphValue

    init(_ t: Translator, _ x: GraphValue, direction: Int, gates: Int, size: Int, isBatchFirst: Bool) throws(ModelImportError) {
      self.size = size
      self.gates = gates
      let graph = t.graph
      let batch = x.dimensions[1]
      guard let r = try t.optionalInput(2), r.dimensions.count == 3, r.dimensions[1] == gates * size, r.dimensions[2] == size,
        direction < r.dimensions[0]
      else { throw graph.invalid("recurrence weights") }
      resetsAfter = t.integer("linear_before_reset") ?? 0 != 0
      let w = try t.take(try t.input(1), [direction], axis: 0, shape: [])
      recurrence = try graph.transpose(try t.take(r, [direction], axis: 0, shape: []), [1, 0])
      var product = try graph.matrixProduct(x, try graph.transpose(w, [1, 0]))
      if let b = try t.optionalInput(3) {
        guard b.dimensions.count == 2, b.dimensions[1] == 2 * gates * size else { throw graph.invalid("bias of \(b.dimensions)") }
        let own = try t.take(b, [direction], axis: 0, shape: [])
        let first = try t.take(own, Array(0..<(gates * size)), axis: 0, shape: nil)
        let second = try t.take(own, Array((gates * size)..<(2 * gates * size)), axis: 0, shape: nil)
        let kept = gates == 3 && resetsAfter ? 2 * size : gates * size
        let positions = (0..<(gates * size)).map { $0 < kept ? $0 : -1 }
        recurrentBias = try t.take(second, Array((gates - 1) * size..<(gates * size)), axis: 0, shape: nil)
        product = try graph.sum(product, try graph.sum(first, try graph.gather(second, positions: positions, [gates * size])))
      } else {
        recurrentBias = try graph.constant(0, [size])
      }
      inputs = product
      var peepholes: [GraphValue] = []
      if let p = try t.optionalInput(7) {
        let own = try t.take(p, [direction], axis: 0, shape: [])
        guard own.count == 3 * size else { throw graph.invalid("peepholes of \(p.dimensions)") }
        for gate in 0..<3 { peepholes.append(try t.take(own, Array((gate * size)..<((gate + 1) * size)), axis: 0, shape: nil)) }
      }
      self.peepholes = peepholes
      func initial(_ index: Int) throws(ModelImportError) -> GraphValue {
        guard var value = try t.optionalInput(index) else { return try graph.constant(0, [batch, size]) }
        guard value.dimensions.count == 3 else { throw graph.invalid("initial state of \(value.dimensions)") }
        if isBatchFirst { value = try graph.transpose(value, [1, 0, 2]) }
        return try t.take(value, [direction], axis: 0, shape: [])
      }
      state = try initial(5)
      cell = gates == 4 ? try initial(6) : state
      functions = try Self.functions(t, direction: direction, gates: gates)
    }

    private static func functions(_ t: Translator, direction: Int, gates: Int) throws(ModelImportError) -> [ElementaryFunction] {
      let standard = gates == 4 ? ["Sigmoid", "Tanh", "Tanh"] : (gates == 3 ? ["Sigmoid", "Tanh"] : ["Tanh"])
      let names = t.texts("activations") ?? (standard + standard)
      let (alphas, betas) = (t.reals("activation_alpha") ?? [], t.reals("activation_beta") ?? [])
      var functions: [ElementaryFunction] = []
      for index in standard.indices {
        let position = names.count >= standard.count * (direction + 1) ? direction * standard.count + index : index
        guard names.indices.contains(position) else { throw t.graph.invalid("activations") }
        let alpha = alphas.indices.contains(position) ? alphas[position] : nil
        let beta = betas.indices.contains(position) ? betas[position] : nil
        guard let function = try t.activation(names[position], alpha: alpha, beta: beta) else {
          throw t.graph.refuse("activation \(names[position])")
        }
        functions.append(function)
      }
      return functions
    }

    /// Gates first ..< last of a [batch, gates · size] tensor.
    private func part(_ t: Translator, _ value: GraphValue, _ first: Int, _ last: Int) throws(ModelImportError) -> GraphValue {
      try t.take(value, Array((first * size)..<(last * size)), axis: 1, shape: nil)
    }

    func step(
      _ t: Translator, _ index: Int, _ h: GraphValue, _ c: GraphValue
    ) throws(ModelImportError) -> (GraphValue, GraphValue) {
      let graph = t.graph
      let own = try t.take(inputs, [index], axis: 0, shape: [])
      switch gates {
      case 4:  // i, o, f, c; peepholes i, o, f
        let all = try graph.sum(own, try graph.matrixProduct(h, recurrence))
        let candidate = try graph.function(functions[1], try part(t, all, 3, 4))
        if peepholes.isEmpty {
          let open = try graph.function(functions[0], try part(t, all, 0, 3))
          let kept = try graph.product(try part(t, open, 2, 3), c)
          let next = try graph.sum(kept, try graph.product(try part(t, open, 0, 1), candidate))
          return (try graph.product(try part(t, open, 1, 2), try graph.function(functions[2], next)), next)
        }
        func peep(_ gate: Int, _ cell: GraphValue) throws(ModelImportError) -> GraphValue {
          try graph.function(functions[0], try graph.sum(try part(t, all, gate, gate + 1), try graph.product(cell, peepholes[gate])))
        }
        let next = try graph.sum(try graph.product(try peep(2, c), c), try graph.product(try peep(0, c), candidate))
        return (try graph.product(try peep(1, next), try graph.function(functions[2], next)), next)
      case 3:  // z, r, h
        let last = try part(t, own, 2, 3)
        let weights = try t.take(recurrence, Array((2 * size)..<(3 * size)), axis: 1, shape: nil)
        let gated = try t.take(recurrence, Array(0..<(2 * size)), axis: 1, shape: nil)
        let open = try graph.function(functions[0], try graph.sum(try part(t, own, 0, 2), try graph.matrixProduct(h, gated)))
        let (z, r) = (try part(t, open, 0, 1), try part(t, open, 1, 2))
        let inner =
          resetsAfter
          ? try graph.product(r, try graph.sum(try graph.matrixProduct(h, weights), recurrentBias))
          : try graph.matrixProduct(try graph.product(r, h), weights)
        let n = try graph.function(functions[1], try graph.sum(last, inner))
        let next = try graph.sum(n, try graph.product(z, try graph.difference(h, n)))
        return (next, next)
      default:
        let next = try graph.function(functions[0], try graph.sum(own, try graph.matrixProduct(h, recurrence)))
        return (next, next)
      }
    }
  }
}
