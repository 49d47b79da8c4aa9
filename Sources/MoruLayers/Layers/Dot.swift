import MoruArchive
public import MoruGraph
import MoruTensors

/// The sum of products of two inputs along one axis of each, sample by sample.
///
/// With `normalize` both inputs are divided by their Euclidean length along that axis first: the
/// cosine of their angle.
///
/// - Shapes: `[batch, a…, n, b…], [batch, c…, n, d…] → [batch, a…, b…, c…, d…]`, or `[batch, 1]` if
///   nothing else is left.
public struct Dot: MergingLayer {
  public static let kind = "Dot"
  public var identity = Identity()
  public let name: String?
  /// The axis of each input that is summed over, the batch axis counted; −1 is the last.
  public let axes: [Int]
  /// Whether inputs are divided by their length first.
  public let normalize: Bool

  /// Sums products along one axis, the same of both inputs.
  public init(axes: Int = -1, normalize: Bool = false, name: String? = nil) {
    self.init(axes: [axes, axes], normalize: normalize, name: name)
  }

  /// Sums products along one axis of each input.
  public init(axes: [Int], normalize: Bool = false, name: String? = nil) {
    self.axes = axes
    self.normalize = normalize
    self.name = name
  }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    guard inputs.count == 2, axes.count == 2 else {
      return .failure(
        Self.kind, inputs,
        Mismatch(
          "it takes two inputs and an axis of each, not \(inputs.count) and \(axes.count)",
          "Pass two inputs."))
    }
    let places = zip(inputs, axes).map { $0.shape.axis($1) ?? 0 }
    guard places.allSatisfy({ $0 > 0 }), inputs[0].shape[0] == inputs[1].shape[0],
      inputs[0].shape[places[0]] == inputs[1].shape[places[1]]
    else {
      return .failure(
        Self.kind, inputs,
        Mismatch(
          "axes \(axes) are not axes of equal size after equal batch axes",
          "Choose axes along which both inputs have the same size."))
    }
    let sides = zip(inputs, places).map { input, place in
      let x = input.floating()
      return normalize ? unitNormalized(x, axes: [place]) : x
    }
    let rule = DotGeneral(
      leftBatch: [0], rightBatch: [0], leftContracting: [places[0]],
      rightContracting: [places[1]])
    let y = Tensor.apply(.dot(rule), sides[0], sides[1])
    return y.rank == 1 ? y.reshaped(to: [y.shape[0], 1]) : y
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, axes, normalize
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    axes = try fields.value(.axes, default: [-1, -1])
    normalize = try fields.value(.normalize, default: false)
    guard axes.count == 2 else { throw fields.outOfRange(.axes, "a list of two axes") }
  }
}
