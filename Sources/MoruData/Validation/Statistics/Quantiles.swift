import MoruTensors

/// Bins between quantiles of sorted numbers.
package enum Quantiles {
  /// Inner edges that cut sorted numbers into at most `count` bins of about equal size; equal edges
  /// are given once.
  static func edges(of sorted: [Double], bins count: Int) -> [Double] {
    guard !sorted.isEmpty, count > 1 else { return [] }
    var edges: [Double] = []
    for place in 1..<count {
      let edge = sorted.quantile(Double(place) / Double(count))
      if edge != edges.last { edges.append(edge) }
    }
    return edges
  }

  /// The bin of a number: how many edges lie below it.
  static func bin(of number: Double, in edges: [Double]) -> Int {
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
