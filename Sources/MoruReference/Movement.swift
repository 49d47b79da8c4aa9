import MoruGraph
import MoruTensors

/// The elements of `x` at `places`, under another shape.
private func taken(_ x: HostTensor, at places: [Int], shape: Shape) throws -> HostTensor {
  func taken<T: Scalar>(_ type: T.Type) throws -> HostTensor {
    let elements: [T] = try x.array()
    return try HostTensor(places.map { elements[$0] }, shape: shape)
  }
  return try taken(x.dtype.scalar)
}

/// The slice of a sequence at one step.
func row(_ place: Int, of sequence: HostTensor) throws -> HostTensor {
  let shape = Shape(Array(sequence.shape.dropFirst()))
  let first = place * shape.elementCount
  return try taken(sequence, at: Array(first..<first + shape.elementCount), shape: shape)
}

/// Values of one type along a new first axis.
func stacked(_ rows: [HostTensor], of type: TensorType) throws -> HostTensor {
  func stacked<T: Scalar>(_ element: T.Type) throws -> HostTensor {
    let elements: [T] = try rows.flatMap { try $0.array(of: T.self) }
    return try HostTensor(elements, shape: Shape([rows.count] + type.shape.dimensions))
  }
  let dtype = rows.first?.dtype ?? type.dtype
  return try stacked(dtype.scalar)
}

func transpose(_ rule: Transpose, _ x: HostTensor) throws -> HostTensor {
  let shape = Shape(rule.permutation.map { x.shape[$0] })
  return try taken(x, at: x.shape.places(along: rule.permutation), shape: shape)
}

func broadcast(_ rule: Broadcast, _ x: HostTensor) throws -> HostTensor {
  let strides = x.shape.strides
  let walks = rule.shape.indices.map { axis in
    let source = rule.axes.firstIndex(of: axis)
    let stride = source.map { x.shape[$0] == 1 ? 0 : strides[$0] } ?? 0
    return Walk(count: rule.shape[axis], stride: stride)
  }
  return try taken(x, at: places(walks), shape: rule.shape)
}

