import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Functions between layers.
  static let activations: [String: ONNXRule] = [
    "Relu": unary(relu), "Sigmoid": unary(sigmoid), "Softplus": unary(softplus),
    "Softsign": unary(softsign), "HardSwish": unary(hardSilu), "Mish": unary(mish),
    "LeakyRelu": single { call in
      let slope = try call.double("alpha", default: 0.01)
      return try call.value(0).mapped { leakyRelu($0, slope: slope) }
    },
    "Elu": single { call in
      let alpha = try call.double("alpha", default: 1)
      return try call.value(0).mapped { elu($0, alpha: alpha) }
    },
    "Celu": single { call in
      let alpha = try call.double("alpha", default: 1)
      guard alpha != 0 else { throw call.refused("alpha", "0") }
      return try call.value(0).mapped { celu($0, alpha: alpha) }
    },
    "Selu": single { call in
      let alpha = try call.double("alpha", default: 1.67326319217681884765625)
      let gamma = try call.double("gamma", default: 1.05070102214813232421875)
      return try call.value(0).mapped { Tensor(gamma) * elu($0, alpha: alpha) }
    },
    "Gelu": single { call in
      let form = try call.expect("approximate", in: ["none", "tanh"], default: "none")
      return try call.value(0).mapped { gelu($0, approximate: form == "tanh") }
    },
    "HardSigmoid": single { call in
      let (alpha, beta) = (
        try call.double("alpha", default: 0.2), try call.double("beta", default: 0.5)
      )
      return try call.value(0).mapped { clip($0 * Tensor(alpha) + Tensor(beta), 0, 1) }
    },
    "ThresholdedRelu": single { call in
      let alpha = try call.double("alpha", default: 1)
      return try call.value(0).mapped { threshold($0, alpha, value: 0) }
    },
    "Shrink": single { call in
      let (bias, lambda) = (
        try call.double("bias", default: 0), try call.double("lambd", default: 0.5)
      )
      return try call.value(0).mapped { x in
        let y = x.floating()
        let shrunk = select(
          y .< Tensor(-lambda), y + Tensor(bias),
          select(y .> Tensor(lambda), y - Tensor(bias), Tensor(0).converted(to: y.dtype)))
        return shrunk.converted(to: x.dtype)
      }
    },
    "PRelu": single { call in
      let x = try call.value(0)
      return ONNXValue.elementwise([x, try call.value(1)]) { tensors in
        let x = tensors[0]
        return x.dtype.isFloating
          ? maximum(x, 0) + tensors[1] * minimum(x, 0) : select(x .> 0, x, tensors[1] * x)
      }
    },
    "Softmax": alongAxis { softmax($0, axis: $1) },
    "LogSoftmax": alongAxis { logSoftmax($0, axis: $1) },
    "Hardmax": alongAxis { x, axis in
      let greatest = x.argMax(axis: axis)
      let last = greatest.oneHot(depth: x.shape[axis], dtype: x.dtype)
      guard last.error == nil else { return last }
      // The new axis goes where the old one was.
      var order = Array(0..<x.rank - 1)
      order.insert(x.rank - 1, at: axis)
      return last.transposed(order)
    },
  ]

  /// A function along the axis that the attribute names, the last by default.
  private static func alongAxis(
    _ function: @escaping @Sendable (Tensor, Int) -> Tensor
  ) -> ONNXRule {
    single { call in
      let x = try call.value(0)
      let axis = try x.axis(try call.int("axis", default: -1))
      return x.mapped { function($0, x.place(axis)) }
    }
  }
}
