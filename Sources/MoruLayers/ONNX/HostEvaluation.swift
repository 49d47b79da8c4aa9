import MoruGraph
import MoruTensors

// Settings of ONNX's operators are often computed of shapes by other operators. These few numbers must
// be known while a graph is drawn, before there is an executor.

extension Tensor {
  /// The value, if it is computed of constants alone and small; nil otherwise.
  ///
  /// - Throws: The error that the tensor carries.
  func hostValue() throws(GraphError) -> HostTensor? {
    if let constant { return constant }
    let graph: Graph
    do throws(GraphError) {
      graph = try Graph(results: [self])
    } catch {
      guard case .unbound = error.first else { throw error }
      return nil
    }
    var values: [Graph.Value: HostNumbers] = [:]
    for node in graph.nodes {
      guard node.results.count == 1, let result = node.results.first,
        graph.types[result].shape.elementCount <= HostNumbers.limit,
        let value = HostNumbers(
          node.primitive, node.operands.compactMap { values[$0] }, type: graph.types[result])
      else { return nil }
      values[result] = value
    }
    return graph.results.first.flatMap { values[$0]?.tensor }
  }
}

extension GraphError {
  fileprivate var first: GraphError {
    if case .several(let errors) = self { errors.first ?? self } else { self }
  }
}

/// A few numbers of any element type.
private struct HostNumbers {
  /// Most numbers that are computed here: shapes have few.
  static let limit = 1 << 16

  let type: TensorType
  let numbers: [Double]

  var shape: Shape { type.shape }

  var tensor: HostTensor {
    // As many numbers as the shape has, by construction.
    let flat = HostTensor(numbers).converted(to: type.dtype)
    return (try? flat.reshaped(to: shape)) ?? flat
  }

  /// What a primitive makes of numbers; nil for primitives that shapes are not computed with.
  init?(_ primitive: Primitive, _ operands: [HostNumbers], type: TensorType) {
    self.type = type
    switch primitive {
    case .constant(let value):
      guard let array = try? value.converted(to: .float64).array(of: Double.self) else {
        return nil
      }
      numbers = array
    case .iota(let rule):
      numbers = Self.places(type.shape).map { Double($0[rule.axis]) }
    case .convert(let dtype):
      let whole = operands[0].tensor.converted(to: dtype).converted(to: .float64)
      guard let array = try? whole.array(of: Double.self) else { return nil }
      numbers = array
    case .unary(let function):
      guard let compute = Self.unary(function) else { return nil }
      numbers = operands[0].numbers.map(compute)
    case .binary(let function):
      guard let compute = Self.binary(function, isWhole: type.dtype.isInteger) else { return nil }
      numbers = zip(operands[0].numbers, operands[1].numbers).map(compute)
    case .compare(let comparison):
      let compute = Self.comparison(comparison)
      numbers = zip(operands[0].numbers, operands[1].numbers).map { compute($0, $1) ? 1 : 0 }
    case .select:
      let (yes, no) = (operands[1].numbers, operands[2].numbers)
      numbers = operands[0].numbers.enumerated().map { $1 != 0 ? yes[$0] : no[$0] }
    case .reduce(let rule): numbers = Self.reduce(rule, operands[0], to: type.shape)
    case .concatenate(let rule): numbers = Self.concatenate(operands, axis: rule.axis)
    default:
      guard let moved = Self.move(primitive, operands, to: type.shape) else { return nil }
      numbers = moved
    }
  }

  private static func unary(_ function: Unary) -> ((Double) -> Double)? {
    switch function {
    case .negate: { -$0 }
    case .absolute: { abs($0) }
    case .sign: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case .squareRoot: { $0.squareRoot() }
    case .floor: { $0.rounded(.down) }
    case .ceiling: { $0.rounded(.up) }
    case .roundNearestEven: { $0.rounded(.toNearestOrEven) }
    case .not: { $0 == 0 ? 1 : 0 }
    case .isFinite: { $0.isFinite ? 1 : 0 }
    default: nil
    }
  }

