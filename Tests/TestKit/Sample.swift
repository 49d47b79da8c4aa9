public import MoruGraph
public import MoruTensors

/// A small computation with its inputs, on which executors and gradients are checked.
public struct Sample: Sendable, CustomStringConvertible {
  /// What it tries out, and the element type: `maxPool overlapping f32`.
  public let name: String
  /// What it is computed from.
  public let inputs: [HostTensor]
  /// Whether every executor must give the same bits, as for moving, choosing and counting.
  public let isExact: Bool
  /// Where the inputs lie so that no kink is near, or nil if there is no gradient to check there.
  public let smoothDomain: String?
  /// Draws the computation.
  public let draw: @Sendable ([Tensor]) -> Tensor

  /// A computation with its inputs.
  public init(
    _ name: String, _ inputs: [HostTensor], isExact: Bool = false, smoothDomain: String? = nil,
    draw: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.inputs = inputs
    self.isExact = isExact
    self.smoothDomain = smoothDomain
    self.draw = draw
  }

  public var description: String { name }

  /// The computation as a graph with one input for each of `inputs`.
  ///
  /// - Throws: `GraphError` if the operations do not fit.
  public func graph() throws(GraphError) -> Graph {
    let placeholders = inputs.map { Tensor.placeholder($0.type) }
    return try Graph(inputs: placeholders, results: [draw(placeholders)])
  }

  /// Whether a gradient can be checked by finite differences: smooth, and in Float64, because
  /// Float32 differences carry errors of 1e-4.
  public var isDifferentiable: Bool {
    smoothDomain != nil && inputs.contains { $0.dtype == .float64 }
      && !inputs.contains { $0.dtype == .float32 }
  }

  /// Every sample, of primitives first, then of what is composed of them.
  public static let all = primitives + composed

  /// At least one for every primitive and every element type that it is defined for.
  public static let primitives: [Sample] = [
    creating, unary, binary, choosing, special, moving, indexing, reducing, contracting, pooling,
    looping,
  ].flatMap { $0 }
}

extension Sample {
  /// The same primitive on every element type that it is defined for.
  static func each(
    _ name: String, of dtypes: [DType] = DType.allCases, isExact: Bool = false,
    smoothDomain: String? = nil, _ primitive: (DType) -> Primitive,
    _ operands: (DType) -> [HostTensor]
  ) -> [Sample] {
    dtypes.compactMap { dtype in
      let inputs = operands(dtype)
      let primitive = primitive(dtype)
      guard (try? primitive.rule.infer(inputs.map(\.type))) != nil else { return nil }
      return Sample(
        "\(name) \(dtype.shortName)", inputs, isExact: isExact || !dtype.isFloating,
        smoothDomain: smoothDomain
      ) { Tensor.applyAll(primitive, $0)[0] }
    }
  }

  /// One primitive whose attributes hold no element type.
  static func each(
    _ name: String, of dtypes: [DType] = DType.allCases, isExact: Bool = false,
    smoothDomain: String? = nil, _ primitive: Primitive, _ operands: (DType) -> [HostTensor]
  ) -> [Sample] {
    each(
      name, of: dtypes, isExact: isExact, smoothDomain: smoothDomain, { _ in primitive }, operands)
  }
}
