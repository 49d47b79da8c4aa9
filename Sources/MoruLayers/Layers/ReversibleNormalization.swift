import MoruArchive
public import MoruGraph
import MoruTensors

/// Brings windows of a time series to one level and scale before a layer, and what that forecasts back to
/// the series' own: the layer works with `(x − level) / scale` of the first feature, the target, and its
/// answer is multiplied by the scale and added to the level.
///
/// All features are first scaled by numbers of the training data, `z = (x − center) / scale`. The level is
/// then the target's last value in the window, its mean, or none; with `scalesWindows` the target is also
/// divided by its mean distance from that level, so that series of other size look alike.
///
/// Weights have the paths of the inner layer, which trains without this one on windows that were brought
/// to scale before.
///
/// - Shapes: `[batch, time, features] → [batch, horizon]` or `[batch, horizon, quantiles]`, whatever the
///   inner layer makes of `[batch, time, features]`.
/// - Source: Kim et al. 2022, "Reversible instance normalization", https://openreview.net/forum?id=cGDAkQo1C0p,
///   without its trained factors; of the last value, Zeng et al. 2023 (NLinear), arXiv:2205.13504.
public struct ReversibleNormalization: WrapperLayer {
  public static let kind = "ReversibleNormalization"

  /// What is subtracted from a window's target.
  public enum Level: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// Its last value.
    case last
    /// Its mean.
    case mean
  }

  /// The layer that forecasts.
  public internal(set) var layer: any Layer {
    get { box.layer }
    set { box = LayerBox(newValue) }
  }
  private var box: LayerBox
  /// What each feature loses.
  public let center: [Double]
  /// What each feature is divided by then, above 0.
  public let scale: [Double]
  /// What a window's target loses then.
  public let level: Level
  /// Whether a window's target is divided by its mean distance from the level.
  public let scalesWindows: Bool

  /// A window whose target hardly moves is not blown up beyond this, in units of the training scale.
  package static let leastWindowScale = 0.01

  /// A layer between windows of one level and scale and forecasts in the series' own.
  public init(
    _ layer: any Layer, center: [Double], scale: [Double], level: Level = .last,
    scalesWindows: Bool = false
  ) {
    box = LayerBox(layer)
    self.center = center
    self.scale = scale
    self.level = level
    self.scalesWindows = scalesWindows
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    guard inputs.count == 1, inputs[0].rank == 3, inputs[0].shape[2] == center.count,
      scale.count == center.count, let centerOfTarget = center.first,
      let scaleOfTarget = scale.first
    else {
      return [
        .failure(
          Self.kind, inputs,
          Mismatch(
            "it was fitted to \(center.count) features", "Pass [batch, time, \(center.count)]."))
      ]
    }
    let x = inputs[0].floating()
    let features = center.count
    func constant(_ values: [Double]) -> Tensor {
      Tensor(HostTensor(values).converted(to: x.dtype))
    }
    let scaled = (x - constant(center)) / constant(scale)
    var target = scaled.sliced(0..<1, axis: 2)
    // [batch, 1, 1]
    let level: Tensor? =
      switch self.level {
      case .none: nil
      case .last: target.sliced(x.shape[1] - 1..<x.shape[1], axis: 1)
      case .mean: target.mean(axes: [1], keepingAxes: true)
      }
    if let level { target = target - level }
    var width: Tensor?
    if scalesWindows {
      let distance = maximum(
        abs(target).mean(axes: [1], keepingAxes: true), Tensor(Self.leastWindowScale))
      target = target / distance
      width = distance
    }
    let window =
      features == 1
      ? target : concatenate([target, scaled.sliced(1..<features, axis: 2)], axis: 2)
    return layer.forward([window], in: scope).map { answer in
      guard answer.error == nil else { return answer }
      let shape = Shape([x.shape[0]] + [Int](repeating: 1, count: max(answer.rank - 1, 0)))
      var result = answer
      if let width { result = result * width.reshaped(to: shape) }
      if let level { result = result + level.reshaped(to: shape) }
      return result * Tensor(scaleOfTarget) + Tensor(centerOfTarget)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case box = "layer", center, scale, level, scalesWindows
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    box = try fields.required(.box)
    center = try fields.required(.center)
    scale = try fields.required(.scale)
    level = try fields.value(.level, default: .last)
    scalesWindows = try fields.value(.scalesWindows, default: false)
    guard center.count == scale.count, scale.allSatisfy({ $0 > 0 }) else {
      throw fields.outOfRange(.scale, "as long as center, and above 0")
    }
  }
}
