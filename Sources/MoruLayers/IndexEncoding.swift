import MoruGraph
import MoruTensors

/// What layers that make category numbers give.
public enum IndexEncoding: String, Codable, Sendable, CaseIterable {
  /// The numbers.
  case int
  /// A one at each number's place on a new last axis, which replaces a last axis of size 1.
  case oneHot
  /// Ones at the places of all numbers of the last axis.
  case multiHot
  /// How often each number stands on the last axis.
  case count

  func encoded(_ indices: Tensor, depth: Int) -> Tensor {
    guard indices.error == nil, self != .int else { return indices }
    let marks = indices.oneHot(depth: depth)
    switch self {
    case .int, .oneHot:
      let isColumn = indices.rank >= 2 && indices.shape[indices.rank - 1] == 1
      return isColumn ? marks.max(axes: [indices.rank - 1]) : marks
    // A vector holds one number for each sample.
    case .multiHot: return indices.rank == 1 ? marks : marks.max(axes: [indices.rank - 1])
    case .count: return indices.rank == 1 ? marks : marks.sum(axes: [indices.rank - 1])
    }
  }
}
