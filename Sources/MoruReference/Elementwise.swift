import MoruGraph
import MoruTensors

func unary(_ function: Unary, _ x: HostTensor) throws -> HostTensor {
  switch function {
  case .not: try HostTensor(x.array(of: Bool.self).map { !$0 }, shape: x.shape)
  case .isFinite: try isFinite(x, of: x.dtype.floating())
  default: try unary(function, x, of: x.dtype.number())
  }
}

private func unary<T: Number>(
  _ function: Unary, _ x: HostTensor, of type: T.Type
) throws -> HostTensor {
  try HostTensor(x.array(of: T.self).map { $0.applying(function) }, shape: x.shape)
}

private func isFinite<T: Floating>(_ x: HostTensor, of type: T.Type) throws -> HostTensor {
  try HostTensor(x.array(of: T.self).map(\.isFinite), shape: x.shape)
}

func binary(_ function: Binary, _ x: HostTensor, _ y: HostTensor) throws -> HostTensor {
  switch function {
  case .and:
    try HostTensor(zip(x.array(of: Bool.self), y.array()).map { $0 && $1 }, shape: x.shape)
  case .or:
    try HostTensor(zip(x.array(of: Bool.self), y.array()).map { $0 || $1 }, shape: x.shape)
  default: try binary(function, x, y, of: x.dtype.number())
  }
}

private func binary<T: Number>(
  _ function: Binary, _ x: HostTensor, _ y: HostTensor, of type: T.Type
) throws -> HostTensor {
  let pairs = zip(try x.array(of: T.self), try y.array(of: T.self))
  return try HostTensor(pairs.map { $0.applying(function, with: $1) }, shape: x.shape)
}

/// Booleans compare as 0 and 1.
func compare(_ comparison: Comparison, _ x: HostTensor, _ y: HostTensor) throws -> HostTensor {
  guard x.dtype != .bool else {
    return try compare(comparison, x.converted(to: .uint8), y.converted(to: .uint8))
  }
  return try compare(comparison, x, y, of: x.dtype.number())
}

private func compare<T: Number>(
  _ comparison: Comparison, _ x: HostTensor, _ y: HostTensor, of type: T.Type
) throws -> HostTensor {
  let holds: (T, T) -> Bool =
    switch comparison {
    case .equal: { $0 == $1 }
    case .notEqual: { $0 != $1 }
    case .less: { $0 < $1 }
    case .lessOrEqual: { $0 <= $1 }
    case .greater: { $0 > $1 }
    case .greaterOrEqual: { $0 >= $1 }
    }
  return try HostTensor(
    zip(x.array(of: T.self), y.array(of: T.self)).map { holds($0, $1) }, shape: x.shape)
}

func select<T: Scalar>(_ operands: [HostTensor], of type: T.Type) throws -> HostTensor {
  let condition = try operands[0].array(of: Bool.self)
  let (x, y): ([T], [T]) = (try operands[1].array(), try operands[2].array())
  return try HostTensor(
    condition.indices.map { condition[$0] ? x[$0] : y[$0] }, shape: operands[1].shape)
}
