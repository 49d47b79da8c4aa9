import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Convolutions, drawn with channels last.
  static let convolutions: [String: ONNXRule] = [
    "Conv": single(convolution), "ConvTranspose": single(transposed),
  ]

  static func convolution(_ call: ONNXCall) throws -> ONNXValue {
    let (x, kernel, window) = try call.pictures()
    let frame = try SlidingWindow(
      call, sizes: window, over: Array(x.shape.dimensions.dropFirst(2)))
    let rule = Convolution(
      strides: frame.strides, padding: frame.padding, dilation: frame.dilations,
      groups: try call.int("group", default: 1))
    let y = Tensor.apply(
      .convolution(rule), x.arranged(.channelsLast(rank: x.rank)),
      kernel.arranged(.kernel(rank: x.rank)))
    return try call.biased(y, rank: x.rank)
  }

  private static func transposed(_ call: ONNXCall) throws -> ONNXValue {
    let (x, kernel, window) = try call.pictures()
    guard kernel.shape.elementCount > 0 else {
      throw Mismatch("its kernel is empty", "Check the file.")
    }
    let sizes = Array(x.shape.dimensions.dropFirst(2))
    let frame = try SlidingWindow(call, sizes: window, over: sizes, isTransposed: true)
    let added = try call.ints("output_padding") ?? sizes.map { _ in 0 }
    guard added.count == sizes.count, added.allSatisfy({ (0...1 << 20).contains($0) }) else {
      throw call.refused("output_padding", "\(added)")
    }
    let whole = sizes.indices.map {
      frame.strides[$0] * (sizes[$0] - 1) + frame.covered[$0] + added[$0]
    }
    let ends = try padding(call, whole: whole, sizes: sizes, frame)
    let result = zip(whole, ends).map { $0 - $1.low - $1.high }
    guard result.allSatisfy({ $0 > 0 }) else {
      throw Mismatch("nothing is left of \(whole) without \(ends)", "Check the file.")
    }
    let stored = x.arranged(.channelsLast(rank: x.rank))
    let filter = kernel.arranged(.kernel(rank: x.rank))
    let groups = try call.int("group", default: 1)
    func drawn(_ padding: [Padding], _ sizes: [Int]) -> Tensor {
      let rule = Convolution(
        strides: frame.strides, padding: padding, dilation: frame.dilations, groups: groups)
      return .apply(
        .convolutionInputGradient(ConvolutionInputGradient(convolution: rule, inputSizes: sizes)),
        stored, filter)
    }
    let isDirect =
      zip(added, frame.strides).allSatisfy { $0 < $1 }
      && ends.allSatisfy { $0.low >= 0 && $0.high >= 0 }
    guard !isDirect else { return try call.biased(drawn(ends, result), rank: x.rank) }
    // The whole result, from which the ends are cut, or to which zeros are put.
    let exact = zip(whole, added).map { $0 - $1 }
    var y = try drawn(sizes.map { _ in Padding(0, 0) }, exact).checked()
    for axis in sizes.indices {
      let (first, last) = (-ends[axis].low, added[axis] - ends[axis].high)
      y = y.padded(
        axis: axis + 1, low: max(0, first), high: max(0, last), value: number(0, y.dtype))
      y = try y.sliced(max(0, -first)..<max(0, -first) + result[axis], axis: axis + 1).checked()
    }
    return try call.biased(y, rank: x.rank)
  }

  /// What is cut off each end of the whole result.
  private static func padding(
    _ call: ONNXCall, whole: [Int], sizes: [Int], _ frame: SlidingWindow
  ) throws -> [Padding] {
    var wanted = try call.ints("output_shape")
    if frame.isSame { wanted = wanted ?? zip(sizes, frame.strides).map { $0 * $1 } }
    guard let wanted else { return frame.padding }
    // Some writers state batch and channels, too.
    let spatial = Array(wanted.suffix(sizes.count))
    guard spatial.count == sizes.count, spatial.allSatisfy({ (1...1 << 30).contains($0) }) else {
      throw call.refused("output_shape", "\(wanted)")
    }
    return zip(whole, spatial).map { whole, wanted in
      // Where the result is to be larger, what is added is split as a negative padding is.
      let total = max(0, whole - wanted)
      let missing = max(0, wanted - whole)
      let (less, more) = (total / 2, total - total / 2)
      return frame.isUpper ? Padding(less, more - missing) : Padding(more, less - missing)
    }
  }
}

