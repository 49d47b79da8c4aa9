import MoruGraph
import MoruTensors

/// A value of an ONNX graph whose axes may lie in another order, until somebody needs them in ONNX's:
/// so that from one convolution to the next nothing is transposed.
struct ONNXValue {
  /// The elements.
  let tensor: Tensor
  /// For each axis of `tensor` the axis of the value that it is.
  let order: [Int]
  /// What was made of it already, so that two readers share one transposition.
  private let arrangements = Arrangements()

  private final class Arrangements {
    var tensors: [[Int]: Tensor] = [:]
  }

  init(_ tensor: Tensor, order: [Int]? = nil) {
    self.tensor = tensor
    // What carries an error has no axes.
    self.order = tensor.error == nil ? order ?? Array(0..<tensor.rank) : []
  }

  init(_ value: HostTensor) { self.init(Tensor(value)) }

  var rank: Int { order.count }
  var dtype: DType { tensor.dtype }

  /// Sizes in ONNX's order.
  var shape: Shape {
    var sizes = tensor.shape.dimensions
    for (place, axis) in order.enumerated() { sizes[axis] = tensor.shape[place] }
    return Shape(sizes)
  }

  /// The elements in ONNX's order.
  var plain: Tensor { arranged(Array(0..<rank)) }

  /// The elements with axis `wanted[i]` of the value as axis i.
  func arranged(_ wanted: [Int]) -> Tensor {
    if let made = arrangements.tensors[wanted] { return made }
    let made = moved(wanted)
    arrangements.tensors[wanted] = made
    return made
  }

  private func moved(_ wanted: [Int]) -> Tensor {
    let permutation = wanted.map { axis in order.firstIndex(of: axis) ?? 0 }
    // Axes of one element may go anywhere without a move.
    let moved = permutation.filter { tensor.shape[$0] != 1 }
    if zip(moved, moved.dropFirst()).allSatisfy({ $0 < $1 }) {
      return tensor.reshaped(to: Shape(permutation.map { tensor.shape[$0] }))
    }
    return tensor.transposed(permutation)
  }

  /// The value whose axis i is axis `permutation[i]` of this one.
  func transposed(_ permutation: [Int]) -> ONNXValue {
    ONNXValue(tensor, order: order.map { axis in permutation.firstIndex(of: axis) ?? 0 })
  }

  /// Where an axis of the value lies in `tensor`.
  func place(_ axis: Int) -> Int { order.firstIndex(of: axis) ?? 0 }

  /// The same axes with other elements.
  func mapped(_ change: (Tensor) -> Tensor) -> ONNXValue {
    ONNXValue(change(tensor), order: order)
  }

  /// The value with axes of one element put before the others.
  func leading(to count: Int) -> ONNXValue {
    let added = count - rank
    guard added > 0 else { return self }
    let ones = [Int](repeating: 1, count: added)
    return ONNXValue(
      tensor.reshaped(to: Shape(ones + tensor.shape.dimensions)),
      order: Array(0..<added) + order.map { $0 + added })
  }

  /// The order of axes that several values are best combined in: that of the largest.
  static func jointOrder(_ values: [ONNXValue]) -> [Int] {
    let rank = values.map(\.rank).max() ?? 0
    let largest = values.filter { $0.rank == rank }
      .max { $0.tensor.shape.elementCount < $1.tensor.shape.elementCount }
    return largest?.order ?? []
  }

  /// What an elementwise function makes of some values with broadcasting.
  static func elementwise(
    _ values: [ONNXValue], _ function: ([Tensor]) -> Tensor
  ) -> ONNXValue {
    let order = jointOrder(values)
    let tensors = values.map { value in
      value.rank == 0 ? value.tensor : value.leading(to: order.count).arranged(order)
    }
    return ONNXValue(function(tensors), order: order)
  }
}

extension [Int] {
  /// The order of a value with channels after batch whose elements have them last.
  static func channelsLast(rank: Int) -> [Int] { [0] + Array(2..<rank) + [1] }

  /// The order of a kernel `[features, channels, window…]` that is kept as `[window…, channels,
  /// features]`.
  package static func kernel(rank: Int) -> [Int] { Array(2..<rank) + [1, 0] }
}