func slice(_ rule: Slice, _ x: HostTensor) throws -> HostTensor {
  let strides = x.shape.strides
  let walks = x.shape.indices.map { axis in
    let indices = stride(
      from: rule.starts[axis], to: rule.limits[axis], by: rule.strides[axis])
    return Walk(count: Array(indices).count, stride: rule.strides[axis] * strides[axis])
  }
  let start = zip(rule.starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
  return try taken(x, at: places(from: start, walks), shape: Shape(walks.map(\.count)))
}

func reverse(_ rule: Reverse, _ x: HostTensor) throws -> HostTensor {
  let strides = x.shape.strides
  let walks = x.shape.indices.map { axis in
    Walk(
      count: x.shape[axis], stride: rule.axes.contains(axis) ? -strides[axis] : strides[axis])
  }
  let start = rule.axes.reduce(0) { $0 + (x.shape[$1] - 1) * strides[$1] }
  return try taken(x, at: places(from: start, walks), shape: x.shape)
}

func pad<T: Scalar>(_ rule: Pad, _ operands: [HostTensor], of type: T.Type) throws -> HostTensor {
  let x = operands[0]
  let shape = try outputShape(.pad(rule), operands)
  let value: [T] = try operands[1].array()
  var result = [T](repeating: value[0], count: shape.elementCount)
  let strides = shape.strides
  let walks = x.shape.indices.map {
    Walk(count: x.shape[$0], stride: (rule.interior[$0] + 1) * strides[$0])
  }
  let start = zip(rule.low, strides).reduce(0) { $0 + $1.0 * $1.1 }
  for (place, element) in zip(places(from: start, walks), try x.array(of: T.self)) {
    result[place] = element
  }
  return try HostTensor(result, shape: shape)
}

func concatenate<T: Scalar>(
  _ rule: Concatenation, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  var dimensions = operands[0].shape.dimensions
  dimensions[rule.axis] = operands.reduce(0) { $0 + $1.shape[rule.axis] }
  let outer = dimensions[..<rule.axis].reduce(1, *)
  let parts: [[T]] = try operands.map { try $0.array() }
  var result: [T] = []
  for block in 0..<outer {
    for part in parts {
      let length = part.count / outer
      result += part[block * length..<(block + 1) * length]
    }
  }
  return try HostTensor(result, shape: Shape(dimensions))
}

func iota<T: Number>(_ rule: Iota, of type: T.Type) throws -> HostTensor {
  let shape = rule.type.shape
  return try HostTensor(shape.everyIndex.map { T(place: $0[rule.axis]) }, shape: shape)
}

/// Indices of either type, moved into `0..<size`.
private func clamped(_ indices: HostTensor, size: Int) throws -> [Int] {
  let wide: [Int64] = try indices.converted(to: .int64).array()
  return wide.map { Int(min(max($0, 0), Int64(size) - 1)) }
}

func gather<T: Scalar>(
  _ rule: Gather, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  let (x, indices) = (operands[0], operands[1])
  let elements: [T] = try x.array()
  let chosen = try clamped(indices, size: x.shape[rule.axis])
  let stride = x.shape.strides[rule.axis]
  var result: [T] = []
  for outer in x.shape.places(along: 0..<rule.axis) {
    for index in chosen {
      for inner in x.shape.places(along: rule.axis + 1..<x.shape.rank) {
        result.append(elements[outer + index * stride + inner])
      }
    }
  }
  let dimensions = x.shape.dimensions
  let shape = dimensions[..<rule.axis] + indices.shape.dimensions + dimensions[(rule.axis + 1)...]
  return try HostTensor(result, shape: Shape(Array(shape)))
}

func scatterAdd<T: Number>(
  _ rule: ScatterAdd, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  let (indices, updates) = (operands[0], operands[1])
  let elements: [T] = try updates.array()
  let dimensions = updates.shape.dimensions
  let end = rule.axis + indices.shape.rank
  let shape = Shape(Array(dimensions[..<rule.axis] + [rule.size] + dimensions[end...]))
  var result = [T.Total](repeating: T.Total(place: 0), count: shape.elementCount)
  let chosen = try clamped(indices, size: rule.size)
  let stride = shape.strides[rule.axis]
  var update = 0
  for outer in shape.places(along: 0..<rule.axis) {
    for index in chosen {
      for inner in shape.places(along: rule.axis + 1..<shape.rank) {
        let place = outer + index * stride + inner
        result[place] = result[place].plus(elements[update].total)
        update += 1
      }
    }
  }
  return try HostTensor(result.map { T(total: $0) }, shape: shape)
}

func randomUniform(_ rule: RandomUniform, seed: HostTensor) throws -> HostTensor {
  func halves(_ word: Int64) -> (low: UInt32, high: UInt32) {
    (UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32))
  }
  let words: [Int64] = try seed.array()
  let (key, step) = (halves(words[0]), halves(words[1]))
  func block(_ index: Int) -> SIMD4<UInt32> {
    Philox.words(
      counter: SIMD4(UInt32(truncatingIfNeeded: index), rule.stream, step.low, step.high),
      key: SIMD2(key.low, key.high))
  }
  let shape = rule.type.shape
  guard rule.type.dtype == .float32 else {
    return try HostTensor(
      (0..<shape.elementCount).map { place -> Double in
        let (words, pair) = (block(place / 2), place % 2)
        let bits = UInt64(words[2 * pair]) | UInt64(words[2 * pair + 1]) << 32
        return Double(bits >> 11) * 0x1p-53
      }, shape: shape)
  }
  return try HostTensor(
    (0..<shape.elementCount).map { Float(block($0 / 4)[$0 % 4] >> 8) * 0x1p-24 }, shape: shape)
}
