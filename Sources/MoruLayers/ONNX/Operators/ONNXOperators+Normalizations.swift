import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Normalizations.
  static let normalizations: [String: ONNXRule] = [
    "BatchNormalization": batchNormalization,
    "InstanceNormalization": single { call in
      let x = try call.value(0)
      let axes = x.order.indices.filter { x.order[$0] >= 2 }
      let epsilon = try call.double("epsilon", default: 1e-5)
      let normal = normalized(x.tensor, axes, epsilon)
      let (scale, bias) = (try x.channelVector(call.value(1)), try x.channelVector(call.value(2)))
      return ONNXValue(normal * scale + bias, order: x.order)
    },
    "LayerNormalization": { call in
      let x = try call.tensor(0)
      let first = try ONNXValue(x).axis(try call.int("axis", default: -1))
      let axes = Array(first..<x.rank)
      let epsilon = try call.double("epsilon", default: 1e-5)
      let mean = x.mean(axes: axes, keepingAxes: true)
      let inverse = rsqrt(
        square(x - mean).mean(axes: axes, keepingAxes: true) + Tensor(epsilon))
      var y = (x - mean) * inverse * (try call.tensor(1))
      if call.optional(2) != nil { y += try call.tensor(2) }
      return [ONNXValue(y), ONNXValue(mean), ONNXValue(inverse)]
    },
    "GroupNormalization": single { call in
      let x = try call.tensor(0)
      let groups = try call.int("num_groups", default: 0)
      guard x.rank >= 3, groups > 0, groups <= x.shape[1], x.shape[1] % groups == 0 else {
        throw call.refused("num_groups", "\(groups)", "Check the file.")
      }
      let size = x.shape.elementCount / max(x.shape[0] * groups, 1)
      let normal = normalized(
        x.reshaped(to: [x.shape[0], groups, size]), [2], try call.double("epsilon", default: 1e-5)
      ).reshaped(to: x.shape)
      // Before set 21 there is one factor for each group.
      let ends = try [1, 2].map { place -> Tensor in
        let vector = try call.tensor(place)
        let share = x.shape[1] / max(vector.shape.elementCount, 1)
        let wide = vector.expanded(at: 1).broadcast(to: [vector.shape.elementCount, max(share, 1)])
        let column = [1, x.shape[1]] + [Int](repeating: 1, count: x.rank - 2)
        return wide.reshaped(to: Shape(column))
      }
      return ONNXValue(normal * ends[0] + ends[1])
    },
    "LRN": single { call in
      let x = try call.value(0)
      let size = try call.int("size", default: 0)
      guard x.rank >= 2, (1...1 << 16).contains(size) else { throw call.refused("size", "\(size)") }
      let axis = x.place(1)
      let low = (size - 1) / 2
      let padded = square(x.tensor).padded(
        axis: axis, low: low, high: size - 1 - low, value: number(0, x.dtype))
      let sum = (0..<size).reduce(Tensor(0)) {
        $0 + padded.sliced($1..<$1 + x.shape[1], axis: axis)
      }
      let factor = try Tensor(call.double("alpha", default: 1e-4) / Double(size))
      let base = try Tensor(call.double("bias", default: 1)) + factor * sum
      let power = try Tensor(-call.double("beta", default: 0.75))
      return ONNXValue(x.tensor * pow(base, power), order: x.order)
    },
    "LpNormalization": single { call in
      let x = try call.value(0)
      let axis = x.place(try x.axis(try call.int("axis", default: -1)))
      let power = try call.int("p", default: 2)
      guard power == 1 || power == 2 else { throw call.refused("p", "\(power)") }
      return x.mapped { x in
        let norm =
          power == 1
          ? abs(x).sum(axes: [axis], keepingAxes: true)
          : sqrt(square(x).sum(axes: [axis], keepingAxes: true))
        return select(norm .== 0, 0, x / norm)
      }
    },
    "MeanVarianceNormalization": single { call in
      let x = try call.value(0)
      let axes = try x.axes(try call.ints("axes") ?? [0, 2, 3]).map(x.place)
      return x.mapped { x in
        let centred = x - x.mean(axes: axes, keepingAxes: true)
        return centred / (sqrt(square(centred).mean(axes: axes, keepingAxes: true)) + 1e-9)
      }
    },
  ]

  /// Mean 0 and variance 1 over some axes.
  private static func normalized(_ x: Tensor, _ axes: [Int], _ epsilon: Double) -> Tensor {
    let centred = x - x.mean(axes: axes, keepingAxes: true)
    return centred * rsqrt(square(centred).mean(axes: axes, keepingAxes: true) + Tensor(epsilon))
  }

  /// Statistics are the file's and stay what they are in further training, unless the node is one in
  /// training.
  private static func batchNormalization(_ call: ONNXCall) throws -> [ONNXValue] {
    let x = try call.value(0)
    guard x.rank >= 2 else { throw Mismatch("its input has no channels", "Check the file.") }
    let epsilon = try Tensor(call.double("epsilon", default: 1e-5))
    let (scale, bias) = (try x.channelVector(call.value(1)), try x.channelVector(call.value(2)))
    let moving = (mean: try call.value(3).plain, variance: try call.value(4).plain)
    guard try call.flag("training_mode") else {
      let (mean, variance) = (
        try x.channelVector(call.value(3)), try x.channelVector(call.value(4))
      )
      let y = (x.tensor - mean) * (rsqrt(variance + epsilon) * scale) + bias
      return [ONNXValue(y, order: x.order)]
    }
    let axes = x.order.indices.filter { x.order[$0] != 1 }
    let momentum = try Tensor(call.double("momentum", default: 0.9))
    let mean = x.tensor.mean(axes: axes, keepingAxes: true)
    let variance = square(x.tensor - mean).mean(axes: axes, keepingAxes: true)
    let y = (x.tensor - mean) * (rsqrt(variance + epsilon) * scale) + bias
    func moved(_ old: Tensor, _ new: Tensor) -> ONNXValue {
      ONNXValue(old * momentum + new.reshaped(to: old.shape) * (1 - momentum))
    }
    return [
      ONNXValue(y, order: x.order), moved(moving.mean, mean), moved(moving.variance, variance),
    ]
  }
}

extension ONNXValue {
  /// A number for each channel, so that it broadcasts over the elements of this value.
  func channelVector(_ vector: ONNXValue) throws -> Tensor {
    guard vector.shape.elementCount == shape[1] else {
      throw Mismatch("\(vector.shape) are no numbers for \(shape[1]) channels", "Check the file.")
    }
    let behind = rank - 1 - place(1)
    return vector.plain.reshaped(
      to: Shape([shape[1]] + [Int](repeating: 1, count: behind)))
  }
}
