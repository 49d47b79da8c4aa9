/// Quantiles of sorted numbers.
package enum Quantiles {
  /// The number below which a share lies, by linear interpolation between neighbours, as NumPy's
  /// default does; `sorted` must not be empty.
  package static func value(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    guard low + 1 < sorted.count else { return sorted[sorted.count - 1] }
    return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
  }

  /// Inner edges that cut sorted numbers into at most `count` bins of about equal size; equal edges
  /// are given once.
  static func edges(of sorted: [Double], bins count: Int) -> [Double] {
    guard !sorted.isEmpty, count > 1 else { return [] }
    var edges: [Double] = []
    for place in 1..<count {
      let edge = value(Double(place) / Double(count), of: sorted)
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
