public import MoruTensors

/// A value in an immutable graph: a constant, a traced input, or the result of an operation.
///
/// Operations on tensors draw the graph and compute nothing; executors compute. An operation on
/// values that do not fit makes a tensor that carries the error, with the caller's file and line,
/// to the point where the graph is built, where it is thrown.
public struct Tensor: Sendable {
  let vertex: Vertex
  let index: Int

  init(_ vertex: Vertex, index: Int = 0) {
    self.vertex = vertex
    self.index = index
  }

  /// A constant.
  public init(_ value: HostTensor) {
    self.init(Vertex(.primitive(.constant(value)), types: [value.type]))
  }

  /// A number whose element type follows the tensor it is combined with; Float32 if alone.
  public init(_ value: Double) {
    self.init(Vertex(.literal(value), types: [TensorType(.float32, [])], isWeak: true))
  }

  /// A value that is given when the program runs.
  public static func placeholder(_ type: TensorType) -> Tensor {
    Tensor(Vertex(.placeholder, types: [type]))
  }

  /// Element type and shape.
  public var type: TensorType { vertex.types[index] }

  /// Size of each axis; `[]` for a tensor that carries an error.
  public var shape: Shape { type.shape }

  /// Type of the elements.
  public var dtype: DType { type.dtype }

  /// Number of axes.
  public var rank: Int { shape.rank }

  /// The error that this tensor carries, if an operation behind it was given values that do not
  /// fit.
  public var error: GraphError? {
    if case .failure(let error) = vertex.operation { error } else { nil }
  }

  /// The value, if the tensor is a constant.
  public var constant: HostTensor? {
    switch vertex.operation {
    case .primitive(.constant(let value)): value
    case .literal(let value): HostTensor(Float(value))
    default: nil
    }
  }

  /// A tensor that carries an error.
  public static func failure(_ error: GraphError) -> Tensor {
    Tensor(Vertex(.failure(error), types: [TensorType(.float32, [])]))
  }

  /// A tensor that carries the error that `operation` is not defined for `operands`.
  public static func failure(
    _ operation: String, _ operands: [Tensor], _ mismatch: Mismatch
  ) -> Tensor {
    failure(
      .unfit(
        operation: operation, types: operands.map(\.type), mismatch: mismatch,
        at: CallerLocation.current()))
  }

  /// The results of a primitive, or one tensor carrying the first operand's error or the
  /// primitive's own.
  package static func applyAll(_ primitive: Primitive, _ operands: [Tensor]) -> [Tensor] {
    if let failed = operands.first(where: { $0.error != nil }) { return [failed] }
    do throws(Mismatch) {
      let rule = primitive.rule
      let types = try rule.infer(operands.map(\.type))
      guard types.allSatisfy({ Shape.checkedElementCount($0.shape + [8]) != nil }) else {
        throw Mismatch("the result has more elements than can be counted", "Use smaller sizes.")
      }
      let isWeak =
        primitive.isArithmetic && operands.allSatisfy(\.vertex.isWeak)
        && types[0].dtype.isFloating
      let vertex = Vertex(.primitive(primitive), inputs: operands, types: types, isWeak: isWeak)
      return types.indices.map { Tensor(vertex, index: $0) }
    } catch {
      return [failure(primitive.rule.name, operands, error)]
    }
  }

  /// The single result of a primitive.
  package static func apply(_ primitive: Primitive, _ operands: Tensor...) -> Tensor {
    applyAll(primitive, operands)[0]
  }

  /// The tensor under a fresh node, so that a gradient with respect to it sees only the uses of
  /// the new one.
  func aliased(_ behavior: GradientBehavior = .pass, others: [Tensor] = []) -> Tensor {
    guard error == nil else { return self }
    return Tensor(Vertex(.alias(behavior), inputs: [self] + others, types: [type]))
  }
}

extension Tensor {
  /// The tensor that this is another name of, or itself.
  var unaliased: Tensor {
    var tensor = self
    while case .alias = tensor.vertex.operation { tensor = tensor.vertex.inputs[0] }
    return tensor
  }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
}
