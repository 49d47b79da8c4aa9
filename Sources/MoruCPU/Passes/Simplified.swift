import MoruGraph

extension Graph {
  /// The graph that is compiled: the same results with less work, inside loops too.
  func simplified() -> Graph {
    mappingBodies { $0.simplified() }.foldingTransposedProducts().factoringSums()
      .sharingCommonSubexpressions().removingDeadCode()
      .activatingAfterPooling().removingDeadCode()
  }
}
