import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Pooling, drawn with channels last.
  static let pooling: [String: ONNXRule] = [
    "MaxPool": maxPool,
    "AveragePool": single(averagePool),
    "LpPool": single { call in
      let pooling = try WindowPooling(call)
      let power = try call.double("p", default: 2)
      let total = try pooling.parts(abs(pooling.x), around: 0).reduce(Tensor(0)) {
        $0 + pow($1, Tensor(power))
      }
      return pooling.value(pow(total, Tensor(1 / power)))
    },
    "GlobalAveragePool": global { x, axes, _ in x.mean(axes: axes, keepingAxes: true) },
    "GlobalMaxPool": global { x, axes, _ in x.max(axes: axes, keepingAxes: true) },
    "GlobalLpPool": global { x, axes, call in
      let power = try call.double("p", default: 2)
      return pow(
        pow(abs(x), Tensor(power)).sum(axes: axes, keepingAxes: true), Tensor(1 / power))
    },
    "MaxUnpool": single { call in
      let (x, places) = (try call.tensor(0), try call.tensor(1))
      guard x.rank >= 3, places.shape == x.shape else {
        throw Mismatch("values and indices differ in shape", "Check the file.")
      }
      let window = try call.ints("kernel_shape") ?? []
      let small = Array(x.shape.dimensions.dropFirst(2))
      let frame = try SlidingWindow(call, sizes: window, over: small)
      let natural = small.indices.map {
        (small[$0] - 1) * frame.strides[$0] + window[$0] - frame.padding[$0].low
          - frame.padding[$0].high
      }
      let own = try Shape(computed: x.shape.prefix(2) + natural)
      let shape = call.optional(2) == nil ? own : try Shape(computed: try call.ints(2))
      guard shape.rank == x.rank, zip(shape, own).allSatisfy({ $0 >= $1 }) else {
        throw Mismatch("its output_shape is \(shape)", "Check the file.")
      }
      let count = x.shape.elementCount
      let spread = Tensor.apply(
        .scatterAdd(ScatterAdd(axis: 0, size: own.elementCount)), places.reshaped(to: [count]),
        x.reshaped(to: [count])
      ).reshaped(to: own)
      let high = zip(shape, own).map { $0 - $1 }
      return ONNXValue(
        spread.padded(low: high.map { _ in 0 }, high: high, value: number(0, x.dtype)))
    },
  ]

  private static func global(
    _ function: @escaping @Sendable (Tensor, [Int], ONNXCall) throws -> Tensor
  ) -> ONNXRule {
    single { call in
      let x = try call.value(0)
      let axes = x.order.indices.filter { x.order[$0] >= 2 }
      return ONNXValue(try function(x.tensor, axes, call), order: x.order)
    }
  }

  private static func maxPool(_ call: ONNXCall) throws -> [ONNXValue] {
    let pooling = try WindowPooling(call)
    let dtype = pooling.x.dtype
    let needsPlaces = call.node.outputs.count > 1 && !call.node.outputs[1].isEmpty
    if pooling.isPlain, !needsPlaces {
      let pooled = Tensor.apply(
        .maxPool(MaxPool(window: pooling.window)), pooling.x.floating())
      return [pooling.value(pooled.converted(to: dtype))]
    }
    let least = -Double.infinity
    let parts = try pooling.parts(pooling.x.floating(), around: least)
    guard let first = parts.first else { throw Mismatch("its window is empty", "Check the file.") }
    let best = parts.dropFirst().reduce(first, maximum).converted(to: dtype)
    guard needsPlaces else { return [pooling.value(best)] }
    // The place of the first greatest, in ONNX's order of axes.
    let byColumns = try call.flag("storage_order")
    let numbers = try pooling.parts(pooling.places(byColumns: byColumns), around: 0)
    var (value, place) = (first, numbers[0])
    for (part, number) in zip(parts, numbers).dropFirst() {
      let isBetter = part .> value
      place = select(isBetter, number, place)
      value = select(isBetter, part, value)
    }
    return [pooling.value(best), pooling.value(place.converted(to: .int64))]
  }

  private static func averagePool(_ call: ONNXCall) throws -> ONNXValue {
    let pooling = try WindowPooling(call)
    let counts = try call.flag("count_include_pad")
    if pooling.isPlain, !counts {
      return pooling.value(.apply(.averagePool(AveragePool(window: pooling.window)), pooling.x))
    }
    if pooling.isPlain, let inside = try pooling.withZeros() {
      return pooling.value(
        .apply(.averagePool(AveragePool(window: inside.window)), inside.x))
    }
    let total = try pooling.parts(pooling.x, around: 0).reduce(Tensor(0), +)
    // Padding counts if it was asked for, what lies behind it never.
    let ones = Tensor.ones(pooling.x.shape, dtype: pooling.x.dtype)
    let shares = try pooling.parts(ones, around: counts ? 1 : 0, behind: 0).reduce(Tensor(0), +)
    return pooling.value(total / shares)
  }
}

