package import MoruGraph

extension Graph {
  /// The graph that is compiled: the same results with less work, inside loops too.
  ///
  /// - Parameter replaced: Places of resident values that a run replaces.
  package func simplified(replaced: Set<Int> = []) -> Graph {
    let graph = wideningArithmetic().mappingBodies { $0.simplified() }.droppingIdleReductions()
      .canonical().foldingTransposedProducts().factoringSums().sharingCommonSubexpressions()
      .removingDeadCode().activatingAfterPooling()
    return graph.foldingScales(isInvariant: graph.invariantValues(replaced: replaced))
      .sharingCommonSubexpressions().removingDeadCode().comparingActivatedProducts()
  }
}
