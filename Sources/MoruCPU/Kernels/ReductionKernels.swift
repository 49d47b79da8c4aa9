import MoruGraph

/// A reduction as alternating kept and reduced axes, neighbours of one sort merged.
struct ReductionShape: Equatable {
  /// Sizes of the merged axes.
  var sizes: [Int] = []
  /// Which of them are reduced.
  var isReduced: [Bool] = []

  init(dimensions: [Int], axes: [Int]) {
    for (axis, size) in dimensions.enumerated() where size != 1 {
      let reduced = axes.contains(axis)
      if isReduced.last == reduced {
        sizes[sizes.count - 1] *= size
      } else {
        sizes.append(size)
        isReduced.append(reduced)
      }
    }
  }
}

/// Reductions of any element type.
enum ReductionKernels {
  static func reduce<T: KernelElement>(
    _ kind: Reduce.Kind, _ shape: ReductionShape, of x: UnsafePointer<T>,
    into y: UnsafeMutablePointer<T>
  ) {
    switch kind {
    case .sum: reduce(shape, x, y, T.zero, T.sum)
    case .product: reduce(shape, x, y, T.one, T.product)
    case .maximum: reduce(shape, x, y, T.least) { $0 > $1 || $0.isNaN ? $0 : $1 }
    case .minimum: reduce(shape, x, y, T.greatest) { $0 < $1 || $0.isNaN ? $0 : $1 }
    }
  }

  @inline(__always)
  private static func reduce<T: KernelElement>(
    _ shape: ReductionShape, _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ first: T,
    _ step: (T, T) -> T
  ) {
    let kept = zip(shape.sizes, shape.isReduced).reduce(1) { $1.1 ? $0 : $0 * $1.0 }
    y.update(repeating: first, count: kept)
    var outputStrides = [Int](repeating: 0, count: shape.sizes.count)
    var stride = 1
    for axis in shape.sizes.indices.reversed() where !shape.isReduced[axis] {
      outputStrides[axis] = stride
      stride *= shape.sizes[axis]
    }
    guard let inner = shape.sizes.last, let isInnerReduced = shape.isReduced.last else {
      y[0] = step(first, x[0])
      return
    }
    var row = 0
    Odometer.forEach(Array(shape.sizes.dropLast()), Array(outputStrides.dropLast())) { offset in
      let values = x + row * inner
      let target = y + offset
      if isInnerReduced {
        var total = target.pointee
        for i in 0..<inner { total = step(total, values[i]) }
        target.pointee = total
      } else {
        for i in 0..<inner { target[i] = step(target[i], values[i]) }
      }
      row += 1
    }
  }
}

/// Walks over the offsets of a strided array in row-major order.
enum Odometer {
  @inline(__always)
  static func forEach(_ sizes: [Int], _ strides: [Int], _ body: (Int) -> Void) {
    guard sizes.allSatisfy({ $0 > 0 }) else { return }
    var index = [Int](repeating: 0, count: sizes.count)
    var offset = 0
    while true {
      body(offset)
      var axis = sizes.count - 1
      while axis >= 0 {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < sizes[axis] { break }
        offset -= strides[axis] * sizes[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
