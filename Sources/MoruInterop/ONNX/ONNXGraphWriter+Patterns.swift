import MoruGraph
import MoruONNXFormat
import MoruTensors

/// Several primitives for which ONNX has one operator: what other programs expect to see, and have
/// something faster for.
///
/// What was written of such primitives one by one is dropped in the end, unless something else reads it.
extension ONNXGraphWriter {
  private typealias Attribute = Onnx_AttributeProto

  // MARK: Biases

  /// A bias that belongs to a convolution, a product of matrices or a normalization.
  mutating func addBias(_ node: Graph.Node) -> Bool {
    for (product, bias) in bothWays(node) {
      guard let producer = soleProducer(of: product), let vector = channelVector(bias) else {
        continue
      }
      let name = arranged(vector, [0])
      switch nodes[producer].opType {
      case "BatchNormalization": replaceInput(2, of: producer, by: name)
      case "MatMul": append(input: name, to: producer, op: "Gemm")
      default: append(input: name, to: producer)
      }
      set(node.results[0], value(product))
      return true
    }
    return false
  }

  // MARK: Activations

  /// `max(x, 0)`.
  mutating func rectify(_ node: Graph.Node) -> Bool {
    guard dtype(node.results[0]) == .float32 else { return false }
    for (x, zero) in bothWays(node) where number(zero) == 0 {
      let name = add("Relu", [whole(x)])
      set(node.results[0], Value(name: name, order: order(x), sizes: shape(x).dimensions))
      return true
    }
    return false
  }

  /// `e^(x − max x) / Σ e^(x − max x)` along one axis.
  mutating func softmax(_ node: Graph.Node) -> Bool {
    let power = node.operands[0]
    guard let sum = reduced(unspread(node.operands[1]), .sum), sum.source == power,
      let maker = makers[power], case .unary(.exponential) = maker.primitive,
      let (x, spread) = operands(maker.operands[0], of: .subtract),
      let greatest = reduced(unspread(spread), .maximum), greatest.source == x,
      greatest.axis == sum.axis
    else { return false }
    let name = add("Softmax", [whole(x)], [Attribute("axis", order(x).place(sum.axis))])
    set(node.results[0], Value(name: name, order: order(x), sizes: shape(x).dimensions))
    return true
  }

  // MARK: Normalizations

  /// A product that normalizes.
  mutating func normalization(_ node: Graph.Node) -> Bool {
    guard dtype(node.results[0]) == .float32 else { return false }
    return batchNormalization(node) || layerNormalization(node)
  }

  /// `(x − mean) · gamma / √(variance + epsilon)` with a weight's numbers for each channel.
  private mutating func batchNormalization(_ node: Graph.Node) -> Bool {
    guard let (x, subtracted) = operands(node.operands[0], of: .subtract),
      let mean = channelVector(subtracted), let factor = spread(node.operands[1])
    else { return false }
    let scaled = operands(factor, of: .multiply)
    guard let root = root(scaled?.0 ?? factor), isStated(root.variance),
      scaled.map({ isStated($0.1) }) ?? true
    else { return false }
    let ends = [Float(1), 0].map { HostTensor(repeating: $0, shape: shape(mean)) }
    let gamma = scaled.map { arranged($0.1, [0]) } ?? draft.initializer(ends[0], "ones")
    let name = add(
      "BatchNormalization",
      [
        pictures(x), gamma, draft.initializer(ends[1], "zeros"), arranged(mean, [0]),
        arranged(root.variance, [0]),
      ], [Attribute("epsilon", root.epsilon)])
    noteProducer(of: node.results[0])
    setPictures(node.results[0], name)
    return true
  }

  /// `(x − mean) / √(variance + epsilon)`, both of a sample's last axis, and perhaps `· gamma`.
  private mutating func layerNormalization(_ node: Graph.Node) -> Bool {
    guard draft.operatorSet >= 17 else { return false }
    if let normal = normalized(node.results[0]) {
      let ones = HostTensor(repeating: Float(1), shape: Shape(Array(shape(normal.x).suffix(1))))
      layerNormalization(node, of: normal, gamma: draft.initializer(ones, "ones"))
      return true
    }
    for (product, factor) in bothWays(node) {
      guard let normal = normalized(product), let gamma = channelVector(factor) else { continue }
      layerNormalization(node, of: normal, gamma: arranged(gamma, [0]))
      return true
    }
    return false
  }

