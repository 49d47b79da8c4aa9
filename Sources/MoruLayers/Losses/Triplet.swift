import MoruArchive
public import MoruGraph
import MoruTensors

/// `max(d(anchor, positive) − d(anchor, negative) + margin, 0)` for each sample of a batch as anchor,
/// with `d` the Euclidean distance of embeddings, the positive the farthest sample of its class, and
/// the negative the nearest of another class. Samples without one or the other cost nothing.
///
/// Batches need several samples of each class. A distance of 0 has no gradient: embeddings that are
/// all alike cannot be told apart.
///
/// - Shapes: target `[batch]` class numbers, prediction `[batch, features] → [batch]`.
/// - Source: Hermans, Beyer, Leibe 2017, arXiv:1703.07737, "batch hard".
public struct Triplet: Loss {
  public static let kind = "triplet"
  /// How much farther than its own kind others are to be, above 0.
  public let margin: Double

  /// A loss for embeddings of samples with classes.
  public init(margin: Double = 1) { self.margin = margin }

  public var takesLogits: Bool { true }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if let failed = embeddingTargets(Self.kind, target, prediction) { return failed }
    let batch = prediction.shape[0]
    let difference = prediction.expanded(at: 1) - prediction.expanded(at: 0)
    let squares = square(difference).sum(axes: [-1])
    // The root has no slope at 0, where each sample meets itself.
    let distances = select(squares .> 0, sqrt(select(squares .> 0, squares, 1)), 0)
    let (isSame, isSelf) = pairs(target, batch)
    let farthest = select(isSame .& !isSelf, distances, -1).max(axes: [1])
    let none = Tensor(1e30)
    let nearest = select(isSame, none, distances).min(axes: [1])
    let hasBoth = (farthest .>= 0) .& (nearest .< none)
    return select(hasBoth, maximum(farthest - nearest + Tensor(margin), 0), 0)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case margin }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    margin = try fields.number(.margin, default: 1, in: 1e-12...1e12)
  }
}

extension Loss where Self == Triplet {
  /// A loss for embeddings of samples with classes, with margin 1.
  public static var triplet: Self { .init() }
  /// A loss for embeddings of samples with classes.
  public static func triplet(margin: Double) -> Self { .init(margin: margin) }
}

/// Checks that there is a class number for each embedding; a tensor that carries the error otherwise.
func embeddingTargets(_ kind: String, _ target: Tensor, _ prediction: Tensor) -> Tensor? {
  if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
  guard prediction.rank == 2, target.dtype.isInteger,
    target.shape == [prediction.shape[0]] || target.shape == [prediction.shape[0], 1]
  else {
    return .failure(
      kind, [target, prediction],
      Mismatch(
        "it compares embeddings by their samples' classes",
        "Pass whole-number targets [batch] and predictions [batch, features]."))
  }
  return nil
}

/// For each pair of a batch's samples whether they are of one class, and whether they are the same
/// sample. `[batch] → [batch, batch]`
func pairs(_ target: Tensor, _ batch: Int) -> (isSame: Tensor, isSelf: Tensor) {
  let labels = target.converted(to: .int64).reshaped(to: [batch])
  let places = Tensor.iota([batch])
  return (
    labels.expanded(at: 1) .== labels.expanded(at: 0),
    places.expanded(at: 1) .== places.expanded(at: 0)
  )
}
