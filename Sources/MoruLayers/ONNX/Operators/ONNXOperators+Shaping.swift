import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// The same elements in other shapes, and shapes themselves.
  static let shaping: [String: ONNXRule] = [
    "Reshape": single(reshape),
    "Flatten": single { call in
      let x = try call.tensor(0)
      let axis = try call.int("axis", default: 1)
      let place = axis < 0 ? axis + x.rank : axis
      guard (0...x.rank).contains(place) else { throw call.refused("axis", "\(axis)") }
      let rows = x.shape[..<place].reduce(1, *)
      return ONNXValue(x.reshaped(to: [rows, x.shape[place...].reduce(1, *)]))
    },
    "Transpose": single { call in
      let x = try call.value(0)
      let order = try call.ints("perm") ?? Array((0..<x.rank).reversed())
      guard order.sorted() == Array(0..<x.rank) else { throw call.refused("perm", "\(order)") }
      return x.transposed(order)
    },
    "Squeeze": single { call in
      let x = try call.value(0)
      let axes =
        try call.ints(1, or: "axes").map(x.axes) ?? x.shape.indices.filter { x.shape[$0] == 1 }
      guard axes.allSatisfy({ x.shape[$0] == 1 }) else {
        throw Mismatch(
          "axes \(axes) of shape \(x.shape) have more than one element", "Check the file.")
      }
      return x.withoutAxes(axes)
    },
    "Unsqueeze": single { call in
      let x = try call.tensor(0)
      let asked = try call.ints(1, or: "axes") ?? []
      let rank = x.rank + asked.count
      let axes = asked.map { $0 < 0 ? $0 + rank : $0 }
      guard Set(axes).count == axes.count, axes.allSatisfy((0..<rank).contains) else {
        throw Mismatch("axes \(asked) are none of \(rank)", "Check the file.")
      }
      var sizes = x.shape.dimensions[...]
      return ONNXValue(
        x.reshaped(to: Shape((0..<rank).map { axes.contains($0) ? 1 : sizes.removeFirst() })))
    },
    "Shape": single { call in
      let sizes = try call.value(0).shape.dimensions
      func place(_ name: String, default standard: Int) throws -> Int {
        let asked = try call.int(name, default: standard)
        return min(max(asked < 0 ? asked + sizes.count : asked, 0), sizes.count)
      }
      let (start, end) = (try place("start", default: 0), try place("end", default: sizes.count))
      return ONNXValue(HostTensor(sizes[start..<max(start, end)].map(Int64.init)))
    },
    "Size": single { ONNXValue(HostTensor(Int64(try $0.value(0).shape.elementCount))) },
    "Expand": single { call in
      let x = try call.value(0)
      let wanted = try Shape(computed: try call.ints(1))
      guard let shape = x.shape.broadcast(with: wanted) else {
        throw Mismatch("\(x.shape) does not expand to \(wanted)", "Check the file.")
      }
      _ = try Shape(computed: shape.dimensions)
      let led = x.leading(to: shape.rank)
      return led.mapped { $0.broadcast(to: Shape(led.order.map { shape[$0] })) }
    },
    "Tile": single { call in
      let x = try call.tensor(0)
      let repeats = try call.ints(1)
      guard repeats.count == x.rank, repeats.allSatisfy({ $0 >= 0 }) else {
        throw Mismatch("repeats \(repeats) do not name \(x.rank) axes", "Check the file.")
      }
      // Each axis gets one before it, along which it is repeated.
      let pairs = try Shape(computed: zip(repeats, x.shape).flatMap { [$0, $1] })
      let axes = x.shape.indices.map { 2 * $0 + 1 }
      let repeated = Tensor.apply(.broadcast(Broadcast(shape: pairs, axes: axes)), x)
      return ONNXValue(repeated.reshaped(to: Shape(zip(repeats, x.shape).map { $0 * $1 })))
    },
    "Concat": single { call in
      let values = try call.values()
      let order = ONNXValue.jointOrder(values)
      guard values.allSatisfy({ $0.rank == order.count }) else {
        throw Mismatch("its inputs have different numbers of axes", "Check the file.")
      }
      let axis = try values[0].axis(try call.int("axis", default: 0))
      return ONNXValue(
        concatenate(values.map { $0.arranged(order) }, axis: order.firstIndex(of: axis) ?? 0),
        order: order)
    },
    "Split": split,
    "DepthToSpace": single { call in
      let block = try call.int("blocksize", default: 1)
      let columnFirst = try call.expect("mode", in: ["DCR", "CRD"], default: "DCR") == "CRD"
      let x = try call.pictures(dividing: 1, by: [block, block])
      let s = x.shape
      let channels = s[1] / block / block
      let parts: Shape =
        columnFirst
        ? [s[0], channels, block, block, s[2], s[3]] : [s[0], block, block, channels, s[2], s[3]]
      let order = columnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
      return ONNXValue(
        x.reshaped(to: parts).transposed(order)
          .reshaped(to: [s[0], channels, s[2] * block, s[3] * block]))
    },
    "SpaceToDepth": single { call in
      let block = try call.int("blocksize", default: 1)
      let x = try call.pictures(dividing: 2, by: [block])
      let s = x.shape
      guard s[3] % block == 0 else { throw call.refused("blocksize", "\(block)") }
      return ONNXValue(
        x.reshaped(to: [s[0], s[1], s[2] / block, block, s[3] / block, block])
          .transposed([0, 3, 5, 1, 2, 4])
          .reshaped(to: [s[0], s[1] * block * block, s[2] / block, s[3] / block]))
    },
    "ConstantOfShape": single { call in
      let shape = try Shape(computed: try call.ints(0))
      guard case .tensor(let constant) = call.node.attributes["value"] else {
        return ONNXValue(Tensor.zeros(shape))
      }
      guard constant.value.count == 1 else { throw call.refused("value", "not one number") }
      return ONNXValue(Tensor(constant.value).reshaped(to: []).broadcast(to: shape))
    },
    "Range": single { call in
      let ends = try (0..<3).map { try call.doubles($0).first ?? 0 }
      let dtype = try call.value(0).dtype
      let steps = ((ends[1] - ends[0]) / ends[2]).rounded(.up)
      guard steps < 0x1p31 else {
        throw Mismatch("it has \(steps) steps", "Export the model with a step that is not 0.")
      }
      let count = Int(max(steps, 0))
      let places = Tensor.iota([count], dtype: dtype)
      return ONNXValue(places * number(ends[2], dtype) + number(ends[0], dtype))
    },
    "EyeLike": single { call in
      let x = try call.value(0)
      guard x.rank == 2 else { throw Mismatch("its input is no matrix", "Check the file.") }
      var dtype = x.dtype
      if case .string(let name) = call.node.attributes["dtype"] {
        dtype = DType(rawValue: name) ?? dtype
      }
      let shift = try call.int("k", default: 0)
      let isOn =
        Tensor.iota(x.shape, axis: 1) .== Tensor.iota(x.shape, axis: 0) + Tensor(Double(shift))
      return ONNXValue(isOn.converted(to: dtype))
    },
    "Trilu": single { call in
      let x = try call.tensor(0)
      guard x.rank >= 2 else { throw Mismatch("its input is no matrix", "Check the file.") }
      let shift = call.optional(1) == nil ? 0 : try call.ints(1).first ?? 0
      let bounded = Tensor(Double(min(max(shift, -(1 << 30)), 1 << 30)))
      let sizes = Shape(Array(x.shape.dimensions.suffix(2)))
      let distance = Tensor.iota(sizes, axis: 1) - Tensor.iota(sizes, axis: 0)
      let isKept =
        try call.flag("upper", default: true) ? distance .>= bounded : distance .<= bounded
      let isOn = isKept.broadcast(to: x.shape)
      return ONNXValue(
        x.dtype == .bool ? x .& isOn : select(isOn, x, Tensor(0).converted(to: x.dtype)))
    },
  ]

  /// A number as a constant of some type.
  static func number(_ value: Double, _ dtype: DType) -> Tensor {
    Tensor(HostTensor(value).converted(to: dtype))
  }

  private static func reshape(_ call: ONNXCall) throws -> ONNXValue {
    let x = try call.tensor(0)
    var sizes = try call.ints(1)
    let keepsZeros = try call.flag("allowzero")
    for place in sizes.indices where sizes[place] == 0 && !keepsZeros && place < x.rank {
      sizes[place] = x.shape[place]
    }
    let known = try Shape(computed: sizes.filter { $0 != -1 })
    if let open = sizes.firstIndex(of: -1) {
      guard known.elementCount > 0, x.shape.elementCount % known.elementCount == 0 else {
        throw Mismatch("\(x.shape) has no place in \(sizes)", "Check the file.")
      }
      sizes[open] = x.shape.elementCount / known.elementCount
    }
    return ONNXValue(x.reshaped(to: try Shape(computed: sizes)))
  }

  private static func split(_ call: ONNXCall) throws -> [ONNXValue] {
    let x = try call.value(0)
    let axis = try x.axis(try call.int("axis", default: 0))
    let size = x.shape[axis]
    guard size <= 1 << 40 else { throw Mismatch("it splits \(size) elements", "Check the file.") }
    let count = try call.int("num_outputs", default: call.node.outputs.count)
    guard count > 0, count == call.node.outputs.count else {
      throw Mismatch(
        "it makes \(count) parts for \(call.node.outputs.count) outputs", "Check the file.")
    }
    let share = (size + count - 1) / count
    let sizes =
      try call.ints(1, or: "split") ?? (0..<count).map { max(0, min(share, size - $0 * share)) }
    guard sizes.allSatisfy({ (0...size).contains($0) }), sizes.reduce(0, +) == size,
      sizes.count == count
    else { throw Mismatch("parts of \(sizes) are not all of \(size)", "Check the file.") }
    var start = 0
    return sizes.map { part in
      defer { start += part }
      return x.mapped { $0.sliced(start..<start + part, axis: x.place(axis)) }
    }
  }
}

extension ONNXCall {
  /// Pictures `[batch, channels, height, width]` of which an axis divides into parts.
  fileprivate func pictures(dividing axis: Int, by factors: [Int]) throws -> Tensor {
    let x = try tensor(0)
    guard x.rank == 4, factors.allSatisfy({ (1...1 << 15).contains($0) }),
      x.shape[axis] > 0, x.shape[axis] % factors.reduce(1, *) == 0
    else { throw refused("blocksize", "\(factors[0]), which does not divide \(x.shape)") }
    return x
  }
}
