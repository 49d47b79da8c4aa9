import MoruTensors

extension Tensor {
  /// The sum over `axes` (all if nil).
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.sum, axes, keepingAxes)
  }

  /// The product over `axes` (all if nil).
  public func product(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.product, axes, keepingAxes)
  }

  /// The greatest element over `axes` (all if nil).
  public func max(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.maximum, axes, keepingAxes)
  }

  /// The least element over `axes` (all if nil).
  public func min(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.minimum, axes, keepingAxes)
  }

  /// The arithmetic mean over `axes` (all if nil).
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let total = sum(axes: axes, keepingAxes: keepingAxes)
    guard error == nil, total.error == nil else { return total }
    let count = shape.elementCount / Swift.max(total.shape.elementCount, 1)
    return total * Tensor(1 / Double(count))
  }

  /// The mean squared distance from the mean over `axes` (all if nil): the biased variance.
  public func variance(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    square(self - mean(axes: axes, keepingAxes: true)).mean(axes: axes, keepingAxes: keepingAxes)
  }

  /// The Int32 index of the greatest element along one axis, the first of equal ones.
  public func argMax(axis: Int = -1) -> Tensor {
    guard error == nil else { return self }
    guard let place = shape.axis(axis) else { return noAxis("argMax", axis) }
    return .apply(.argMax(ArgMax(axis: place)), self)
  }

  /// Each element is the sum of those up to it along one axis.
  public func cumulativeSum(
    axis: Int, exclusive: Bool = false, reversed: Bool = false
  ) -> Tensor {
    guard error == nil else { return self }
    guard let place = shape.axis(axis) else { return noAxis("cumulativeSum", axis) }
    return .apply(
      .cumulativeSum(CumulativeSum(axis: place, isExclusive: exclusive, isReversed: reversed)), self
    )
  }

  private func reduced(_ kind: Reduce.Kind, _ axes: [Int]?, _ keepingAxes: Bool) -> Tensor {
    guard error == nil else { return self }
    let asked = axes ?? Array(0..<rank)
    let places = asked.compactMap { shape.axis($0) }
    guard places.count == asked.count else {
      return noAxis("reduce", asked.first { shape.axis($0) == nil } ?? 0)
    }
    guard !places.isEmpty else { return self }
    let reduced = Tensor.apply(.reduce(Reduce(kind: kind, axes: places.sorted())), self)
    guard keepingAxes, reduced.error == nil else { return reduced }
    var kept = shape.dimensions
    for place in places { kept[place] = 1 }
    return reduced.reshaped(to: Shape(kept))
  }
}
