import MoruArchive
import MoruGraph
import MoruTensors

/// The classes that are true and that are seen, place by place.
struct Labels {
  /// Class numbers, batch axis first; carries the error of values that do not fit.
  let truth: Tensor
  /// Class numbers of the same shape.
  let seen: Tensor
  let classes: Int
}

/// The mean over some classes of the overlap of where they are and where they are seen.
protocol OverlapMetric: Metric {
  /// The classes whose overlap counts; all if nil.
  var targetClassIds: [Int]? { get }
  /// The class number of places that do not count; nil if all do.
  var ignoreClass: Int? { get }
  /// The classes that are true and that are seen.
  func labels(target: Tensor, prediction: Tensor) -> Labels
}

extension OverlapMetric {
  public var isBetterGreater: Bool { true }

  /// For each class at how many places it is found, where it is, and where it is seen. Places whose
  /// numbers name no class do not count.
  public func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    func failed(_ tensor: Tensor) -> [Tensor] { [Tensor](repeating: tensor, count: 3) }
    if let failure = [target, prediction].first(where: { $0.error != nil }) {
      return failed(failure)
    }
    let labels = labels(target: target, prediction: prediction)
    guard labels.truth.error == nil else { return failed(labels.truth) }
    if let wrong = targetClassIds?.first(where: { !(0..<labels.classes).contains($0) }) {
      return failed(
        .failure(
          Self.kind, [target, prediction],
          Mismatch(
            "there is no class \(wrong) among \(labels.classes)",
            "Choose targetClassIds from 0 to \(labels.classes - 1).")))
    }
    let weights = weights(Self.kind, sampleWeight, of: labels.truth)
    guard weights.error == nil else { return failed(weights) }
    let places: Shape = [labels.truth.shape.elementCount, 1]
    let truth = labels.truth.converted(to: .int32).reshaped(to: places)
    let seen = labels.seen.converted(to: .int32).reshaped(to: places)
    let numbers = Tensor.iota([labels.classes])
    var counts = [truth, seen].map { ($0 .>= 0) .& ($0 .< Tensor(Double(labels.classes))) }
      .reduce(weights.reshaped(to: places)) { select($1, $0, 0) }
    if let ignoreClass { counts = select(truth .== Tensor(Double(ignoreClass)), 0, counts) }
    let (isTrue, isSeen) = (truth .== numbers, seen .== numbers)
    return [isTrue .& isSeen, isTrue, isSeen].map { select($0, counts, 0).sum(axes: [0]) }
  }

  public func value(sums: [[Double]]) -> Double {
    let overlaps = (targetClassIds ?? Array(sums[0].indices)).compactMap { id -> Double? in
      let union = sums[1][id] + sums[2][id] - sums[0][id]
      return union > 0 ? sums[0][id] / union : nil
    }
    return overlaps.isEmpty ? 0 : overlaps.mean
  }

  /// Labels of targets that are class numbers.
  ///
  /// - Parameter classes: Number of classes; the size of the last axis of scores if nil.
  func labelsOfNumbers(_ target: Tensor, _ prediction: Tensor, classes: Int?) -> Labels {
    guard target.shape == prediction.shape else {
      let truth = classNumbers(Self.kind, target, prediction)
      return Labels(
        truth: truth, seen: truth.error == nil ? prediction.argMax() : truth,
        classes: classes ?? prediction.shape.last ?? 1)
    }
    guard let classes else {
      let failure = Tensor.failure(
        Self.kind, [target, prediction],
        Mismatch(
          "predictions are class numbers, which do not say how many classes there are",
          "Pass classes, or predictions with an axis of scores."))
      return Labels(truth: failure, seen: failure, classes: 1)
    }
    return Labels(truth: target, seen: prediction, classes: classes)
  }

  /// Labels of one-hot targets.
  func labelsOfOneHot(_ target: Tensor, _ prediction: Tensor) -> Labels {
    guard target.rank >= 2, let classes = target.shape.last,
      prediction.shape == target.shape
        || prediction.shape.dimensions == target.shape.dimensions.dropLast()
    else {
      let failure = Tensor.failure(
        Self.kind, [target, prediction],
        Mismatch(
          "predictions are neither scores nor class numbers for one-hot targets",
          "Pass targets [batch, …, classes], and predictions alike or without the last axis."))
      return Labels(truth: failure, seen: failure, classes: 1)
    }
    return Labels(
      truth: target.argMax(),
      seen: prediction.shape == target.shape ? prediction.argMax() : prediction, classes: classes)
  }
}
