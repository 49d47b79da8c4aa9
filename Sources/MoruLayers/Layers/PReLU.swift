import MoruArchive
public import MoruGraph
import MoruTensors

/// `x` where positive, `alpha · x` elsewhere, elementwise, with trained slopes.
///
/// - Shapes: `[batch, …] → [batch, …]`; weight `alpha` `[…]`, with size 1 along `sharedAxes`.
/// - Source: He, Zhang, Ren, Sun 2015, arXiv:1502.01852.
public struct PReLU: UnaryLayer {
  public static let kind = "PReLU"
  public var identity = Identity()
  public let name: String?
  /// How the slopes start.
  public let alphaInitializer: Initializer
  /// What the slopes add to the loss.
  public let alphaRegularizer: Regularizer?
  /// Axes along which slopes are the same, the batch axis counted as 0: `[1, 2]` for pictures
  /// with one slope to a channel.
  public let sharedAxes: [Int]

  /// A rectified linear unit with trained slopes.
  public init(
    alphaInitializer: Initializer = .zeros, alphaRegularizer: Regularizer? = nil,
    sharedAxes: [Int] = [], name: String? = nil
  ) {
    self.alphaInitializer = alphaInitializer
    self.alphaRegularizer = alphaRegularizer
    self.sharedAxes = sharedAxes
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, sharedAxes.allSatisfy((1..<max(x.rank, 2)).contains) else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "axes \(sharedAxes) are not all axes after the batch axis",
          "Choose axes in 1..<\(max(x.rank, 2))."))
    }
    let x = x.floating()
    let shape = Shape((1..<x.rank).map { sharedAxes.contains($0) ? 1 : x.shape[$0] })
    let alpha = scope.parameter(
      "alpha", shape, initializer: alphaInitializer, regularizer: alphaRegularizer)
    return relu(x) - alpha * relu(-x)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, alphaInitializer, alphaRegularizer, sharedAxes
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    alphaInitializer = try fields.value(.alphaInitializer, default: .zeros)
    alphaRegularizer = try fields.optional(.alphaRegularizer)
    sharedAxes = try fields.value(.sharedAxes, default: [])
  }
}
