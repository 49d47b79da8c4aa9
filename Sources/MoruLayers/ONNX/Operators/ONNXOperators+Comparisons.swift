import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Comparisons, logic and choice.
  static let comparisons: [String: ONNXRule] = [
    "Equal": binary(compared { $0 .== $1 }), "Less": binary { $0 .< $1 },
    "LessOrEqual": binary { $0 .<= $1 }, "Greater": binary { $0 .> $1 },
    "GreaterOrEqual": binary { $0 .>= $1 },
    "And": binary { $0 .& $1 }, "Or": binary { $0 .| $1 },
    "Xor": binary { ($0 .| $1) .& !($0 .& $1) }, "Not": unary { !$0 },
    "Where": single { call in
      let values = [try call.value(0), try call.value(1), try call.value(2)]
      return ONNXValue.elementwise(values) { select($0[0], $0[1], $0[2]) }
    },
    "IsNaN": unary { $0 .!= $0 },
    "IsInf": single { call in
      let negative = try call.flag("detect_negative", default: true)
      let positive = try call.flag("detect_positive", default: true)
      return try call.value(0).mapped { x in
        let isInfinite = !(isFinite(x) .| (x .!= x))
        let isWanted = ((x .> 0) .& truth(positive, x)) .| ((x .< 0) .& truth(negative, x))
        return isInfinite .& isWanted
      }
    },
    "BitwiseAnd": logical { $0 .& $1 }, "BitwiseOr": logical { $0 .| $1 },
    "BitwiseNot": single { call in
      let x = try call.value(0)
      // −1 − x is ~x in two's complement.
      guard x.dtype.isInteger else { return x.mapped { !$0 } }
      return x.mapped { x.dtype == .uint8 ? 255 - $0 : -1 - $0 }
    },
  ]

  private static func truth(_ value: Bool, _ x: Tensor) -> Tensor {
    Tensor(HostTensor(repeating: value, shape: [])).broadcast(to: x.shape)
  }

  /// Booleans are compared as numbers.
  private static func compared(
    _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> @Sendable (Tensor, Tensor) -> Tensor {
    { x, y in
      x.dtype == .bool ? function(x.converted(to: .uint8), y.converted(to: .uint8)) : function(x, y)
    }
  }

  /// Bits of Booleans alone: whole numbers have no bits here.
  private static func logical(
    _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> ONNXRule {
    single { call in
      let values = [try call.value(0), try call.value(1)]
      guard values.allSatisfy({ $0.dtype == .bool }) else {
        throw Mismatch("it works on bits of whole numbers", "Export the model without it.")
      }
      return ONNXValue.elementwise(values) { function($0[0], $0[1]) }
    }
  }
}
