import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Numbers written in one byte, `x = (q − zero point) · scale`, and products of them.
  ///
  /// Products of whole numbers are drawn with Float32, in which sums above 2²⁴ lose their last bits.
  static let quantization: [String: ONNXRule] = [
    "QuantizeLinear": single { call in
      let x = try call.value(0)
      let scale = try call.along(x, try call.value(1))
      let point = try call.optional(2).map { try call.along(x, $0) }
      return ONNXValue(
        try written(x.tensor.converted(to: .float32) / scale, point, call.byteType(2)),
        order: x.order)
    },
    "DequantizeLinear": single { call in
      let x = try call.value(0)
      let scale = try call.along(x, try call.value(1))
      guard let point = call.optional(2) else {
        return x.mapped { $0.converted(to: scale.dtype) * scale }
      }
      let zero = try call.along(x, point).converted(to: scale.dtype)
      return x.mapped { ($0.converted(to: scale.dtype) - zero) * scale }
    },
    "DynamicQuantizeLinear": { call in
      let x = try call.value(0)
      let (least, greatest) = (minimum(x.tensor.min(), 0), maximum(x.tensor.max(), 0))
      let scale = (greatest - least) / 255
      let point = clip(round(-least / scale), 0, 255)
      return [
        ONNXValue(written(x.tensor / scale, point, .uint8), order: x.order), ONNXValue(scale),
        ONNXValue(point.converted(to: .uint8)),
      ]
    },
    "MatMulInteger": single { call in
      let (a, b) = (try call.value(0), try call.value(1))
      let y = product(
        try call.centred(a, 2, axis: a.rank - 2), try call.centred(b, 3, axis: b.rank - 1))
      return y.mapped { $0.converted(to: .int32) }
    },
    "QLinearMatMul": single { call in
      let (a, b) = (try call.value(0), try call.value(3))
      let y = product(
        try call.centred(a, 2, axis: a.rank - 2), try call.centred(b, 5, axis: b.rank - 1))
      _ = try y.tensor.checked()
      let scale =
        try call.along(y, call.value(1), axis: y.rank - 2)
        * call.along(y, call.value(4), axis: y.rank - 1)
      let point = try call.along(y, call.value(7))
      return ONNXValue(
        try written(
          y.tensor * (scale / call.along(y, call.value(6))), point, call.byteType(7)),
        order: y.order)
    },
    "ConvInteger": single { call in
      let (x, kernel) = (try call.value(0), try call.value(1))
      let y = try convolution(
        call.reading([try call.centred(x, 2, axis: 1), try call.centred(kernel, 3, axis: 0)]))
      return y.mapped { $0.converted(to: .int32) }
    },
    "QLinearConv": single { call in
      let (x, kernel) = (try call.value(0), try call.value(3))
      let bias = call.optional(8).map { $0.mapped { $0.converted(to: .float32) } }
      let y = try convolution(
        call.reading([
          try call.centred(x, 2, axis: 1), try call.centred(kernel, 5, axis: 0), bias,
        ]))
      _ = try y.tensor.checked()
      let scale = try call.along(y, call.value(1)) * call.along(y, call.value(4))
      let point = try call.along(y, call.value(7))
      return ONNXValue(
        try written(
          y.tensor * (scale / call.along(y, call.value(6))), point, call.byteType(7)),
        order: y.order)
    },
  ]

  /// Steps from the zero point in one byte each, halves to the even one.
  private static func written(_ steps: Tensor, _ point: Tensor?, _ dtype: DType) -> Tensor {
    let limits = dtype == .int8 ? (-128.0, 127.0) : (0.0, 255.0)
    let whole = point.map { round(steps) + $0.converted(to: steps.dtype) } ?? round(steps)
    return clip(whole, Tensor(limits.0), Tensor(limits.1)).converted(to: dtype)
  }
}

extension ONNXCall {
  /// The same node with other inputs.
  fileprivate func reading(_ inputs: [ONNXValue?]) -> ONNXCall {
    ONNXCall(node: node, inputs: inputs, known: known, run: run)
  }

  /// The type that an input, the zero point, has, in which bytes are written.
  fileprivate func byteType(_ place: Int) throws -> DType {
    if let point = optional(place) {
      guard [.int8, .uint8].contains(point.dtype) else {
        throw Mismatch("its zero point is \(point.dtype)", "Export the model with bytes.")
      }
      return point.dtype
    }
    // ONNX's numbers of the types.
    switch try int("output_dtype", default: 0) {
    case 0, 2: return .uint8
    case 3: return .int8
    case let other: throw refused("output_dtype", "\(other)", "Export the model with bytes.")
    }
  }

  /// Whole numbers less their zero point, if there is one: one for all, or one for each entry of an axis.
  fileprivate func centred(_ x: ONNXValue, _ place: Int, axis: Int) throws -> ONNXValue {
    let whole = x.mapped { $0.converted(to: .float32) }
    guard let point = optional(place) else { return whole }
    let zero = try along(x, point, axis: axis).converted(to: .float32)
    return whole.mapped { $0 - zero }
  }

  /// A number for all elements of a value, for each entry of an axis, or for each block along it, in a
  /// shape that broadcasts over the value.
  ///
  /// - Parameter axis: The axis; the node's attribute if nil.
  fileprivate func along(
    _ x: ONNXValue, _ numbers: ONNXValue, axis: Int? = nil
  ) throws -> Tensor {
    if numbers.shape.elementCount == 1 { return numbers.plain.reshaped(to: []) }
    let place = try axis ?? x.axis(try int("axis", default: 1))
    guard x.shape.indices.contains(place) else {
      throw Mismatch("there is no axis \(place) in shape \(x.shape)", "Check the file.")
    }
    let size = try int("block_size", default: 0)
    if size > 0, numbers.rank == x.rank, x.shape[place] <= 1 << 24 {
      let count = x.shape[place] == 0 ? 0 : (x.shape[place] - 1) / size + 1
      guard numbers.shape[place] == count else {
        throw Mismatch(
          "\(numbers.shape) are no numbers for blocks of \(size) along axis \(place) of \(x.shape)",
          "Check the file.")
      }
      let blocks = (0..<x.shape[place]).map { Int32($0 / size) }
      return ONNXValue(numbers.plain.gathered(Tensor(HostTensor(blocks)), axis: place))
        .arranged(x.order)
    }
    // Some writers keep the other axes, of one element each.
    guard numbers.shape.elementCount == x.shape[place] else {
      throw Mismatch(
        "\(numbers.shape) are no numbers for axis \(place) of \(x.shape)", "Check the file.")
    }
    let behind = x.rank - 1 - x.place(place)
    return numbers.plain.reshaped(
      to: Shape([x.shape[place]] + [Int](repeating: 1, count: behind)))
  }
}
