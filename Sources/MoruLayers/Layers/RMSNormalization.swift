import MoruArchive
public import MoruGraph
import MoruTensors

/// `scale · x / √(mean(x²) + epsilon)`, the mean over one axis.
///
/// - Shapes: `[batch, …, features] → [batch, …, features]`; weight `scale` has the size of the axis.
/// - Source: Zhang, Sennrich 2019, arXiv:1910.07467.
public struct RMSNormalization: UnaryLayer {
  public static let kind = "RMSNormalization"
  public var identity = Identity()
  public let name: String?
  /// The axis to normalize over, the batch axis counted; −1 is the last.
  public let axis: Int
  /// Keeps the square root away from 0.
  public let epsilon: Double

  /// Normalizes over `axis`.
  public init(axis: Int = -1, epsilon: Double = 1e-6, name: String? = nil) {
    self.axis = axis
    self.epsilon = epsilon
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard let place = x.shape.axis(axis), place > 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch("axis \(axis) is no axis after the batch axis", "Pass [batch, …, features]."))
    }
    let x = x.floating()
    let size = x.shape[place]
    let scale = scope.parameter("scale", [size], initializer: .ones)
      .reshaped(to: Shape([size] + [Int](repeating: 1, count: x.rank - place - 1)))
    return x * rsqrt(square(x).mean(axes: [place], keepingAxes: true) + Tensor(epsilon)) * scale
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, axis, epsilon
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    axis = try fields.value(.axis, default: -1)
    epsilon = try fields.number(.epsilon, default: 1e-6, in: 0...1)
  }
}
