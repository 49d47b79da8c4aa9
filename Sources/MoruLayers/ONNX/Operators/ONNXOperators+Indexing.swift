import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Elements picked, moved and put by their places.
  static let indexing: [String: ONNXRule] = [
    "Slice": single(slice),
    "Gather": single { call in
      let x = try call.value(0)
      let axis = try x.axis(try call.int("axis", default: 0))
      let indices = try call.tensor(1)
      return ONNXValue(x.plain.gathered(wrapped(indices, x.shape[axis]), axis: axis))
    },
    "GatherElements": single { call in
      let x = try call.value(0)
      let axis = try x.axis(try call.int("axis", default: 0))
      let indices = wrapped(try call.tensor(1), x.shape[axis])
      return ONNXValue(try flat(x.plain).gathered(places(of: indices, along: axis, in: x.shape)))
    },
    "GatherND": single { call in
      let (x, indices) = (try call.tensor(0), try call.tensor(1))
      let batch = try call.int("batch_dims", default: 0)
      let rows = try tuplePlaces(indices, in: x.shape, batch: batch)
      let inner = Array(x.shape.dimensions.dropFirst(batch + rows.width))
      let outer = x.shape.dimensions.dropLast(inner.count).reduce(1, *)
      let table = x.reshaped(to: Shape([outer] + inner))
      return ONNXValue(table.gathered(rows.places))
    },
    "ScatterElements": single { call in
      let x = try call.value(0)
      let axis = try x.axis(try call.int("axis", default: 0))
      let indices = wrapped(try call.tensor(1), x.shape[axis])
      let updates = try call.tensor(2)
      guard indices.rank == x.rank, updates.shape == indices.shape else {
        throw Mismatch("updates and indices differ in shape", "Check the file.")
      }
      let target = try places(of: indices, along: axis, in: x.shape)
      let all = try scattered(
        flat(x.plain), flat(target), flat(updates),
        reduction: try call.text("reduction", default: "none"))
      return ONNXValue(all.reshaped(to: x.shape))
    },
    "ScatterND": single { call in
      let (x, indices, updates) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
      let rows = try tuplePlaces(indices, in: x.shape, batch: 0)
      let inner = Array(x.shape.dimensions.dropFirst(rows.width))
      let outer = x.shape.dimensions.prefix(rows.width).reduce(1, *)
      let count = rows.places.shape.elementCount
      guard updates.shape.dimensions == rows.places.shape.dimensions + inner else {
        throw Mismatch("updates have the shape \(updates.shape)", "Check the file.")
      }
      let all = try scattered(
        x.reshaped(to: Shape([outer] + inner)), flat(rows.places),
        updates.reshaped(to: Shape([count] + inner)),
        reduction: try call.text("reduction", default: "none"))
      return ONNXValue(all.reshaped(to: x.shape))
    },
    "OneHot": single { call in
      let indices = try call.tensor(0)
      guard let depth = try call.ints(1).first, (1...1 << 24).contains(depth) else {
        throw Mismatch("its depth is no number of classes", "Check the file.")
      }
      let values = try call.tensor(2)
      let rank = indices.rank + 1
      let asked = try call.int("axis", default: -1)
      let axis = asked < 0 ? asked + rank : asked
      guard (0..<rank).contains(axis), values.shape == [2] else {
        throw call.refused("axis", "\(asked)")
      }
      let isOn =
        wrapped(indices.converted(to: .int64), depth).oneHot(depth: depth, dtype: .uint8) .== 1
      var order = Array(0..<rank - 1)
      order.insert(rank - 1, at: axis)
      func one(_ place: Int) -> Tensor { values.sliced(place..<place + 1).reshaped(to: []) }
      return ONNXValue(select(try isOn.checked(), one(1), one(0)).transposed(order))
    },
    "TopK": topK,
    "Pad": single(pad),
    "ReverseSequence": single { call in
      let x = try call.value(0)
      let time = try x.axis(try call.int("time_axis", default: 0))
      let batch = try x.axis(try call.int("batch_axis", default: 1))
      guard time != batch else { throw call.refused("time_axis", "\(time)") }
      let lengths = try call.tensor(1).converted(to: .int64)
      guard lengths.shape == [x.shape[batch]] else {
        throw Mismatch("it has lengths of shape \(lengths.shape)", "Check the file.")
      }
      var column = [Int](repeating: 1, count: x.rank)
      column[batch] = x.shape[batch]
      let length = lengths.reshaped(to: Shape(column))
      let step = Tensor.iota(x.shape, axis: time, dtype: .int64)
      let mirrored = select(step .< length, length - 1 - step, step)
      return ONNXValue(try flat(x.plain).gathered(places(of: mirrored, along: time, in: x.shape)))
    },
    "CenterCropPad": single { call in
      var x = try call.tensor(0)
      let axes = try call.ints("axes") ?? Array(0..<x.rank)
      let sizes = try call.ints(1)
      guard axes.count == sizes.count, sizes.allSatisfy({ (0...1 << 30).contains($0) }) else {
        throw Mismatch("sizes \(sizes) do not name axes \(axes)", "Check the file.")
      }
      for (axis, size) in zip(try axes.map { try ONNXValue(x).axis($0) }, sizes) {
        let excess = x.shape[axis] - size
        if excess >= 0 {
          x = x.sliced(excess / 2..<excess / 2 + size, axis: axis)
        } else {
          x = x.padded(
            axis: axis, low: -excess / 2, high: -excess - -excess / 2, value: number(0, x.dtype))
        }
        x = try x.checked()
      }
      return ONNXValue(x)
    },
  ]

  private static func flat(_ x: Tensor) -> Tensor { x.reshaped(to: [x.shape.elementCount]) }

  /// Indices that count from the end where they are negative.
  private static func wrapped(_ indices: Tensor, _ size: Int) -> Tensor {
    select(indices .< 0, indices + number(Double(size), indices.dtype), indices)
  }

  /// The places, in a flat tensor of `shape`, of elements whose index along one axis is given and whose
  /// other indices are their own.
  private static func places(of indices: Tensor, along axis: Int, in shape: Shape) throws -> Tensor
  {
    guard indices.rank == shape.rank,
      indices.shape.indices.allSatisfy({ $0 == axis || indices.shape[$0] <= shape[$0] })
    else {
      throw Mismatch("indices of shape \(indices.shape) do not fit \(shape)", "Check the file.")
    }
    let wide = indices.converted(to: .int64)
    let strides = shape.strides
    return indices.shape.indices.reduce(wide * Tensor(Double(strides[axis]))) { sum, other in
      other == axis
        ? sum
        : sum + Tensor.iota(indices.shape, axis: other, dtype: .int64)
          * Tensor(Double(strides[other]))
    }
  }

  /// Tuples of indices as places among the leading axes that they name.
  private static func tuplePlaces(
    _ indices: Tensor, in shape: Shape, batch: Int
  ) throws -> (places: Tensor, width: Int) {
    let width = indices.shape.last ?? 0
    guard indices.rank >= 1, batch >= 0, batch < indices.rank, batch + width <= shape.rank,
      width > 0,
      indices.shape.prefix(batch).elementsEqual(shape.prefix(batch))
    else {
      throw Mismatch("indices of shape \(indices.shape) do not fit \(shape)", "Check the file.")
    }
    let outer = Shape(Array(indices.shape.dimensions.dropLast()))
    let named = Shape(Array(shape.dimensions.prefix(batch + width)))
    var places = Tensor.zeros(outer, dtype: .int64)
    for axis in 0..<batch {
      places += Tensor.iota(outer, axis: axis, dtype: .int64) * Tensor(Double(named.strides[axis]))
    }
    for part in 0..<width {
      let index = indices.converted(to: .int64).sliced(part..<part + 1, axis: -1).reshaped(
        to: outer)
      places += wrapped(index, shape[batch + part]) * Tensor(Double(named.strides[batch + part]))
    }
    return (places, width)
  }

  /// Rows of a table replaced by updates, or combined with them.
  private static func scattered(
    _ table: Tensor, _ rows: Tensor, _ updates: Tensor, reduction: String
  ) throws -> Tensor {
    let add = Tensor.apply(
      .scatterAdd(ScatterAdd(axis: 0, size: table.shape[0])), rows, updates)
    switch reduction {
    case "add": return table + add
    case "none":
      // ONNX leaves open what happens to a row that is named twice; here its updates are added.
      let hits = Tensor.apply(
        .scatterAdd(ScatterAdd(axis: 0, size: table.shape[0])), rows,
        Tensor.ones(rows.shape, dtype: .int32))
      let column = Shape([table.shape[0]] + table.shape.dropFirst().map { _ in 1 })
      return select(hits.reshaped(to: column) .> 0, add, table)
    default:
      throw Mismatch(
        "its reduction is \"\(reduction)\"", "Export the model with \"none\" or \"add\".")
    }
  }

  private static func slice(_ call: ONNXCall) throws -> ONNXValue {
    var x = try call.value(0)
    let (starts, ends) = (try call.ints(1), try call.ints(2))
    let axes = call.optional(3) == nil ? Array(0..<starts.count) : try call.ints(3)
    let steps = call.optional(4) == nil ? starts.map { _ in 1 } : try call.ints(4)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
      throw Mismatch("starts, ends, axes and steps differ in number", "Check the file.")
    }
    for place in starts.indices {
      let axis = try x.axis(axes[place])
      let (size, step) = (x.shape[axis], steps[place])
      guard step != 0, step > -(1 << 62) else {
        throw Mismatch("a step is \(step)", "Check the file.")
      }
      func end(_ value: Int, _ range: ClosedRange<Int>) -> Int {
        let counted = value < 0 ? value + size : value
        return min(max(counted, range.lowerBound), range.upperBound)
      }
      if step > 0 {
        let (start, stop) = (end(starts[place], 0...size), end(ends[place], 0...size))
        x = x.mapped {
          $0.sliced(start..<max(start, stop), axis: x.place(axis), stride: min(step, max(size, 1)))
        }
      } else {
        // Backwards: of the mirrored elements those from the mirrored start on. Unlike an end, a start
        // below the axis is its first element.
        let start = max(0, size - 1 - end(starts[place], 0...max(size - 1, 0)))
        let stop = size - 1 - end(ends[place], -1...max(size - 1, -1))
        x = x.mapped {
          $0.reversed(axes: [x.place(axis)])
            .sliced(start..<max(start, stop), axis: x.place(axis), stride: min(-step, max(size, 1)))
        }
      }
      _ = try x.tensor.checked()
    }
    return x
  }

  /// The greatest (or least) entries one after the other: the first is found, hidden and so on, which
  /// takes as many passes as entries are asked for.
  private static func topK(_ call: ONNXCall) throws -> [ONNXValue] {
    let x = try call.value(0)
    let axis = try x.axis(try call.int("axis", default: -1))
    let place = x.place(axis)
    let size = x.shape[axis]
    guard let count = try call.ints(1).first, (0...min(size, 1024)).contains(count) else {
      throw Mismatch("it asks for more than 1024 entries, or than there are", "Ask for fewer.")
    }
    let largest = try call.flag("largest", default: true)
    let values = x.dtype == .uint8 ? x.tensor.converted(to: .int32) : x.tensor
    let rest = largest ? values : -values
    var hidden = Tensor(HostTensor(repeating: false, shape: [])).broadcast(to: rest.shape)
    var (found, places): ([Tensor], [Tensor]) = ([], [])
    for _ in 0..<count {
      // What was taken counts as less than the least; ties go to the first that is left.
      let least = rest.min(axes: [place], keepingAxes: true)
      let open = select(hidden, least, rest)
      let best = open.max(axes: [place], keepingAxes: true)
      let isBest = (open .== best) .& !hidden
      let index = isBest.converted(to: .int32).argMax(axis: place).expanded(at: place)
      let isTaken = Tensor.iota(rest.shape, axis: place) .== index
      hidden = hidden .| isTaken
      found.append(
        select(isTaken, values, ONNXOperators.number(0, values.dtype)).sum(
          axes: [place], keepingAxes: true))
      places.append(index.converted(to: .int64))
      _ = try hidden.checked()
    }
    guard count > 0 else { throw Mismatch("it asks for no entries", "Check the file.") }
    return [
      ONNXValue(concatenate(found, axis: place).converted(to: x.dtype), order: x.order),
      ONNXValue(concatenate(places, axis: place), order: x.order),
    ]
  }

  private static func pad(_ call: ONNXCall) throws -> ONNXValue {
    let x = try call.value(0)
    let mode = try call.expect(
      "mode", in: ["constant", "edge", "reflect", "wrap"], default: "constant")
    let pads = try call.ints(1)
    let axes = try call.optional(3) == nil ? Array(0..<x.rank) : call.ints(3).map { try x.axis($0) }
    guard pads.count == 2 * axes.count, pads.allSatisfy({ (-(1 << 30)...1 << 30).contains($0) })
    else {
      throw Mismatch("pads \(pads) are not two for each axis", "Check the file.")
    }
    let value = call.optional(2).map { $0.plain.reshaped(to: []) } ?? number(0, x.dtype)
    var result = x.tensor
    for (index, axis) in axes.enumerated() {
      let place = x.place(axis)
      let (low, high) = (pads[index], pads[axes.count + index])
      // A negative pad takes elements away.
      let (cutLow, cutHigh) = (max(0, -low), max(0, -high))
      guard cutLow + cutHigh <= result.shape[place] else {
        throw Mismatch("pads \(pads) take away more than there is", "Check the file.")
      }
      result = result.sliced(cutLow..<result.shape[place] - cutHigh, axis: place)
      result = try padded(
        result, place, max(0, low), max(0, high), mode: mode, value: value
      ).checked()
    }
    return ONNXValue(result, order: x.order)
  }

  private static func padded(
    _ x: Tensor, _ axis: Int, _ low: Int, _ high: Int, mode: String, value: Tensor
  ) throws -> Tensor {
    guard low > 0 || high > 0 else { return x }
    guard mode != "constant" else {
      return x.padded(axis: axis, low: low, high: high, value: value)
    }
    let size = x.shape[axis]
    guard size > 0, low <= 1 << 24, high <= 1 << 24, size <= 1 << 24 else {
      throw Mismatch("it has nothing to pad with", "Export the model with less padding.")
    }
    let places = (-low..<size + high).map { place -> Int32 in
      switch mode {
      case "edge": return Int32(min(max(place, 0), size - 1))
      case "wrap": return Int32(((place % size) + size) % size)
      default:
        // Back and forth without the border twice.
        let period = max(2 * size - 2, 1)
        let folded = ((place % period) + period) % period
        return Int32(folded < size ? folded : period - folded)
      }
    }
    return x.gathered(Tensor(HostTensor(places)), axis: axis)
  }
}
