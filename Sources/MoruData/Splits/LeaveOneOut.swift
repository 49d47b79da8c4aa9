/// As many folds as samples, each judged on one.
public struct LeaveOneOut: Splitter, Equatable {
  public init() {}

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    try samples.check(max(samples.count, 2), by: name)
    return (0..<samples.count).map { Fold(test: [$0], count: samples.count) }
  }
}

extension Splitter where Self == LeaveOneOut {
  /// As many folds as samples, each judged on one.
  public static var leaveOneOut: LeaveOneOut { LeaveOneOut() }
}
