import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Combinations of all elements along some axes.
  static let reductions: [String: ONNXRule] = [
    "ReduceSum": reduction { $0.sum(axes: $1, keepingAxes: true) },
    "ReduceMean": reduction { $0.mean(axes: $1, keepingAxes: true) },
    "ReduceProd": reduction { $0.product(axes: $1, keepingAxes: true) },
    "ReduceMax": reduction { x, axes in
      guard x.dtype == .bool else { return x.max(axes: axes, keepingAxes: true) }
      return x.converted(to: .uint8).max(axes: axes, keepingAxes: true).converted(to: .bool)
    },
    "ReduceMin": reduction { x, axes in
      guard x.dtype == .bool else { return x.min(axes: axes, keepingAxes: true) }
      return x.converted(to: .uint8).min(axes: axes, keepingAxes: true).converted(to: .bool)
    },
    "ReduceL1": reduction { abs($0).sum(axes: $1, keepingAxes: true) },
    "ReduceL2": reduction { sqrt(square($0).sum(axes: $1, keepingAxes: true)) },
    "ReduceLogSum": reduction { log($0.sum(axes: $1, keepingAxes: true)) },
    "ReduceSumSquare": reduction { square($0).sum(axes: $1, keepingAxes: true) },
    "ReduceLogSumExp": reduction { x, axes in
      let greatest = x.max(axes: axes, keepingAxes: true)
      // Of nothing but −∞ the greatest must not be subtracted.
      let shift = select(isFinite(greatest), greatest, 0).stoppingGradient()
      return log(exp(x - shift).sum(axes: axes, keepingAxes: true)) + shift
    },
    "ArgMax": extreme { $0 }, "ArgMin": extreme { -$0 },
    "CumSum": single { call in
      let x = try call.value(0)
      guard let axis = try call.ints(1).first else {
        throw Mismatch("it has no axis", "Check the file.")
      }
      let (exclusive, reversed) = (try call.flag("exclusive"), try call.flag("reverse"))
      let place = x.place(try x.axis(axis))
      return x.mapped { $0.cumulativeSum(axis: place, exclusive: exclusive, reversed: reversed) }
    },
  ]

  /// A reduction over the axes that an input or an attribute names: all if none does.
  private static func reduction(
    _ function: @escaping @Sendable (Tensor, [Int]) -> Tensor
  ) -> ONNXRule {
    single { call in
      let x = try call.value(0)
      var axes = try x.axes(try call.ints(1, or: "axes") ?? [])
      if axes.isEmpty {
        if try call.flag("noop_with_empty_axes") { return try reducedOverNothing(x, function) }
        axes = Array(0..<x.rank)
      }
      let reduced = function(x.tensor, axes.map(x.place))
      let kept = ONNXValue(try reduced.checked(), order: x.order)
      return try call.flag("keepdims", default: true) ? kept : kept.withoutAxes(axes)
    }
  }

  /// What a reduction makes of each element by itself: the square, say, of a sum of squares.
  private static func reducedOverNothing(
    _ x: ONNXValue, _ function: (Tensor, [Int]) -> Tensor
  ) throws -> ONNXValue {
    let shape = x.tensor.shape
    return ONNXValue(
      try function(x.tensor.expanded(at: x.rank), [x.rank]).checked().reshaped(to: shape),
      order: x.order)
  }

  /// The index of an extreme.
  private static func extreme(
    _ function: @escaping @Sendable (Tensor) -> Tensor
  ) -> ONNXRule {
    single { call in
      let x = try call.value(0)
      let axis = try x.axis(try call.int("axis", default: 0))
      let place = x.place(axis)
      let last = try call.flag("select_last_index")
      var values = function(x.dtype == .uint8 ? x.tensor.converted(to: .int32) : x.tensor)
      if last { values = values.reversed(axes: [place]) }
      var found = values.argMax(axis: place).converted(to: .int64)
      if last { found = Tensor(Double(x.shape[axis] - 1)) - found }
      let kept = ONNXValue(try found.checked().expanded(at: place), order: x.order)
      return try call.flag("keepdims", default: true) ? kept : kept.withoutAxes([axis])
    }
  }
}

extension ONNXValue {
  /// The value without some axes of one element.
  func withoutAxes(_ axes: [Int]) -> ONNXValue {
    let kept = order.indices.filter { !axes.contains(order[$0]) }
    let left = kept.map { place in order[place] - axes.count { $0 < order[place] } }
    return ONNXValue(tensor.reshaped(to: Shape(kept.map { tensor.shape[$0] })), order: left)
  }
}
