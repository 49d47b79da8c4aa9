import MoruGraph
import MoruTensors

/// Parameters with Adam's moments, as training code holds them.
struct TrainingState: TensorTree {
  var parameters: [Tensor]
  var means: [Tensor]
  var squares: [Tensor]
  var iteration: Tensor

  init(_ shapes: [Shape], dtype: DType = .float32) {
    parameters = shapes.enumerated().map { index, shape in
      let fanIn = max(1, shape.dimensions.dropLast().reduce(1, *))
      return Tensor(
        sample(dtype, shape, seed: UInt64(index + 1), scale: 1 / Double(fanIn).squareRoot()))
    }
    means = shapes.map { .zeros($0, dtype: dtype) }
    squares = means
    iteration = Tensor(HostTensor(Int64(0)))
  }

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try parameters.visit(body)
    try means.visit(body)
    try squares.visit(body)
    try iteration.visit(body)
  }

  /// One step of Adam.
  mutating func adam(_ gradients: [Tensor]) {
    iteration = iteration + 1
    let step = iteration.converted(to: parameters[0].dtype)
    for index in parameters.indices {
      let correction = sqrt(1 - pow(Tensor(0.999), step)) / (1 - pow(Tensor(0.9), step))
      means[index] = means[index] + 0.1 * (gradients[index] - means[index])
      squares[index] =
        squares[index] + Tensor(0.001) * (square(gradients[index]) - squares[index])
      parameters[index] =
        parameters[index] - Tensor(0.01) * correction * means[index]
        / (sqrt(squares[index]) + Tensor(1e-4))
    }
  }
}

/// A model with its parameters' shapes, to be trained for a few steps.
struct TestModel: Sendable {
  var shapes: [Shape]
  var input: Shape
  var forward: @Sendable ([Tensor], Tensor) -> Tensor

  static let perceptron = TestModel(shapes: [[20, 17], [17], [17, 10], [10]], input: [20]) {
    matmul(relu(matmul($1, $0[0]) + $0[1]), $0[2]) + $0[3]
  }

  /// Channel counts that fill vectors, and ones that do not.
  static func convolutional(_ first: Int, _ second: Int) -> TestModel {
    TestModel(
      shapes: [
        [3, 3, 1, first], [first], [3, 3, first, second], [second],
        [3 * 3 * second, 10], [10],
      ], input: [10, 10, 1]
    ) { w, x in
      func block(_ x: Tensor, _ index: Int) -> Tensor {
        relu(
          convolution(x, w[index], strides: [1, 1], padding: .same, dilation: [1, 1])
            + w[index + 1])
      }
      var h = maxPool(block(x, 0), sizes: [2, 2], strides: [2, 2], padding: .same)
      h = maxPool(block(h, 2), sizes: [2, 2], strides: [2, 2], padding: .same)
      return matmul(h.reshaped(to: [x.shape[0], 9 * second]), w[4]) + w[5]
    }
  }

  /// The graph of one training step: loss as result, the whole state updated.
  func trainingGraph(batch: Int, dtype: DType = .float32) throws -> (Graph, TrainingState) {
    let state = TrainingState(shapes, dtype: dtype)
    let x = Tensor.placeholder(TensorType(dtype, Shape([batch] + input.dimensions)))
    let labels = Tensor.placeholder(TensorType(.int32, [batch]))
    let before = state.leaves.map { Tensor.placeholder($0.type) }
    var traced = state.replacingLeaves(before)
    let logits = forward(traced.parameters, x)
    let hot = labels.oneHot(depth: 10, dtype: dtype)
    let loss = -(hot * logSoftmax(logits)).sum(axes: [1]).mean()
    traced.adam(gradients(of: loss, at: traced.parameters))
    let updates = Dictionary(uniqueKeysWithValues: traced.leaves.enumerated().map { ($0, $1) })
    return (
      try Graph(inputs: [x, labels], resident: before, results: [loss], updates: updates), state
    )
  }

  /// The graph of a prediction, which reads the parameters of the training state.
  func predictionGraph(batch: Int, dtype: DType = .float32) throws -> Graph {
    let state = TrainingState(shapes, dtype: dtype)
    let x = Tensor.placeholder(TensorType(dtype, Shape([batch] + input.dimensions)))
    let parameters = state.parameters.map { Tensor.placeholder($0.type) }
    return try Graph(inputs: [x], resident: parameters, results: [forward(parameters, x)])
  }

  /// Inputs and labels of one step.
  func batch(_ size: Int, step: Int, dtype: DType = .float32) -> [HostTensor] {
    let x = sample(dtype, Shape([size] + input.dimensions), seed: UInt64(100 + step))
    let labels = HostTensor((0..<size).map { Int32(($0 * 7 + step) % 10) })
    return [x, labels]
  }
}
