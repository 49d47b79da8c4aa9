public import MoruTensors

/// The closed set of operations that executors implement, with StableHLO's meaning.
///
/// Everything else is composed of these (`Ops/`) and inherits gradient, executors and file format.
/// A new primitive needs a reason; the compiler then lists every executor that lacks it.
public enum Primitive: Hashable, Sendable {
  case constant(HostTensor)
  case iota(Iota)
  case randomUniform(RandomUniform)
  case unary(Unary)
  case binary(Binary)
  case compare(Comparison)
  case select
  case convert(DType)
  case reshape(Shape)
  case transpose(Transpose)
  case broadcast(Broadcast)
  case concatenate(Concatenation)
  case slice(Slice)
  case pad(Pad)
  case reverse(Reverse)
  case reduce(Reduce)
  case argMax(ArgMax)
  case cumulativeSum(CumulativeSum)
  case dot(DotGeneral)
  case convolution(Convolution)
  case convolutionInputGradient(ConvolutionInputGradient)
  case convolutionKernelGradient(ConvolutionKernelGradient)
  case maxPool(MaxPool)
  case maxPoolGradient(MaxPoolGradient)
  case maxPoolGather(MaxPoolGather)
  case averagePool(AveragePool)
  case averagePoolGradient(AveragePoolGradient)
  case gather(Gather)
  case scatterAdd(ScatterAdd)
  case scan(Scan)
  case barrier(Barrier)

  /// Name, shape rule and gradient rule.
  public var rule: any PrimitiveRule {
    switch self {
    case .constant(let value): Constant(value: value)
    case .iota(let rule): rule
    case .randomUniform(let rule): rule
    case .unary(let rule): rule
    case .binary(let rule): rule
    case .compare(let rule): rule
    case .select: Select()
    case .convert(let dtype): Convert(dtype: dtype)
    case .reshape(let shape): Reshape(shape: shape)
    case .transpose(let rule): rule
    case .broadcast(let rule): rule
    case .concatenate(let rule): rule
    case .slice(let rule): rule
    case .pad(let rule): rule
    case .reverse(let rule): rule
    case .reduce(let rule): rule
    case .argMax(let rule): rule
    case .cumulativeSum(let rule): rule
    case .dot(let rule): rule
    case .convolution(let rule): rule
    case .convolutionInputGradient(let rule): rule
    case .convolutionKernelGradient(let rule): rule
    case .maxPool(let rule): rule
    case .maxPoolGradient(let rule): rule
    case .maxPoolGather(let rule): rule
    case .averagePool(let rule): rule
    case .averagePoolGradient(let rule): rule
    case .gather(let rule): rule
    case .scatterAdd(let rule): rule
    case .scan(let rule): rule
    case .barrier(let rule): rule
    }
  }
}

extension Primitive {
  /// Whether it computes numbers from numbers, so that literals stay literals.
  var isArithmetic: Bool {
    switch self {
    case .unary, .binary: true
    default: false
    }
  }
}

/// A primitive's name, shape rule and gradient rule.
public protocol PrimitiveRule: Sendable {
  /// The name in printed graphs and error messages.
  var name: String { get }

  /// The attributes in printed graphs, empty if there are none.
  var attributes: String { get }

  /// Whether each result element depends on the operands' elements at the same place only.
  var isElementwise: Bool { get }

  /// The graphs that a loop repeats, empty for everything else.
  var bodies: [Graph] { get }

  /// The types of the results.
  ///
  /// - Throws: `Mismatch` if the primitive is not defined for the operands.
  func infer(_ operands: [TensorType]) throws(Mismatch) -> [TensorType]

  /// The cotangent of each operand, nil where it is zero.
  ///
  /// - Parameter operands: What the primitive read.
  /// - Parameter results: What it computed.
  /// - Parameter cotangents: The cotangent of each result, nil where it is zero; at least one is
  ///   not.
  func gradient(operands: [Tensor], results: [Tensor], cotangents: [Tensor?]) -> [Tensor?]
}

extension PrimitiveRule {
  public var attributes: String { "" }
  public var isElementwise: Bool { false }
  public var bodies: [Graph] { [] }
}

/// A rule with one result, which is every rule but that of loops.
protocol SingleResultRule: PrimitiveRule {
  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType
  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?]
}

extension SingleResultRule {
  public func infer(_ operands: [TensorType]) throws(Mismatch) -> [TensorType] {
    [try inferOne(operands)]
  }

  public func gradient(operands: [Tensor], results: [Tensor], cotangents: [Tensor?]) -> [Tensor?] {
    guard let result = results.first, let cotangent = cotangents.first ?? nil else {
      return operands.map { _ in nil }
    }
    return gradient(operands: operands, result: result, cotangent: cotangent)
  }
}

extension [TensorType] {
  /// Checks the number of operands, so that rules may index them.
  func expect(_ count: Int) throws(Mismatch) {
    guard self.count == count else {
      throw Mismatch("it takes \(count) operands, not \(self.count)", "Pass \(count) operands.")
    }
  }
}

extension TensorType {
  func requireFloating() throws(Mismatch) {
    guard dtype.isFloating else {
      throw Mismatch(
        "it is defined for floating-point elements, not \(dtype.rawValue)",
        "Convert first: x.converted(to: .float32).")
    }
  }

  func requireNumeric() throws(Mismatch) {
    guard dtype != .bool else {
      throw Mismatch("it is not defined for Booleans", "Convert first: x.converted(to: .int32).")
    }
  }

  func requireBool() throws(Mismatch) {
    guard dtype == .bool else {
      throw Mismatch(
        "it is defined for Booleans, not \(dtype.rawValue)", "Make a Boolean by comparing.")
    }
  }

  func requireAxis(_ axis: Int) throws(Mismatch) {
    guard shape.indices.contains(axis) else {
      throw Mismatch(
        "there is no axis \(axis) in shape \(shape)", "Choose an axis in 0..<\(rank).")
    }
  }

  func requireSame(as other: TensorType) throws(Mismatch) {
    guard dtype == other.dtype else {
      // Whole numbers lose nothing when they become floating point; the reverse truncates.
      let common = other.dtype.isFloating ? other.dtype : dtype
      throw Mismatch(
        "element types \(dtype.rawValue) and \(other.dtype.rawValue) differ",
        "Convert one of them: x.converted(to: .\(common.rawValue)).")
    }
    guard shape == other.shape else {
      throw Mismatch(
        "shapes \(shape) and \(other.shape) differ",
        "Make the shapes equal, or 1 where they should broadcast.")
    }
  }
}
