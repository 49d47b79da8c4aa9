/// As many folds as groups, each judged on one group, in the groups' order.
public struct LeaveOneGroupOut: Splitter, Equatable {
  public init() {}

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    let (groups, count) = try samples.requireGroups(by: name)
    try samples.check(max(count, 2), of: count, named: "group", by: name)
    return Fold.folds(count, assignment: groups)
  }
}

extension Splitter where Self == LeaveOneGroupOut {
  /// As many folds as groups, each judged on one group.
  public static var leaveOneGroupOut: LeaveOneGroupOut { LeaveOneGroupOut() }
}
