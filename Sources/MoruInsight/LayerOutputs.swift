import MoruArchive
public import MoruCPU
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruTensors

extension TrainedModel {
  /// What each layer makes of some samples, by the layer's path; of a layer with several outputs the
  /// first, of one that is called several times the last.
  ///
  /// - Parameters:
  ///   - paths: The layers, such as `conv2d_1`; all if nil.
  ///   - inputs: For each input of the signature its samples, batch axis first.
  ///   - executor: Where it is computed.
  /// - Throws: `InsightError.unknownLayer`; `GraphError` if the model is not defined for the inputs.
  public func layerOutputs(
    of paths: [String]? = nil, for inputs: [HostTensor], on executor: any Executor = .cpu
  ) async throws -> [String: HostTensor] {
    let drawing = try Drawing(of: self, inputs: inputs)
    let wanted = try (paths ?? drawing.paths).map { ($0, try drawing.output(of: $0)) }
    let values = try await executor.values(of: wanted.map(\.1))
    return Dictionary(zip(wanted.map(\.0), values)) { $1 }
  }
}

/// A model that is drawn on some samples, with the outputs of all of its layers.
struct Drawing {
  /// The samples, as the model takes them.
  let inputs: [Tensor]
  /// The model's outputs.
  let outputs: [Tensor]
  private let traces: [Scope.Trace]

  /// Draws a model on one picture `[height, width, channels]`, as numbers that have gradients.
  init(of model: TrainedModel, picture: HostTensor) throws {
    let expected = model.signature.inputs
    guard expected.count == 1, expected[0].shape.rank == 3 else {
      throw InsightError.notOnePicture(inputs: expected.count)
    }
    guard picture.shape == expected[0].shape else {
      throw InsightError.sample(found: picture.shape, expected: expected[0].shape)
    }
    let batch = Shape([1] + picture.shape.dimensions)
    try self.init(of: model, inputs: [picture.converted(to: .float32).reshaped(to: batch)])
  }

  /// Draws a model as it is in use, not in training.
  init(of model: TrainedModel, inputs: [HostTensor]) throws {
    let scope = Scope(
      weights: try model.declaration.weights(from: model.weights), keepsTraces: true)
    self.inputs = inputs.map { Tensor($0) }
    outputs = scope.draw(model.layer, self.inputs)
    if let error = outputs[0].error { throw error }
    traces = scope.traces
  }

  /// The paths of the layers, in the order of their first calls.
  var paths: [String] {
    var seen: Set<String> = []
    return traces.map(\.call.path).filter { seen.insert($0).inserted }
  }

  /// The output of a layer.
  func output(of path: String) throws(InsightError) -> Tensor {
    guard let trace = traces.last(where: { $0.call.path == path }) else {
      throw .unknownLayer(path, known: paths, nearest: nearest(path, among: paths))
    }
    return trace.outputs[0]
  }

  /// The channels of a layer's output of one picture, `[channels, height, width]`.
  func planes(of path: String) throws(InsightError) -> Tensor {
    let output = try output(of: path)
    guard output.rank == 4 else {
      throw .shape(
        of: "the output of \(path)", found: output.shape,
        needed: "[batch, height, width, channels]")
    }
    return output.transposed([0, 3, 1, 2])
      .reshaped(to: [output.shape[3], output.shape[1], output.shape[2]])
  }

  /// The innermost layers whose outputs are pictures `[batch, height, width, channels]` of more than one
  /// place, in the order of their first calls.
  var picturePaths: [String] {
    let pictures = Set(traces.filter(Self.isPicture).map(\.call.path))
    let all = paths
    return all.filter { path in
      pictures.contains(path) && !all.contains { $0.hasPrefix(path + "/") }
    }
  }

  /// The last layer whose output is a picture `[batch, height, width, channels]` of more than one
  /// place.
  var lastPicture: String? { traces.last(where: Self.isPicture)?.call.path }

  private static func isPicture(_ trace: Scope.Trace) -> Bool {
    let shape = trace.call.output.shape
    return shape.rank == 4 && shape[1] * shape[2] > 1
  }

  /// The score of a class for each sample, before softmax if there is one.
  func score(ofClass number: Int?) throws -> Tensor {
    let scores = outputs[0].softmaxLogits ?? outputs[0]
    guard scores.rank == 2 else {
      throw InsightError.shape(of: "the output", found: scores.shape, needed: "[batch, classes]")
    }
    let count = scores.shape[1]
    guard let number else { return scores.max(axes: [1]).sum() }
    guard (0..<count).contains(number) else {
      throw InsightError.unknownClass(number, count: count)
    }
    return scores.sliced(number..<number + 1, axis: 1).sum()
  }
}