  private mutating func layerNormalization(
    _ node: Graph.Node, of normal: (x: Graph.Value, epsilon: Double), gamma: String
  ) {
    let name = add(
      "LayerNormalization", [plain(normal.x), gamma],
      [Attribute("axis", -1), Attribute("epsilon", normal.epsilon)])
    noteProducer(of: node.results[0])
    set(node.results[0], named: name)
  }

  /// What a value is, if it has mean 0 and variance 1 along the last axis.
  private func normalized(_ key: Graph.Value) -> (x: Graph.Value, epsilon: Double)? {
    /// `x − mean x`.
    func centred(_ key: Graph.Value) -> Graph.Value? {
      guard let (x, mean) = operands(key, of: .subtract), average(unspread(mean)) == x else {
        return nil
      }
      return x
    }
    guard let (difference, factor) = operands(key, of: .multiply),
      let x = centred(difference), let root = root(unspread(factor)),
      let square = average(root.variance), let (one, other) = operands(square, of: .multiply),
      one == other, centred(one) == x
    else { return nil }
    return (x, root.epsilon)
  }

  // MARK: Reading backwards

  private func bothWays(_ node: Graph.Node) -> [(Graph.Value, Graph.Value)] {
    [(0, 1), (1, 0)].map { (node.operands[$0], node.operands[$1]) }
  }

  /// What a value repeats.
  private func unspread(_ key: Graph.Value) -> Graph.Value {
    guard let maker = makers[key], case .broadcast = maker.primitive else { return key }
    return maker.operands[0]
  }

  /// The number that a constant repeats.
  private func number(_ key: Graph.Value) -> Double? {
    guard let maker = makers[unspread(key)], case .constant(let host) = maker.primitive,
      host.count == 1
    else { return nil }
    return try? host.converted(to: .float64).array(of: Double.self)[0]
  }

  /// What a value combines.
  private func operands(
    _ key: Graph.Value, of function: Binary
  ) -> (Graph.Value, Graph.Value)? {
    guard let maker = makers[key], case .binary(function) = maker.primitive else { return nil }
    return (maker.operands[0], maker.operands[1])
  }

  /// The vector with a number for each entry of the last axis that a value repeats.
  private func spread(_ key: Graph.Value) -> Graph.Value? {
    guard let maker = makers[key], case .broadcast(let rule) = maker.primitive, shape(key).rank > 1,
      rule.axes == [shape(key).rank - 1], shape(maker.operands[0]).last == shape(key).last
    else { return nil }
    return maker.operands[0]
  }

  /// Such a vector that the file states.
  private func channelVector(_ key: Graph.Value) -> Graph.Value? {
    spread(key).flatMap { isStated($0) ? $0 : nil }
  }

  /// Whether the file states every element of a value, rather than fewer that are repeated.
  private func isStated(_ key: Graph.Value) -> Bool {
    value(key).stated != nil && value(key).sizes == shape(key).dimensions
  }

  /// What was reduced along one axis, which has one element now.
  private func reduced(
    _ key: Graph.Value, _ kind: Reduce.Kind
  ) -> (source: Graph.Value, axis: Int)? {
    guard let kept = makers[key], case .reshape = kept.primitive,
      let reduction = makers[kept.operands[0]], case .reduce(let rule) = reduction.primitive,
      rule.kind == kind, rule.axes.count == 1
    else { return nil }
    return (reduction.operands[0], rule.axes[0])
  }

  /// What a value is the mean of, along the last axis.
  private func average(_ key: Graph.Value) -> Graph.Value? {
    guard let (total, share) = operands(key, of: .multiply), let sum = reduced(total, .sum),
      let size = shape(sum.source).last, sum.axis == shape(sum.source).rank - 1,
      number(share) == Double(Float(1 / Double(size)))
    else { return nil }
    return sum.source
  }

  /// `1 / √(variance + epsilon)`.
  private func root(_ key: Graph.Value) -> (variance: Graph.Value, epsilon: Double)? {
    guard let maker = makers[key], case .unary(.reciprocalSquareRoot) = maker.primitive,
      let (variance, added) = operands(maker.operands[0], of: .add), let epsilon = number(added)
    else { return nil }
    return (variance, epsilon)
  }
}