  private static func binary(
    _ function: Binary, isWhole: Bool
  ) -> ((Double, Double) -> Double)? {
    switch function {
    case .add: { $0 + $1 }
    case .subtract: { $0 - $1 }
    case .multiply: { $0 * $1 }
    case .divide: { isWhole ? ($1 == 0 ? 0 : ($0 / $1).rounded(.towardZero)) : $0 / $1 }
    case .remainder: { isWhole && $1 == 0 ? 0 : $0.truncatingRemainder(dividingBy: $1) }
    case .maximum: { max($0, $1) }
    case .minimum: { min($0, $1) }
    case .and: { $0 != 0 && $1 != 0 ? 1 : 0 }
    case .or: { $0 != 0 || $1 != 0 ? 1 : 0 }
    case .power: nil
    }
  }

  private static func comparison(_ comparison: Comparison) -> (Double, Double) -> Bool {
    switch comparison {
    case .equal: (==)
    case .notEqual: (!=)
    case .less: (<)
    case .lessOrEqual: (<=)
    case .greater: (>)
    case .greaterOrEqual: (>=)
    }
  }

  /// The places of all elements in row-major order.
  private static func places(_ shape: Shape) -> [[Int]] {
    let strides = shape.strides
    return (0..<shape.elementCount).map { number in
      shape.indices.map { number / strides[$0] % shape[$0] }
    }
  }

  private func number(at place: [Int]) -> Double {
    numbers[zip(place, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }]
  }

  private static func reduce(_ rule: Reduce, _ operand: HostNumbers, to shape: Shape) -> [Double] {
    let start: Double =
      switch rule.kind {
      case .sum: 0
      case .product: 1
      case .maximum: -.infinity
      case .minimum: .infinity
      }
    var numbers = [Double](repeating: start, count: shape.elementCount)
    let strides = shape.strides
    let kept = operand.shape.indices.filter { !rule.axes.contains($0) }
    for (number, place) in zip(operand.numbers, places(operand.shape)) {
      let target = zip(kept, strides).reduce(0) { $0 + place[$1.0] * $1.1 }
      switch rule.kind {
      case .sum: numbers[target] += number
      case .product: numbers[target] *= number
      case .maximum: numbers[target] = max(numbers[target], number)
      case .minimum: numbers[target] = min(numbers[target], number)
      }
    }
    return numbers
  }

  private static func concatenate(_ operands: [HostNumbers], axis: Int) -> [Double] {
    let outer = operands[0].shape[..<axis].reduce(1, *)
    return (0..<outer).flatMap { row in
      operands.flatMap { operand in
        let count = operand.shape[axis...].reduce(1, *)
        return operand.numbers[row * count..<(row + 1) * count]
      }
    }
  }

  /// What primitives make that only move elements.
  private static func move(
    _ primitive: Primitive, _ operands: [HostNumbers], to shape: Shape
  ) -> [Double]? {
    guard let operand = operands.first else { return nil }
    let source: ([Int]) -> [Int]
    switch primitive {
    case .reshape: return operand.numbers
    case .transpose(let rule):
      source = { place in
        var moved = place
        for (result, axis) in rule.permutation.enumerated() { moved[axis] = place[result] }
        return moved
      }
    case .broadcast(let rule):
      source = { place in
        zip(rule.axes, operand.shape).map { axis, size in size == 1 ? 0 : place[axis] }
      }
    case .slice(let rule):
      source = { place in place.indices.map { rule.starts[$0] + place[$0] * rule.strides[$0] } }
    case .reverse(let rule):
      source = { place in
        place.indices.map { rule.axes.contains($0) ? shape[$0] - 1 - place[$0] : place[$0] }
      }
    case .gather(let rule):
      let indices = operands[1]
      source = { place in
        let end = rule.axis + indices.shape.rank
        let index = indices.number(at: Array(place[rule.axis..<end]))
        let clamped = max(0, min(index, Double(operand.shape[rule.axis] - 1)))
        return Array(place[..<rule.axis]) + [Int(clamped)] + Array(place[end...])
      }
    default: return nil
    }
    return places(shape).map { operand.number(at: source($0)) }
  }
}
