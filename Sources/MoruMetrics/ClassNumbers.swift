import MoruArchive
import MoruGraph
import MoruTensors

/// Targets that are class numbers, one for each row of scores.
///
/// - Shapes: target `[…]` or `[…, 1]`, prediction `[…, classes] → […]`; every other pair makes a tensor
///   that carries the error.
func classNumbers(_ kind: String, _ target: Tensor, _ prediction: Tensor) -> Tensor {
  if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
  let places = Shape(prediction.shape.dimensions.dropLast())
  guard prediction.rank >= 2 else {
    return .failure(
      kind, [target, prediction],
      Mismatch("predictions have no class axis", "Pass predictions [batch, classes]."))
  }
  guard let numbers = target.classNumbers(of: places) else {
    return .failure(
      kind, [target, prediction],
      Mismatch(
        "targets are not one class number for each row of scores",
        "Pass targets of shape \(places)."))
  }
  return numbers
}

/// A metric made of `−log p(target)`, for class numbers.
protocol ClassEntropyMetric: MeanMetric {
  /// Whether predictions are logits rather than probabilities.
  var fromLogits: Bool { get }
  /// The class number of places that do not count; nil if all do.
  var ignoreClass: Int? { get }
}

extension ClassEntropyMetric {
  public var isBetterGreater: Bool { false }

  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = classNumbers(Self.kind, target, prediction)
    guard truth.error == nil else { return truth }
    return -entries(of: logProbabilities(prediction, fromLogits: fromLogits), at: truth)
  }

  func counts(target: Tensor, prediction: Tensor) -> Tensor? {
    ignoreClass.map { classNumbers(Self.kind, target, prediction) .!= Tensor(Double($0)) }
  }
}

extension Tensor {
  /// Whole numbers, one for each place, of a tensor of that shape or with a last axis of size 1.
  func classNumbers(of places: Shape) -> Tensor? {
    guard shape == places || shape.dimensions == places.dimensions + [1] else { return nil }
    return converted(to: .int32).reshaped(to: places)
  }
}

/// Which entries of the last axis are its `k` greatest; of equal ones the first.
func greatest(_ k: Int, of scores: Tensor) -> Tensor {
  let classes = scores.shape.last ?? 1
  let places = Tensor.iota([classes])
  var rest = scores
  var found = Tensor(HostTensor(false)).broadcast(to: scores.shape)
  for _ in 0..<min(k, classes) {
    let isNext = rest.argMax().expanded(at: rest.rank - 1) .== places
    found = found .| isNext
    rest = select(isNext, Tensor(-Double.infinity), rest)
  }
  return found
}

/// Whether the class at `target` is among those of the `k` greatest scores: fewer than `k` are greater.
///
/// - Shapes: scores `[…, classes]`, target `[…] → […]`. Not so for numbers that name no class, and for
///   scores that are NaN or infinite.
func isAmongGreatest(_ k: Int, of scores: Tensor, at target: Tensor) -> Tensor {
  let isTarget = target.expanded(at: target.rank) .== .iota([scores.shape.last ?? 1])
  let score = select(isTarget, scores, Tensor(-Double.infinity)).max(axes: [-1], keepingAxes: true)
  let greater = (scores .> score).converted(to: .int32).sum(axes: [-1])
  let isScore = isFinite(score.reshaped(to: target.shape))
  return isScore .& (greater .< Tensor(Double(k)))
}
