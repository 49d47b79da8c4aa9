import CDNNL
import MoruGraph
import MoruTensors

extension Lowering {
  func lowerConvolution(_ rule: Convolution, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let shape = ConvolutionShape(
      rule, input: x.shape, kernel: graph.types[node.operands[1]].shape.dimensions,
      output: graph.types[node.results[0]].shape.dimensions)
    let layouts = ConvolutionLayouts(rule, shape, x.dtype)
    lowerBiased(node) { result, bias in
      guard let layouts,
        let primitive = layouts.primitive(.forward, isBiased: bias != nil, in: dnnl)
      else {
        if bias == nil {
          let kernel = contiguous(node.operands[1])
          appendGeneral(
            "convolution", shape, [x, kernel], define(result), ConvolutionGeneral.forward)
        }
        return bias == nil
      }
      let kernel = kernelOperand(node.operands[1], layouts, primitive)
      append(
        DNNLStep(
          "convolution", shape.detail + (bias == nil ? "" : " + bias"), primitive,
          reads: [(.source, x), (.weights, kernel)] + (bias.map { [(.bias, $0)] } ?? []),
          writes: [(.destination, define(result))], flopCount: shape.flopCount))
      return true
    }
  }

  func lowerConvolutionInputGradient(_ rule: ConvolutionInputGradient, _ node: Graph.Node) {
    let dy = contiguous(node.operands[0])
    let shape = ConvolutionShape(
      rule.convolution, input: graph.types[node.results[0]].shape.dimensions,
      kernel: graph.types[node.operands[1]].shape.dimensions, output: dy.shape)
    if let layouts = ConvolutionLayouts(rule.convolution, shape, dy.dtype),
      let primitive = layouts.primitive(.inputGradient, in: dnnl)
    {
      let kernel = kernelOperand(node.operands[1], layouts, primitive)
      let dx = define(node.results[0])
      append(
        DNNLStep(
          "convolutionInputGradient", shape.detail, primitive,
          reads: [(.destinationGradient, dy), (.weights, kernel)],
          writes: [(.sourceGradient, dx)], flopCount: shape.flopCount))
      return
    }
    let kernel = contiguous(node.operands[1])
    let dx = define(node.results[0])
    appendGeneral(
      "convolutionInputGradient", shape, [dy, kernel], dx, ConvolutionGeneral.inputGradient)
  }

  func lowerConvolutionKernelGradient(_ rule: ConvolutionKernelGradient, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let dy = contiguous(node.operands[1])
    let shape = ConvolutionShape(
      rule.convolution, input: x.shape, kernel: graph.types[node.results[0]].shape.dimensions,
      output: dy.shape)
    if x.count > 0, dy.count > 0,
      let layouts = ConvolutionLayouts(rule.convolution, shape, x.dtype),
      let primitive = layouts.primitive(.kernelGradient, in: dnnl),
      let chosen = primitive.layout(of: CDNNL_WEIGHTS_GRADIENT)
    {
      let layout = BlockedLayout(blocked: chosen, plain: layouts.kernel)
      let isPlain = chosen == layouts.kernel
      let isPadded = chosen.byteCount != graph.types[node.results[0]].byteCount
      let dk: View
      if isPlain {
        dk = define(node.results[0])
      } else if isPadded {
        dk = paddedView(chosen.byteCount)
      } else {
        dk = define(node.results[0], layout: layout)
      }
      append(
        DNNLStep(
          "convolutionKernelGradient", shape.detail, primitive,
          reads: [(.source, x), (.destinationGradient, dy)], writes: [(.weightsGradient, dk)],
          flopCount: shape.flopCount))
      if isPadded { appendReorder(chosen, dk, layouts.kernel, define(node.results[0])) }
      return
    }
    let dk = define(node.results[0])
    appendGeneral(
      "convolutionKernelGradient", shape, [x, dy], dk, ConvolutionGeneral.kernelGradient)
  }

  /// The kernel in the layout that a primitive chose.
  private func kernelOperand(
    _ value: Graph.Value, _ layouts: ConvolutionLayouts, _ primitive: DNNLPrimitive
  ) -> View {
    guard let chosen = primitive.layout(of: CDNNL_WEIGHTS), chosen != layouts.kernel else {
      return contiguous(value)
    }
    let layout = BlockedLayout(blocked: chosen, plain: layouts.kernel)
    if chosen.byteCount == graph.types[value].byteCount {
      wish(layout, for: value)
      return operand(value, in: layout)
    }
    let padded = paddedView(chosen.byteCount)
    appendReorder(layouts.kernel, contiguous(value), chosen, padded)
    return padded
  }

  private func paddedView(_ byteCount: Int) -> View {
    scratchView(TensorType(.float32, [byteCount / 4]))
  }

