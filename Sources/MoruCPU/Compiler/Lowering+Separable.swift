import CKernels
import MoruGraph
import MoruTensors

extension Lowering {
  func lowerSeparable(
    _ rule: Convolution, _ node: Graph.Node, _ entry: SeparableConvolutions.Entry
  ) {
    let shape = ConvolutionShape(rule, node, graph)
    let epilogue = epilogue(of: node)
    switch entry.kind {
    case .pointwise: appendPointwise(shape, node, entry, epilogue)
    case .depthwise: appendDepthwise(shape, node, entry, epilogue)
    }
  }

  private func epilogue(of node: Graph.Node) -> Epilogues.Entry {
    partition.epilogues.entries[node.results[0]] ?? Epilogues.Entry(result: node.results[0])
  }

  private func appendPointwise(
    _ shape: ConvolutionShape, _ node: Graph.Node, _ entry: SeparableConvolutions.Entry,
    _ epilogue: Epilogues.Entry
  ) {
    let x = contiguous(entry.gated?.source ?? node.operands[0])
    let gate = entry.gated.map { contiguous($0.gate) }
    let residual = epilogue.residual.map { contiguous($0) }
    let packed = packedKernel(node.operands[1], bias: epilogue.bias)
    let y = define(epilogue.result)
    let threads = threads(for: shape)
    let pointwise = ck_pointwise(shape, epilogue.activation)
    append(
      KernelStep(
        "convolution", shape.detail + epilogue.detail + (gate == nil ? "" : ", gated"),
        reads: [x, packed] + [residual, gate].compactMap { $0 }, writes: [y],
        flopCount: shape.flopCount,
        scratchBytes: withUnsafePointer(to: pointwise) {
          gate == nil ? 0 : ck_pointwise_scratch_bytes($0, threads)
        }, vectorThreads: threads
      ) { memory in
        let target = memory.pointer(y, as: Float.self)
        let (source, kernel) = (
          memory.pointer(x, as: Float.self), memory.pointer(packed, as: Float.self)
        )
        let addend = residual.map { memory.pointer($0, as: Float.self) }
        let factors = gate.map { memory.pointer($0, as: Float.self) }
        return {
          withUnsafePointer(to: pointwise) {
            ck_pointwise_f32($0, target, source, kernel, addend, factors, threads, memory.scratch)
          }
        }
      })
  }

  private func appendDepthwise(
    _ shape: ConvolutionShape, _ node: Graph.Node, _ entry: SeparableConvolutions.Entry,
    _ epilogue: Epilogues.Entry
  ) {
    var detail = shape.detail + epilogue.detail + (entry.totals == nil ? "" : ", summed")
    var flopCount = shape.flopCount
    var x = node.operands[0]
    var expansion: ck_pointwise?
    var packed: View?
    if let index = entry.expansion {
      let maker = graph.nodes[index]
      let inner = self.epilogue(of: maker)
      if case .convolution(let rule) = maker.primitive {
        let wide = ConvolutionShape(rule, maker, graph)
        detail = wide.detail + inner.detail + ", then " + detail
        flopCount += wide.flopCount
        expansion = ck_pointwise(wide, inner.activation)
      }
      packed = packedKernel(maker.operands[1], bias: inner.bias)
      x = maker.operands[0]
    }
    let source = contiguous(x)
    let kernel = contiguous(node.operands[1])
    let bias = epilogue.bias.map { contiguous($0) }
    let y = define(epilogue.result)
    let totals = entry.totals.map { define($0) }
    let threads = threads(for: shape)
    let depthwise = ck_depthwise(shape, epilogue.activation)
    let operands = DepthwiseOperands(
      x: source, packed: packed, kernel: kernel, bias: bias, y: y, totals: totals)
    append(
      KernelStep(
        "convolution", detail, reads: operands.read, writes: operands.written,
        flopCount: flopCount,
        scratchBytes: withUnsafePointer(to: depthwise) { ck_depthwise_scratch_bytes($0, threads) },
        vectorThreads: threads
      ) { memory in
        operands.body(depthwise, expansion, threads: threads, memory)
      })
  }

