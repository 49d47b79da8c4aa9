/// As many folds as groups, each judged on one group, in the groups' order.
public struct LeaveOneGroupOut: Splitter, Equatable {
  public init() {}

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    let groups = try samples.requireGroups(by: "LeaveOneGroupOut")
    let count = (groups.max() ?? -1) + 1
    try samples.check(max(count, 2), of: count, named: "group", by: "LeaveOneGroupOut")
    return Fold.folds(count, assignment: groups)
  }
}

extension Splitter where Self == LeaveOneGroupOut {
  /// As many folds as groups, each judged on one group.
  public static var leaveOneGroupOut: LeaveOneGroupOut { LeaveOneGroupOut() }
}
