import MoruArchive
public import MoruGraph
public import MoruTensors

/// A network in the operators of ONNX, as another framework wrote it, with weights that training changes.
///
/// Every operator is drawn with our own primitives. What operators take as a setting, such as the shape
/// of a `Reshape`, may be computed of other shapes. Axes lie where ONNX has them, with channels before
/// height and width, but transpositions that undo each other are never made.
///
/// - Shapes: As the file says, batch axis first.
/// - Source: https://onnx.ai/onnx/operators, operator sets 13 to 21.
public struct ONNXGraph: Layer {
  /// A weight: a value of the graph that is given by the model.
  public struct Weight: Codable, Sendable, Equatable {
    /// What nodes call it.
    public let value: String
    /// Its own name, below the layer's path.
    public let name: String
    /// Shape of the stored weight.
    public let shape: Shape
    /// For each axis of the stored weight the axis of the value that it is.
    public let order: [Int]
    /// Whether gradients leave it alone.
    public let isState: Bool

    /// A weight.
    public init(value: String, name: String, shape: Shape, order: [Int], isState: Bool) {
      self.value = value
      self.name = name
      self.shape = shape
      self.order = order
      self.isState = isState
    }
  }

  public static let kind = "ONNXGraph"
  public var identity = Identity()
  public let name: String?
  public var inputNames: [String]? { body.inputs }
  public var outputNames: [String]? { body.outputs }
  /// The version of the operators.
  public let operatorSet: Int
  /// The nodes with what goes in and comes out.
  public let body: ONNXBody
  /// The values that are weights.
  public let weights: [Weight]
  /// Inputs whose last axis is the file's axis 1: pictures that come with their channels last.
  public let channelsLast: [String]
  /// Whether samples go through one by one, as a file wants that was made for batches of one.
  public let isOneByOne: Bool

  /// A network of nodes in an order in which each finds its inputs made.
  public init(
    _ body: ONNXBody, operatorSet: Int, weights: [Weight], channelsLast: [String] = [],
    isOneByOne: Bool = false, name: String? = nil
  ) {
    self.body = body
    self.operatorSet = operatorSet
    self.weights = weights
    self.channelsLast = channelsLast
    self.isOneByOne = isOneByOne
    self.name = name
  }

  /// The operator that makes each output; nil for an output that no node makes.
  package var lastOperators: [String?] {
    body.outputs.map { output in body.nodes.last { $0.outputs.contains(output) }?.op }
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    guard inputs.count == body.inputs.count else {
      return [
        .failure(
          Self.kind, inputs,
          Mismatch(
            "it was given \(inputs.count) inputs and takes \(body.inputs.count)",
            "Pass one tensor for each input."))
      ]
    }
    var known: [String: ONNXValue] = [:]
    for weight in weights {
      let tensor =
        weight.isState
        ? scope.state(weight.name, weight.shape)
        : scope.parameter(weight.name, weight.shape, initializer: .glorotUniform)
      guard tensor.error == nil else { return [tensor] }
      known[weight.value] = ONNXValue(tensor, order: weight.order)
    }
    guard isOneByOne, inputs.allSatisfy({ $0.rank >= 1 }),
      inputs.contains(where: { $0.shape[0] != 1 })
    else { return draw(inputs, known, in: scope) }
    let none: [Tensor] = []
    let loop = scan(none, over: inputs) { carry, samples in
      let outputs = draw(samples.map { $0.expanded(at: 0) }, known, in: scope)
      let rows = outputs.map { output in
        output.rank == 0 ? output : output.reshaped(to: Shape(Array(output.shape.dropFirst())))
      }
      return (carry, rows)
    }
    return loop.outputs
  }

  private func draw(
    _ inputs: [Tensor], _ weights: [String: ONNXValue], in scope: Scope
  ) -> [Tensor] {
    var known = weights
    for (name, tensor) in zip(body.inputs, inputs) {
      guard channelsLast.contains(name), tensor.rank >= 3 else {
        known[name] = ONNXValue(tensor)
        continue
      }
      known[name] = ONNXValue(tensor, order: .channelsLast(rank: tensor.rank))
    }
    do {
      return try ONNXRun(operatorSet: operatorSet, scope: scope).outputs(of: body, known).map(
        \.plain)
    } catch {
      return [.failure(error)]
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, operatorSet, body, weights, channelsLast, isOneByOne
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    operatorSet = try fields.positive(.operatorSet)
    body = try fields.required(.body)
    weights = try fields.value(.weights, default: [])
    channelsLast = try fields.value(.channelsLast, default: [])
    isOneByOne = try fields.value(.isOneByOne, default: false)
    for weight in weights where weight.order.sorted() != Array(weight.shape.indices) {
      throw fields.outOfRange(.weights, "of axes that are each there once")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(operatorSet, forKey: .operatorSet)
    try container.encode(body, forKey: .body)
    try container.encode(weights, forKey: .weights)
    try container.encode(channelsLast, forKey: .channelsLast)
    try container.encode(isOneByOne, forKey: .isOneByOne)
  }
}
