import MoruGraph

extension Graph {
  /// The graph that is compiled: the same results with less work.
  func simplified() -> Graph {
    foldingTransposedProducts().sharingCommonSubexpressions().removingDeadCode()
      .activatingAfterPooling().removingDeadCode()
  }
}