  /// A kernel with its bias in the order in which tiles read it, made when parameters change.
  private func packedKernel(_ kernel: Graph.Value, bias: Graph.Value?) -> View {
    let dimensions = graph.types[kernel].shape.dimensions
    let channels = Int64(dimensions[dimensions.count - 2])
    let features = Int64(dimensions[dimensions.count - 1])
    return preparing(kernel) {
      let source = contiguous(kernel)
      let addend = bias.map { contiguous($0) }
      let packed = scratchView(
        TensorType(.float32, [ck_pointwise_packed_bytes(channels, features) / 4]))
      append(
        KernelStep(
          "pack", "\(source.shape)", reads: [source] + (addend.map { [$0] } ?? []),
          writes: [packed], vectorThreads: 1
        ) { memory in
          let target = memory.pointer(packed, as: Float.self)
          let weights = memory.pointer(source, as: Float.self)
          let numbers = addend.map { memory.pointer($0, as: Float.self) }
          return { ck_pack_pointwise(target, weights, numbers, channels, features) }
        })
      return packed
    }
  }

  /// A microsecond of work on one thread is done before others have joined.
  private func threads(for shape: ConvolutionShape) -> Int32 {
    Int32(shape.flopCount > 1 << 18 ? policy.threads : 1)
  }
}

/// The memory of a depthwise convolution.
private struct DepthwiseOperands {
  let x: View
  let packed: View?
  let kernel: View
  let bias: View?
  let y: View
  let totals: View?

  var read: [View] { [x, kernel] + [packed, bias].compactMap { $0 } }
  var written: [View] { [y] + (totals.map { [$0] } ?? []) }

  func body(
    _ shape: ck_depthwise, _ expansion: ck_pointwise?, threads: Int32, _ memory: MemoryMap
  ) -> () -> Void {
    func pointer(_ view: View?) -> UnsafeMutablePointer<Float>? {
      view.map { memory.pointer($0, as: Float.self) }
    }
    let (source, weights) = (pointer(x), pointer(kernel))
    let (expanding, addend) = (pointer(packed), pointer(bias))
    let (target, sums) = (pointer(y), pointer(totals))
    func run(_ shape: ck_depthwise) {
      withUnsafePointer(to: shape) {
        ck_depthwise_f32(
          $0, target, source, expanding, weights, addend, sums, threads, memory.scratch)
      }
    }
    guard let expansion else { return { run(shape) } }
    return {
      withUnsafePointer(to: expansion) {
        var whole = shape
        whole.expansion = $0
        run(whole)
      }
    }
  }
}

extension ck_pointwise {
  fileprivate init(_ shape: ConvolutionShape, _ activation: Epilogues.Activation?) {
    self.init(
      samples: Int64(shape.batch), pixels: Int64(shape.output.reduce(1, *)),
      channels: Int64(shape.channels), features: Int64(shape.features),
      activation: ck_activation(activation))
  }
}

extension ck_depthwise {
  fileprivate init(_ shape: ConvolutionShape, _ activation: Epilogues.Activation?) {
    func pair(_ values: [Int]) -> (Int64, Int64) { (Int64(values[1]), Int64(values[2])) }
    self.init(
      samples: Int64(shape.batch), channels: Int64(shape.channels), input: pair(shape.input),
      output: pair(shape.output), padding_low: pair(shape.low), window: Int64(shape.window[1]),
      stride: Int64(shape.strides[1]), activation: ck_activation(activation), expansion: nil)
  }
}

extension ck_activation {
  /// What own kernels do for an activation; nothing for nil.
  init(_ activation: Epilogues.Activation?) {
    self.init(low: -.infinity, high: .infinity, is_swish: false)
    switch activation {
    case nil: break
    case .relu: low = 0
    case .clip(let least, let greatest): (low, high) = (least, greatest)
    case .swish: is_swish = true
    }
  }
}
