import CDNNL
import MoruGraph
import MoruTensors

extension Lowering {
  func lowerConvolution(_ rule: Convolution, _ node: Graph.Node) {
    if let entry = partition.separable.entries[node.results[0]] {
      return lowerSeparable(rule, node, entry)
    }
    let (input, kernel) = (node.operands[0], node.operands[1])
    let shape = ConvolutionShape(rule, node, graph)
    if let epilogue = partition.epilogues.entries[node.results[0]] {
      if let whole = epilogue.whole { return lowerWhole(rule, shape, whole, epilogue) }
      if appendConvolution(rule, shape, input, kernel, epilogue) { return }
      appendConvolution(rule, shape, input, kernel, to: node.results[0])
      return lowerSeparately(epilogue)
    }
    appendConvolution(rule, shape, input, kernel, to: node.results[0])
  }

  /// Computes a convolution without an epilogue.
  private func appendConvolution(
    _ rule: Convolution, _ shape: ConvolutionShape, _ input: Graph.Value, _ kernel: Graph.Value,
    to result: Graph.Value
  ) {
    if appendConvolution(rule, shape, input, kernel, Epilogues.Entry(result: result)) { return }
    let operands = [contiguous(input), contiguous(kernel)]
    appendGeneral("convolution", shape, operands, define(result), .forward)
  }

  /// Computes a convolution with its epilogue if oneDNN has something fast for it.
  private func appendConvolution(
    _ rule: Convolution, _ shape: ConvolutionShape, _ input: Graph.Value, _ kernel: Graph.Value,
    _ epilogue: Epilogues.Entry
  ) -> Bool {
    if let filter = filter(for: shape, .forward, of: input) {
      appendTiledConvolution(filter, shape, input, kernel, epilogue)
      return true
    }
    // Of volumes oneDNN adds wrong elements.
    if rule.strides.count == 3, epilogue.residual != nil { return false }
    guard graph.types[input].dtype == .float32, let layouts = ConvolutionLayouts(rule, shape),
      let primitive = layouts.forward(
        epilogue, isPrepared: partition.isInvariant[kernel], in: dnnl)
    else { return false }
    var reads = [
      (DNNLRole.source, contiguous(input)),
      (.weights, kernelOperand(kernel, layouts, primitive)),
    ]
    if let bias = epilogue.bias { reads.append((.bias, contiguous(bias))) }
    if let residual = epilogue.residual {
      reads.append((.residual, contiguous(residual)))
    }
    append(
      DNNLStep(
        "convolution", shape.detail + epilogue.detail, primitive, reads: reads,
        writes: [(.destination, define(epilogue.result))], flopCount: shape.flopCount))
    return true
  }

  func lowerConvolutionInputGradient(_ rule: ConvolutionInputGradient, _ node: Graph.Node) {
    let (cotangent, kernel) = (node.operands[0], node.operands[1])
    let shape = ConvolutionShape(
      rule.convolution, input: graph.types[node.results[0]].shape.dimensions,
      kernel: graph.types[kernel].shape.dimensions,
      output: graph.types[cotangent].shape.dimensions)
    if let filter = filter(for: shape, .inputGradient, of: cotangent) {
      return appendTiledInputGradient(filter, shape, cotangent, kernel, to: node.results[0])
    }
    if graph.types[cotangent].dtype == .float32,
      let layouts = ConvolutionLayouts(rule.convolution, shape),
      let primitive = layouts.gradient(.inputGradient, in: dnnl)
    {
      let dy = contiguous(cotangent)
      append(
        DNNLStep(
          "convolutionInputGradient", shape.detail, primitive,
          reads: [
            (.destinationGradient, dy), (.weights, kernelOperand(kernel, layouts, primitive)),
          ],
          writes: [(.sourceGradient, define(node.results[0]))], flopCount: shape.flopCount))
      return
    }
    let operands = [contiguous(cotangent), contiguous(kernel)]
    appendGeneral(
      "convolutionInputGradient", shape, operands, define(node.results[0]), .inputGradient)
  }

  func lowerConvolutionKernelGradient(_ rule: ConvolutionKernelGradient, _ node: Graph.Node) {
    let (input, cotangent) = (node.operands[0], node.operands[1])
    let types = (graph.types[input], graph.types[cotangent])
    let shape = ConvolutionShape(
      rule.convolution, input: types.0.shape.dimensions,
      kernel: graph.types[node.results[0]].shape.dimensions, output: types.1.shape.dimensions)
    if let filter = filter(for: shape, .kernelGradient, of: input) {
      return appendTiledKernelGradient(filter, shape, input, cotangent, to: node.results[0])
    }
    if types.0.dtype == .float32, types.0.shape.elementCount > 0, types.1.shape.elementCount > 0,
      let layouts = ConvolutionLayouts(rule.convolution, shape),
      let primitive = layouts.gradient(.kernelGradient, in: dnnl),
      let chosen = primitive.layout(of: CDNNL_WEIGHTS_GRADIENT)
    {
      let layout = BlockedLayout(blocked: chosen, plain: layouts.kernel)
      let isPlain = chosen == layouts.kernel
      let isPadded = chosen.byteCount != graph.types[node.results[0]].byteCount
      let x = contiguous(input)
      let dy = contiguous(cotangent)
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
    let operands = [contiguous(input), contiguous(cotangent)]
    appendGeneral(
      "convolutionKernelGradient", shape, operands, define(node.results[0]), .kernelGradient)
  }

  // MARK: - Operands

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
    return preparing(value) {
      let padded = paddedView(chosen.byteCount)
      appendReorder(layouts.kernel, contiguous(value), chosen, padded)
      return padded
    }
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

  /// The shape of a forward convolution's node.
  init(_ rule: Convolution, _ node: Graph.Node, _ graph: Graph) {
    func dimensions(_ value: Graph.Value) -> [Int] { graph.types[value].shape.dimensions }
    self.init(
      rule, input: dimensions(node.operands[0]), kernel: dimensions(node.operands[1]),
      output: dimensions(node.results[0]))
  }

  var flopCount: Int {
    2 * batch * output.reduce(1, *) * window.reduce(1, *) * groupChannels * features
  }

  var detail: String {
    "\(batch)×\(input)×\(channels) \(window)/\(strides) to \(features)"
      + (groups > 1 ? " in \(groups) groups" : "")
  }
}

extension Epilogues.Entry {
  /// Whether it is more than a bias.
  var needsPasses: Bool { residual != nil || activation != nil }

  var detail: String {
    (whole == nil ? "" : " of whole numbers") + (bias == nil ? "" : " + bias")
      + (residual == nil ? "" : " + residual") + (activation.map { " \($0)" } ?? "")
  }
}

extension Epilogues.Activation: CustomStringConvertible {
  var description: String {
    switch self {
    case .relu: "relu"
    case .clip(let low, let high): "clip \(low)…\(high)"
    case .swish: "swish"
    }
  }
}
