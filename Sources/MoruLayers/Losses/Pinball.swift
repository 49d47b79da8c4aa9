import MoruArchive
public import MoruGraph
import MoruTensors

/// `max(q · e, (q − 1) · e)` with `e = target − prediction`, the mean over the quantiles `q` that are
/// forecast: what each of them makes least.
///
/// - Shapes: target `[batch, …]`, prediction `[batch, …, quantiles] → [batch, …]`; of a single quantile the
///   prediction may have the target's shape.
/// - Source: Koenker & Bassett 1978, doi:10.2307/1913643.
public struct Pinball: Loss {
  public static let kind = "pinball"
  /// Which quantiles are forecast, each between 0 and 1.
  public let quantiles: [Double]

  /// The loss of forecasts of some quantiles.
  public init(quantiles: [Double] = [0.5]) { self.quantiles = quantiles }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
    let isSingle = quantiles.count == 1 && target.shape == prediction.shape
    let prediction = isSingle ? prediction.expanded(at: prediction.rank) : prediction
    guard prediction.rank >= 2, prediction.shape.last == quantiles.count,
      prediction.shape.dimensions.dropLast().elementsEqual(target.shape)
    else {
      return .failure(
        Self.kind, [target, prediction],
        Mismatch(
          "there is not one prediction for each target and each of \(quantiles.count) quantiles",
          "Give the model an output of shape \(target.shape.dimensions.dropFirst() + [quantiles.count])."
        ))
    }
    let error = target.converted(to: prediction.dtype).expanded(at: target.rank) - prediction
    let levels = Tensor(HostTensor(quantiles).converted(to: prediction.dtype))
    return maximum(levels * error, (levels - 1) * error).mean(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case quantiles }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    quantiles = try fields.value(.quantiles, default: [0.5])
    guard !quantiles.isEmpty, quantiles.allSatisfy({ $0 > 0 && $0 < 1 }) else {
      throw fields.outOfRange(.quantiles, "numbers between 0 and 1, at least one")
    }
  }
}

extension Loss where Self == Pinball {
  /// The loss of forecasts of some quantiles.
  public static func pinball(quantiles: [Double]) -> Self { .init(quantiles: quantiles) }
}
