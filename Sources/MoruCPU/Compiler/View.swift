import MoruTensors

/// A value as a window on a buffer: broadcasts, transposes, slices and reversals move no data.
struct View: Equatable {
  var buffer: Int
  /// Distance of the first element from the buffer's start, in elements.
  var offset = 0
  var shape: [Int]
  /// Distance between neighbours along each axis, in elements.
  var strides: [Int]
  let dtype: DType

  /// A whole buffer in row-major order.
  init(buffer: Int, shape: Shape, dtype: DType) {
    self.buffer = buffer
    self.shape = shape.dimensions
    self.strides = shape.strides
    self.dtype = dtype
  }

  var count: Int { shape.reduce(1, *) }
  var byteOffset: Int { offset * dtype.byteCount }
  /// Bytes of the elements that it shows; repeated ones count once.
  var touchedBytes: Int {
    zip(shape, strides).reduce(dtype.byteCount) { $1.1 == 0 && $1.0 > 0 ? $0 : $0 * $1.0 }
  }

  /// Whether the elements lie in row-major order without gaps.
  var isContiguous: Bool {
    var expected = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      guard strides[axis] == expected else { return false }
      expected *= shape[axis]
    }
    return true
  }

  /// Whether elements are shown several times.
  var isRepeated: Bool { zip(shape, strides).contains { $0 != 1 && $1 == 0 } }

  func broadcast(to target: [Int], axes: [Int]) -> View {
    var result = self
    result.shape = target
    result.strides = [Int](repeating: 0, count: target.count)
    for (axis, place) in axes.enumerated() where shape[axis] == target[place] && shape[axis] != 1 {
      result.strides[place] = strides[axis]
    }
    return result
  }

  func transposed(_ permutation: [Int]) -> View {
    var result = self
    result.shape = permutation.map { shape[$0] }
    result.strides = permutation.map { strides[$0] }
    return result
  }

  func sliced(starts: [Int], steps: [Int], shape: [Int]) -> View {
    var result = self
    result.shape = shape
    if !shape.contains(0) { result.offset += zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 } }
    result.strides = zip(strides, steps).map { $0 * $1 }
    return result
  }

  func reversed(_ axes: [Int]) -> View {
    var result = self
    for axis in axes where shape[axis] > 0 {
      result.offset += (shape[axis] - 1) * strides[axis]
      result.strides[axis] = -strides[axis]
    }
    return result
  }

  /// The same elements under another shape, or nil if that needs a copy.
  func reshaped(to target: [Int]) -> View? {
    var result = self
    result.shape = target
    if isContiguous || count == 0 {
      result.strides = Shape(target).strides
      return result
    }
    // Axes of size 1 come and go freely.
    let kept = shape.indices.filter { shape[$0] != 1 }
    guard kept.map({ shape[$0] }) == target.filter({ $0 != 1 }) else { return nil }
    var remaining = kept.map { strides[$0] }[...]
    result.strides = target.map { $0 == 1 ? 0 : remaining.removeFirst() }
    return result
  }

  /// The stride of several axes walked as one, or nil if they do not lie one after the other.
  func mergedStride(_ axes: [Int]) -> Int? {
    let long = axes.filter { shape[$0] != 1 }
    for (outer, inner) in zip(long, long.dropFirst())
    where strides[outer] != strides[inner] * shape[inner] { return nil }
    return long.last.map { strides[$0] } ?? 1
  }
}

extension [View] {
  /// Bytes of the elements that they show.
  var touchedBytes: Int { reduce(0) { $0 + $1.touchedBytes } }
}
