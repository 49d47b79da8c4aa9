public import MoruCPU
public import MoruGraph
import MoruLayers
public import MoruTensors

/// Runs a trained model on batches: the one way from checked inputs to outputs, whether the model
/// is asked by a command, a server or a program.
///
/// Programs are compiled for batches of 1, 2, 4 … 64 and kept. A batch is padded to the next such
/// size, so that one sample alone always runs the same program.
///
/// Layers of a `statefulBatchSize` start from the states that the model holds and go on from batch to
/// batch and from prediction to prediction. Then samples must fill batches of that size, and
/// predictions be asked for one after another.
public actor Predictor {
  /// The model.
  public nonisolated let model: TrainedModel
  private let executor: any Executor
  private var resident: [any Resident]?
  private var programs: [Int: any Program] = [:]

  /// The largest batch that runs as one program.
  public static let largestBatch = 64

  /// A predictor whose weights live on `executor` from the first prediction on.
  public init(_ model: TrainedModel, on executor: any Executor = .cpu) {
    self.model = model
    self.executor = executor
  }

  /// The model's outputs for some samples.
  ///
  /// - Parameter inputs: For each input of the signature its samples, batch axis first.
  /// - Returns: For each output its values, batch axis first.
  /// - Throws: `ModelError` if the inputs do not fit the signature, or do not fill the batches for which
  ///   the model keeps states.
  public func predict(_ inputs: [HostTensor]) async throws -> [HostTensor] {
    let count = try check(inputs)
    try model.declaration.checkBatches(of: count)
    let batch = model.statefulBatchSize ?? Self.largestBatch
    var parts: [[HostTensor]] = []
    for start in stride(from: 0, to: count, by: batch) {
      let range = start..<min(start + batch, count)
      parts.append(try await run(inputs.map { try $0.slice(range) }, count: range.count))
    }
    return try model.signature.outputs.indices.map { output in
      try parts.isEmpty
        ? emptyOutput(output) : HostTensor.concatenated(parts.map { $0[output] })
    }
  }

  /// Compiles the program for one sample, and for full batches if asked: what a server does before
  /// it calls itself ready.
  ///
  /// - Throws: `GraphError` if the model cannot be compiled.
  public func warmUp(batches: [Int] = [1]) async throws {
    for batch in batches {
      _ = try await program(batch: batch)
    }
  }

  /// Sets the states that layers keep from batch to batch to zeros.
  public func resetStates() async throws {
    let carried = zip(model.declaration.weights, try await placedWeights()).filter(\.0.isCarried)
    try await executor.write(
      carried.map { .zeros($0.0.type.shape) }, to: carried.map { $0.1 })
  }

  /// The program that computes batches of so many samples, to be explained and timed: its inputs
  /// have the next of the sizes 1, 2, 4 … 64, or the one for which the model keeps states.
  ///
  /// - Throws: `GraphError` if the model cannot be compiled.
  public func program(batch count: Int) async throws -> any Program {
    let batch = bucket(min(count, Self.largestBatch))
    if let known = programs[batch] { return known }
    let resident = try await placedWeights()
    let program = try await executor.compile(
      model.inferenceGraph(batch: batch), resident: resident)
    programs[batch] = program
    return program
  }

  /// Checks inputs against the signature and returns the number of samples.
  private func check(_ inputs: [HostTensor]) throws(ModelError) -> Int {
    let expected = model.signature.inputs
    guard inputs.count == expected.count else {
      throw .inputNames(
        expected: expected.map(\.name), found: inputs.indices.map { "input \($0 + 1)" })
    }
    for (input, value) in zip(expected, inputs) {
      guard value.dtype == input.dtype, value.shape.dropFirst().elementsEqual(input.shape),
        value.shape.rank == input.shape.rank + 1
      else {
        throw .inputType(
          name: input.name, expected: input.batchDescription, found: "\(value.type)")
      }
    }
    let counts = inputs.map { $0.shape[0] }
    guard Set(counts).count <= 1 else { throw .unequalBatch(counts) }
    return counts.first ?? 0
  }

  private func run(_ inputs: [HostTensor], count: Int) async throws -> [HostTensor] {
    let batch = bucket(count)
    let padded = try inputs.map { input in
      // Repeating a real sample keeps padding free of numbers that the model was never given.
      batch == count ? input : try input.rows((0..<batch).map { min($0, count - 1) })
    }
    let outputs = try await program(batch: batch).run(padded)
    return batch == count ? outputs : try outputs.map { try $0.slice(0..<count) }
  }

  private func placedWeights() async throws -> [any Resident] {
    if let resident { return resident }
    let placed = try await executor.place(model.orderedWeights)
    // Another prediction may have placed them meanwhile.
    if let resident { return resident }
    resident = placed
    return placed
  }

  private func emptyOutput(_ place: Int) -> HostTensor {
    let output = model.signature.outputs[place]
    return .zeros(Shape([0] + output.shape.dimensions), dtype: output.dtype)
  }

  private func bucket(_ count: Int) -> Int {
    if let batchSize = model.statefulBatchSize { return batchSize }
    var size = 1
    while size < count { size *= 2 }
    return size
  }
}

extension ModelInput {
  /// `f32[batch, 8, 8, 1]`: the type of a batch, for messages and metadata.
  public var batchDescription: String {
    dtype.shortName + "[" + (["batch"] + shape.map(String.init)).joined(separator: ", ") + "]"
  }
}
