package import MoruGraph

extension Graph {
  /// For each value whether it is the same in every run until somebody writes a parameter: it is
  /// made of constants and of resident values that no run of this graph replaces, by operations
  /// that prepare parameters: elementwise ones, reductions and movements of data.
  ///
  /// - Parameter replaced: Places in `resident` that a run replaces, under whatever name.
  package func invariantValues(replaced: Set<Int>) -> [Bool] {
    var isInvariant = [Bool](repeating: false, count: types.count)
    for (place, value) in resident.enumerated() { isInvariant[value] = !replaced.contains(place) }
    for node in nodes where node.primitive.preparesParameters {
      let isFixed = node.operands.allSatisfy { isInvariant[$0] }
      for result in node.results { isInvariant[result] = isFixed }
    }
    return isInvariant
  }
}

extension Primitive {
  /// Whether its cost and its result are of the order of its operands, so that a result is worth
  /// keeping between runs.
  fileprivate var preparesParameters: Bool {
    switch self {
    case .constant, .iota, .unary, .binary, .compare, .select, .convert, .reshape, .transpose,
      .broadcast, .concatenate, .slice, .pad, .reverse, .reduce:
      true
    default: false
    }
  }
}