  private func appendGeneral(
    _ kind: String, _ shape: ConvolutionShape, _ operands: [View], _ result: View,
    _ operation: ConvolutionGeneral
  ) {
    func step<T: KernelElement>(_ type: T.Type) -> KernelStep {
      KernelStep(kind, shape.detail, reads: operands, writes: [result], flopCount: shape.flopCount)
      { memory in
        let a = UnsafePointer(memory.pointer(operands[0], as: T.self))
        let b = UnsafePointer(memory.pointer(operands[1], as: T.self))
        let target = memory.pointer(result, as: T.self)
        return {
          switch operation {
          case .forward: ConvolutionKernels.forward(shape, x: a, kernel: b, into: target)
          case .inputGradient:
            ConvolutionKernels.inputGradient(shape, dy: a, kernel: b, into: target)
          case .kernelGradient: ConvolutionKernels.kernelGradient(shape, x: a, dy: b, into: target)
          }
        }
      }
    }
    append(step(result.dtype.kernelElement))
  }
}

private enum ConvolutionGeneral { case forward, inputGradient, kernelGradient }

extension ConvolutionShape {
  /// A convolution of `[batch, spatial…, channels]`; missing spatial axes come first, with size 1.
  init(_ rule: Convolution, input: [Int], kernel: [Int], output: [Int]) {
    let ones = [Int](repeating: 1, count: 3 - rule.strides.count)
    self.init(
      batch: input[0], channels: input[input.count - 1], features: output[output.count - 1],
      groups: rule.groups, input: ones + input[1..<input.count - 1],
      output: ones + output[1..<output.count - 1], window: ones + kernel[..<(kernel.count - 2)],
      strides: ones + rule.strides, dilation: ones + rule.dilation,
      low: ones.map { _ in 0 } + rule.padding.map(\.low))
  }

  var flopCount: Int {
    2 * batch * output.reduce(1, *) * window.reduce(1, *) * groupChannels * features
  }

  var detail: String {
    "\(batch)×\(input)×\(channels) \(window)/\(strides) to \(features)"
      + (groups > 1 ? " in \(groups) groups" : "")
  }
}

/// The layouts of a Float32 convolution's tensors in oneDNN's order of axes; pictures stay
/// channels-last, the kernel lies as the primitive likes it.
private struct ConvolutionLayouts {
  enum Direction { case forward, inputGradient, kernelGradient }

  let x, anyKernel, kernel, y: DNNLLayout
  private let rule: Convolution
  private let features: Int

  init?(_ rule: Convolution, _ shape: ConvolutionShape, _ dtype: DType) {
    guard dtype == .float32, shape.batch > 0, shape.channels > 0, shape.features > 0 else {
      return nil
    }
    let rank = rule.strides.count
    func picture(_ spatial: [Int], _ channels: Int) -> DNNLLayout? {
      let sizes = [shape.batch] + spatial.suffix(rank) + [channels]
      let strides = Shape(sizes).strides
      return .strided(
        [sizes[0], channels] + sizes[1...rank], [strides[0], 1] + strides[1...rank])
    }
    let window = Array(shape.window.suffix(rank))
    let sizes = window + [shape.groupChannels, shape.features]
    let strides = Shape(sizes).strides
    let grouped = shape.groups > 1
    let kernelSizes =
      (grouped ? [shape.groups] : []) + [shape.groupFeatures, shape.groupChannels] + window
    let kernelStrides =
      (grouped ? [shape.groupFeatures] : []) + [1, strides[rank]] + strides[..<rank]
    guard let x = picture(shape.input, shape.channels),
      let y = picture(shape.output, shape.features),
      let kernel = DNNLLayout.strided(kernelSizes, kernelStrides),
      let anyKernel = DNNLLayout.any(kernelSizes)
    else { return nil }
    (self.x, self.y, self.kernel, self.anyKernel) = (x, y, kernel, anyKernel)
    (self.rule, features) = (rule, shape.features)
  }

  func primitive(
    _ direction: Direction, isBiased: Bool = false, in dnnl: DNNLContext
  ) -> DNNLPrimitive? {
    let bias = isBiased ? DNNLLayout.strided([features], [1]) : nil
    let strides = rule.strides.map(Int64.init)
    let dilations = rule.dilation.map(Int64.init)
    let low = rule.padding.map { Int64($0.low) }
    // oneDNN wants the padding that the output really uses.
    let high = rule.padding.map { Int64($0.high) }
    return strides.withUnsafeBufferPointer { strides in
      dilations.withUnsafeBufferPointer { dilations in
        low.withUnsafeBufferPointer { low in
          high.withUnsafeBufferPointer { high in
            let window = cdnnl_window(
              rank: Int32(strides.count), strides: strides.baseAddress,
              dilations: dilations.baseAddress, padding_low: low.baseAddress,
              padding_high: high.baseAddress)
            return DNNLPrimitive(
              cdnnl_convolution(
                dnnl.handle, direction.value, x.handle, anyKernel.handle, bias?.handle, y.handle,
                window))
          }
        }
      }
    }
  }
}

extension ConvolutionLayouts.Direction {
  fileprivate var value: cdnnl_direction {
    switch self {
    case .forward: CDNNL_FORWARD
    case .inputGradient: CDNNL_BACKWARD_DATA
    case .kernelGradient: CDNNL_BACKWARD_WEIGHTS
    }
  }
}