/// Pictures and the windows over them.
private struct WindowPooling {
  /// The pictures, channels last.
  let x: Tensor
  let frame: SlidingWindow
  /// Windows along each spatial axis.
  let outputs: [Int]
  /// Elements behind the padding that the last windows see.
  let behind: [Int]

  init(_ call: ONNXCall) throws {
    let value = try call.value(0)
    guard value.rank >= 3 else { throw Mismatch("its input is no picture", "Check the file.") }
    x = value.arranged(.channelsLast(rank: value.rank))
    let lengths = Array(x.shape.dimensions.dropFirst().dropLast())
    frame = try SlidingWindow(call, sizes: try call.ints("kernel_shape") ?? [], over: lengths)
    let roundsUp = try call.flag("ceil_mode")
    let (frame, covered) = (frame, frame.covered)
    outputs = try lengths.indices.map { axis in
      let (stride, low) = (frame.strides[axis], frame.padding[axis].low)
      let room = lengths[axis] + low + frame.padding[axis].high - covered[axis]
      guard room >= 0, low >= 0, lengths[axis] > 0, frame.padding[axis].high >= 0 else {
        throw Mismatch(
          "a window of \(covered[axis]) does not fit into \(lengths[axis])", "Check the file.")
      }
      let count = (room + (roundsUp ? stride - 1 : 0)) / stride + 1
      // No window that is there by rounding up may begin behind the picture.
      return roundsUp && (count - 1) * stride >= lengths[axis] + low ? count - 1 : count
    }
    let made = outputs
    behind = lengths.indices.map { axis in
      let end = (made[axis] - 1) * frame.strides[axis] + covered[axis]
      return max(0, end - lengths[axis] - frame.padding[axis].low - frame.padding[axis].high)
    }
  }

  private var allPadding: [Padding] {
    zip(frame.padding, behind).map { Padding($0.low, $0.high + $1) }
  }

  /// Whether our pooling does the same.
  var isPlain: Bool {
    frame.dilations.allSatisfy { $0 == 1 } && outputs.count <= 3 && x.dtype != .float64
      && zip(allPadding, frame.sizes).allSatisfy { $0.low < $1 && $0.high < $1 }
  }

  var window: PoolingWindow {
    PoolingWindow(sizes: frame.sizes, strides: frame.strides, padding: allPadding)
  }

  func value(_ tensor: Tensor) -> ONNXValue {
    ONNXValue(tensor, order: .channelsLast(rank: x.rank))
  }

  /// The pictures with the padding made zeros, so that it counts.
  func withZeros() throws -> (x: Tensor, window: PoolingWindow)? {
    let window = PoolingWindow(
      sizes: frame.sizes, strides: frame.strides, padding: behind.map { Padding(0, $0) })
    return (try padded(x, frame.padding, 0), window)
  }

  private func padded(_ x: Tensor, _ padding: [Padding], _ value: Double) throws -> Tensor {
    try x.padded(
      low: [0] + padding.map(\.low) + [0], high: [0] + padding.map(\.high) + [0],
      value: ONNXOperators.number(value, x.dtype)
    ).checked()
  }

  /// For each place in the window the elements that all windows see there.
  func parts(_ x: Tensor, around value: Double, behind last: Double? = nil) throws -> [Tensor] {
    let inner = try padded(x, frame.padding, value)
    let all = try padded(inner, behind.map { Padding(0, $0) }, last ?? value)
    guard frame.sizes.reduce(1, { min($0 * $1, 1 << 20) }) <= 4096 else {
      throw Mismatch("its window is \(frame.sizes)", "Export the model with smaller windows.")
    }
    return frame.sizes.indices.reduce([all]) { parts, axis in
      parts.flatMap { part in
        (0..<frame.sizes[axis]).map { place in
          let start = place * frame.dilations[axis]
          return part.sliced(
            start..<start + (outputs[axis] - 1) * frame.strides[axis] + 1, axis: axis + 1,
            stride: frame.strides[axis])
        }
      }
    }
  }

  /// The number of each element of `x` in ONNX's order of axes.
  func places(byColumns: Bool) -> Tensor {
    let spatial = Array(1..<x.rank - 1)
    var factor = 1.0
    var numbers = Tensor.zeros(x.shape, dtype: .float64)
    for axis in (byColumns ? spatial : spatial.reversed()) + [x.rank - 1, 0] {
      numbers += Tensor.iota(x.shape, axis: axis, dtype: .float64) * Tensor(factor)
      factor *= Double(x.shape[axis])
    }
    return numbers
  }
}
