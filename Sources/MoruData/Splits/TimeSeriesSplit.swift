/// Folds of samples in the order of time: each is judged on what comes after all it learned from.
///
/// Test parts are the last `splits` runs of `testSize` samples, one after another; a fold learns from
/// everything before its test part but `gap` samples, or from the last `maxTrainSize` of it.
///
/// - Source: walk-forward evaluation, as scikit-learn's class of this name.
public struct TimeSeriesSplit: Splitter, Equatable {
  /// How many folds, at least 2.
  public let splits: Int
  /// The greatest number of samples to learn from; no bound if nil.
  public let maxTrainSize: Int?
  /// Samples in a test part; `count / (splits + 1)`, rounded down, if nil.
  public let testSize: Int?
  /// Samples left out between the parts, so that a target that looks ahead cannot leak.
  public let gap: Int

  /// - Parameters:
  ///   - splits: How many folds, at least 2.
  ///   - maxTrainSize: The greatest number of samples to learn from, at least 1.
  ///   - testSize: Samples in a test part, at least 1.
  ///   - gap: Samples left out between the parts, at least 0.
  public init(_ splits: Int = 5, maxTrainSize: Int? = nil, testSize: Int? = nil, gap: Int = 0) {
    self.splits = splits
    self.maxTrainSize = maxTrainSize
    self.testSize = testSize
    self.gap = gap
  }

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    try samples.check(splits, by: name)
    let size = testSize ?? samples.count / (splits + 1)
    guard size >= 1, gap >= 0, maxTrainSize ?? 1 >= 1 else {
      throw .folds(
        splitter: name,
        problem: "test size \(size), gap \(gap), "
          + "training size \(maxTrainSize.map(String.init) ?? "unbounded")",
        advice: "Sizes are at least 1 and the gap is at least 0; use fewer folds for short series.")
    }
    let (tested, overflow) = size.multipliedReportingOverflow(by: splits)
    guard !overflow, samples.count - tested > gap else {
      throw .folds(
        splitter: name,
        problem: "\(splits) test parts of \(size) and a gap of \(gap) leave nothing to learn from "
          + "of \(counted(samples.count, "sample"))",
        advice: "Use fewer folds, smaller test parts or a smaller gap.")
    }
    return (0..<splits).map { fold in
      let start = samples.count - tested + fold * size
      let end = start - gap
      return Fold(
        unchecked: Array(max(0, end - (maxTrainSize ?? end))..<end),
        test: Array(start..<start + size))
    }
  }
}

extension Splitter where Self == TimeSeriesSplit {
  /// Folds that are each judged on what comes after all they learned from.
  public static func timeSeries(
    _ splits: Int = 5, maxTrainSize: Int? = nil, testSize: Int? = nil, gap: Int = 0
  ) -> TimeSeriesSplit {
    TimeSeriesSplit(splits, maxTrainSize: maxTrainSize, testSize: testSize, gap: gap)
  }
}
