import MoruArchive
public import MoruGraph
import MoruTensors

/// A fully connected layer: `activation(x · kernel + bias)`.
///
/// - Shapes: `[batch, …, features] → [batch, …, units]`; kernel `[features, units]`, bias `[units]`.
public struct Dense: UnaryLayer {
  public static let kind = "Dense"
  public var identity = Identity()
  public let name: String?
  /// Number of outputs, at least 1.
  public let units: Int
  /// What the layer ends in.
  public let activation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the kernel starts.
  public let kernelInitializer: Initializer
  /// How the bias starts.
  public let biasInitializer: Initializer
  /// What the kernel adds to the loss.
  public let kernelRegularizer: Regularizer?

  /// A fully connected layer of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, name: String? = nil
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, units >= 1 else {
      return .failure(
        Self.kind, [x],
        units < 1
          ? Mismatch("it has \(units) units", "Ask for at least one.")
          : Mismatch("its input has no feature axis", "Pass [batch, …, features]."))
    }
    let kernel = scope.parameter(
      "kernel", [x.shape[x.rank - 1], units], initializer: kernelInitializer,
      regularizer: kernelRegularizer)
    var y = matmul(x.floating(), kernel)
    if useBias { y += scope.parameter("bias", [units], initializer: biasInitializer) }
    return activation(y)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, units, activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
    activation = try fields.value(.activation, default: .linear)
    useBias = try fields.value(.useBias, default: true)
    kernelInitializer = try fields.value(.kernelInitializer, default: .glorotUniform)
    biasInitializer = try fields.value(.biasInitializer, default: .zeros)
    kernelRegularizer = try fields.optional(.kernelRegularizer)
  }
}

extension Tensor {
  /// Whole numbers and Booleans as Float32; floating point as it is.
  func floating() -> Tensor { dtype.isFloating ? self : converted(to: .float32) }
}
