import MoruTensors

extension Tensor {
  /// `x + y`, elementwise with broadcasting.
  public static func + (x: Tensor, y: Tensor) -> Tensor { elementwise(.add, x, y) }
  /// `x − y`, elementwise with broadcasting.
  public static func - (x: Tensor, y: Tensor) -> Tensor { elementwise(.subtract, x, y) }
  /// `x · y`, elementwise with broadcasting; `matmul` is the matrix product.
  public static func * (x: Tensor, y: Tensor) -> Tensor { elementwise(.multiply, x, y) }
  /// `x / y`, elementwise with broadcasting; whole numbers truncate.
  public static func / (x: Tensor, y: Tensor) -> Tensor { elementwise(.divide, x, y) }
  /// The remainder of `x / y`, with the sign of `x`, elementwise with broadcasting.
  public static func % (x: Tensor, y: Tensor) -> Tensor { elementwise(.remainder, x, y) }
  /// `−x`, elementwise.
  public static prefix func - (x: Tensor) -> Tensor { apply(.unary(.negate), x) }

  /// Adds in place.
  public static func += (x: inout Tensor, y: Tensor) { x = x + y }
  /// Subtracts in place.
  public static func -= (x: inout Tensor, y: Tensor) { x = x - y }
  /// Multiplies in place.
  public static func *= (x: inout Tensor, y: Tensor) { x = x * y }
  /// Divides in place.
  public static func /= (x: inout Tensor, y: Tensor) { x = x / y }

  /// `x = y`, elementwise with broadcasting, to Booleans.
  public static func .== (x: Tensor, y: Tensor) -> Tensor { compared(.equal, x, y) }
  /// `x ≠ y`, elementwise with broadcasting, to Booleans.
  public static func .!= (x: Tensor, y: Tensor) -> Tensor { compared(.notEqual, x, y) }
  /// `x < y`, elementwise with broadcasting, to Booleans.
  public static func .< (x: Tensor, y: Tensor) -> Tensor { compared(.less, x, y) }
  /// `x ≤ y`, elementwise with broadcasting, to Booleans.
  public static func .<= (x: Tensor, y: Tensor) -> Tensor { compared(.lessOrEqual, x, y) }
  /// `x > y`, elementwise with broadcasting, to Booleans.
  public static func .> (x: Tensor, y: Tensor) -> Tensor { compared(.greater, x, y) }
  /// `x ≥ y`, elementwise with broadcasting, to Booleans.
  public static func .>= (x: Tensor, y: Tensor) -> Tensor { compared(.greaterOrEqual, x, y) }
  /// Whether both hold, elementwise with broadcasting.
  public static func .& (x: Tensor, y: Tensor) -> Tensor { elementwise(.and, x, y) }
  /// Whether at least one holds, elementwise with broadcasting.
  public static func .| (x: Tensor, y: Tensor) -> Tensor { elementwise(.or, x, y) }
  /// Whether it does not hold, elementwise.
  public static prefix func ! (x: Tensor) -> Tensor { apply(.unary(.not), x) }

  static func elementwise(_ function: Binary, _ x: Tensor, _ y: Tensor) -> Tensor {
    let pair = aligned([x, y])
    return apply(.binary(function), pair[0], pair[1])
  }

  private static func compared(_ comparison: Comparison, _ x: Tensor, _ y: Tensor) -> Tensor {
    let pair = aligned([x, y])
    return apply(.compare(comparison), pair[0], pair[1])
  }

  /// Tensors of one shape and, where literals leave it open, one element type. Operands that do
  /// not fit are returned as they are, for the primitive to refuse.
  static func aligned(_ tensors: [Tensor]) -> [Tensor] {
    let dtype = tensors.first { !$0.vertex.isWeak }?.dtype
    let typed = tensors.map { tensor in dtype.map { tensor.adopting($0) } ?? tensor }
    var shape: Shape = []
    for tensor in typed {
      guard let joint = shape.broadcast(with: tensor.shape) else { return typed }
      shape = joint
    }
    return typed.map { $0.broadcast(to: shape) }
  }

  /// A literal takes on an element type if it has that value in it; an expression of literals
  /// takes on floating-point types.
  func adopting(_ dtype: DType) -> Tensor {
    guard vertex.isWeak else { return self }
    guard case .literal(let value) = vertex.operation else {
      return dtype == .float64 ? expressionInFloat64() : self
    }
    let constant = HostTensor(value).converted(to: dtype)
    let isExact = dtype.isFloating || constant.converted(to: .float64) == HostTensor(value)
    return isExact ? Tensor(constant) : self
  }

  /// The same expression drawn anew over Float64 literals: Float32 would have rounded them. A loop
  /// with a memory, because expressions may be deep and share their parts.
  private func expressionInFloat64() -> Tensor {
    var drawn: [ObjectIdentifier: Tensor] = [:]
    var pending = [vertex]
    while let vertex = pending.last {
      let inputs = vertex.inputs.compactMap { drawn[ObjectIdentifier($0.vertex)] }
      guard inputs.count == vertex.inputs.count else {
        pending += vertex.inputs.map(\.vertex).filter { drawn[ObjectIdentifier($0)] == nil }
        continue
      }
      pending.removeLast()
      switch vertex.operation {
      case .literal(let value): drawn[ObjectIdentifier(vertex)] = Tensor(HostTensor(value))
      case .primitive(let primitive):
        drawn[ObjectIdentifier(vertex)] = Tensor.applyAll(primitive, inputs)[0]
      case .placeholder, .alias, .failure: return self  // never weak
      }
    }
    return drawn[ObjectIdentifier(vertex)] ?? self
  }
}

infix operator .& : LogicalConjunctionPrecedence
infix operator .| : LogicalDisjunctionPrecedence
