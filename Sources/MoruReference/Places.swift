import MoruTensors

/// One axis of a walk through memory: how many steps, and how far each goes.
struct Walk {
  let count: Int
  let stride: Int
}

/// The places that nested loops over `axes`, outermost first, visit in turn.
func places(from start: Int = 0, _ axes: [Walk]) -> [Int] {
  axes.reduce(into: [start]) { places, axis in
    places = places.flatMap { place in (0..<axis.count).map { place + $0 * axis.stride } }
  }
}

extension Shape {
  /// The places of the elements whose index is 0 along all axes but `axes`, in the order of nested
  /// loops over those.
  func places(along axes: some Sequence<Int>) -> [Int] {
    let strides = strides
    return MoruReference.places(axes.map { Walk(count: self[$0], stride: strides[$0]) })
  }

  /// The axes that are not among `axes`.
  func axes(without axes: [Int]) -> [Int] { indices.filter { !axes.contains($0) } }

  /// Every index, in row-major order.
  var everyIndex: [[Int]] {
    reduce(into: [[]]) { found, size in
      found = found.flatMap { index in (0..<size).map { index + [$0] } }
    }
  }
}