/// A window that slides over pictures, as ONNX's attributes describe it.
struct SlidingWindow {
  let sizes: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// Elements put before and after, along each spatial axis.
  let padding: [Padding]
  /// Whether the padding follows from strides.
  let isSame: Bool
  /// Whether an odd element of padding goes to the end.
  let isUpper: Bool

  /// Elements between the first and the last that a window sees, both included.
  var covered: [Int] { zip(sizes, dilations).map { ($0 - 1) * $1 + 1 } }

  init(_ call: ONNXCall, sizes: [Int], over lengths: [Int], isTransposed: Bool = false) throws {
    self.sizes = sizes
    func list(_ name: String) throws -> [Int] {
      let values = try call.ints(name) ?? sizes.map { _ in 1 }
      guard values.count == sizes.count, values.allSatisfy({ (1...1 << 20).contains($0) }) else {
        throw call.refused(name, "\(values)", "Check the file.")
      }
      return values
    }
    guard sizes.allSatisfy({ (1...1 << 20).contains($0) }), sizes.count == lengths.count,
      lengths.allSatisfy({ $0 <= 1 << 40 })
    else { throw Mismatch("its window is \(sizes) over \(lengths)", "Check the file.") }
    strides = try list("strides")
    dilations = try list("dilations")
    let mode = try call.expect(
      "auto_pad", in: ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"], default: "NOTSET")
    isSame = mode.hasPrefix("SAME")
    isUpper = mode == "SAME_UPPER"
    let pads = mode == "NOTSET" ? try call.ints("pads") ?? [] : []
    guard pads.isEmpty || pads.count == 2 * sizes.count,
      pads.allSatisfy({ (-(1 << 20)...1 << 20).contains($0) })
    else { throw call.refused("pads", "\(pads)", "Check the file.") }
    let covered = zip(sizes, dilations).map { ($0 - 1) * $1 + 1 }
    let (strides, isSame, isUpper) = (strides, isSame, isUpper)
    padding = sizes.indices.map { axis in
      if isSame, !isTransposed {
        let outputs = (lengths[axis] + strides[axis] - 1) / strides[axis]
        let total = max(0, (outputs - 1) * strides[axis] + covered[axis] - lengths[axis])
        let less = total / 2
        return isUpper ? Padding(less, total - less) : Padding(total - less, less)
      }
      return pads.isEmpty ? Padding(0, 0) : Padding(pads[axis], pads[sizes.count + axis])
    }
  }
}

extension ONNXCall {
  /// Pictures, a kernel over them, and the kernel's window.
  fileprivate func pictures() throws -> (x: ONNXValue, kernel: ONNXValue, window: [Int]) {
    let (x, kernel) = (try value(0), try value(1))
    guard x.rank >= 3, kernel.rank == x.rank else {
      throw Mismatch("its input and kernel are no pictures", "Check the file.")
    }
    let window = Array(kernel.shape.dimensions.dropFirst(2))
    if let stated = try ints("kernel_shape"), stated != window {
      throw refused("kernel_shape", "\(stated) for a kernel of \(window)", "Check the file.")
    }
    return (x, kernel, window)
  }

  /// The result of a convolution with the bias, if there is one, added to each channel.
  fileprivate func biased(_ y: Tensor, rank: Int) throws -> ONNXValue {
    var y = try y.checked()
    if let bias = optional(2) {
      guard bias.shape == [y.shape[rank - 1]] else {
        throw Mismatch("its bias has the shape \(bias.shape)", "Check the file.")
      }
      y += bias.tensor
    }
    return ONNXValue(y, order: .channelsLast(rank: rank))
  }
}
