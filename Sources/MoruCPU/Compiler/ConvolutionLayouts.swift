import CDNNL
import MoruGraph
import MoruTensors

/// The layouts of a convolution's tensors in oneDNN's order of axes. Convolutions are as fast on
/// channels-last pictures as on blocked ones. The kernel lies as the primitive likes it.
struct ConvolutionLayouts {
  let x, kernel, anyKernel, y: DNNLLayout
  private let rule: Convolution
  private let features: Int

  init?(
    _ rule: Convolution, _ shape: ConvolutionShape, input: DType = .float32,
    kernel kernelType: DType = .float32, output: DType = .float32
  ) {
    guard shape.batch > 0, shape.channels > 0, shape.features > 0 else { return nil }
    let rank = rule.strides.count
    func picture(_ spatial: [Int], _ channels: Int, _ type: DType) -> DNNLLayout? {
      ConvolutionLayouts.picture(
        [shape.batch] + spatial.suffix(rank) + [channels], of: type)
    }
    let window = Array(shape.window.suffix(rank))
    let sizes = window + [shape.groupChannels, shape.features]
    let strides = Shape(sizes).strides
    let grouped = shape.groups > 1
    let kernelSizes =
      (grouped ? [shape.groups] : []) + [shape.groupFeatures, shape.groupChannels] + window
    let kernelStrides =
      (grouped ? [shape.groupFeatures] : []) + [1, strides[rank]] + strides[..<rank]
    guard let x = picture(shape.input, shape.channels, input),
      let y = picture(shape.output, shape.features, output),
      let kernel = DNNLLayout.strided(kernelSizes, kernelStrides, of: kernelType),
      let anyKernel = DNNLLayout.any(kernelSizes, of: kernelType)
    else { return nil }
    (self.x, self.y, self.kernel, self.anyKernel) = (x, y, kernel, anyKernel)
    (self.rule, features) = (rule, shape.features)
  }

  /// The layout of a `[batch, spatial…, channels]` picture.
  static func picture(_ sizes: [Int], of type: DType) -> DNNLLayout? {
    let last = sizes.count - 1
    let strides = Shape(sizes).strides
    return .strided(
      [sizes[0], sizes[last]] + sizes[1..<last], [strides[0], 1] + strides[1..<last], of: type)
  }

  /// The forward pass on whole numbers.
  func forward(
    _ epilogue: cdnnl_epilogue, isBiased: Bool, in dnnl: DNNLContext
  ) -> DNNLPrimitive? {
    primitive(
      CDNNL_INFERENCE, isBiased ? .strided([features], [1]) : nil, epilogue: epilogue, in: dnnl)
  }

  /// The forward pass, or nil if oneDNN has nothing fast for it.
  ///
  /// - Parameter isPrepared: Whether the kernel stays the same for many runs.
  func forward(
    _ epilogue: Epilogues.Entry, isPrepared: Bool, in dnnl: DNNLContext
  ) -> DNNLPrimitive? {
    let bias = epilogue.bias == nil ? nil : DNNLLayout.strided([features], [1])
    let direction = isPrepared ? CDNNL_INFERENCE : CDNNL_FORWARD
    var end = epilogue.activation.value
    end.residual = epilogue.residual == nil ? nil : y.handle
    func isFast(_ primitive: DNNLPrimitive, _ isChosen: Bool) -> Bool {
      // What oneDNN does without a kernel of its own is slower than separate steps.
      let isSlow = ["ref", "gemm"].contains { primitive.implementation.hasPrefix($0) }
      return !isSlow || (isChosen && !epilogue.needsPasses)
    }
    // A kernel that is trained lies as its gradient does, which is as fast and saves a copy of it.
    if !isPrepared,
      let trained = primitive(CDNNL_BACKWARD_WEIGHTS, in: dnnl)?
        .layout(of: CDNNL_WEIGHTS_GRADIENT),
      let primitive = primitive(direction, bias, epilogue: end, kernel: trained, in: dnnl),
      isFast(primitive, false)
    {
      return primitive
    }
    return primitive(direction, bias, epilogue: end, in: dnnl).flatMap {
      isFast($0, true) ? $0 : nil
    }
  }

  /// A gradient, or nil if oneDNN has nothing fast for it.
  func gradient(
    _ part: ConvolutionAlgorithm.Part, in dnnl: DNNLContext
  ) -> DNNLPrimitive? {
    primitive(
      part == .inputGradient ? CDNNL_BACKWARD_DATA : CDNNL_BACKWARD_WEIGHTS, in: dnnl)
  }

  private func primitive(
    _ direction: cdnnl_direction, _ bias: DNNLLayout? = nil,
    epilogue: cdnnl_epilogue = cdnnl_epilogue(), kernel: DNNLLayout? = nil, in dnnl: DNNLContext
  ) -> DNNLPrimitive? {
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
                dnnl.handle, direction, x.handle, (kernel ?? anyKernel).handle, bias?.handle,
                y.handle, window, epilogue))
          }
        }
      }
    }
  }
}

extension Epilogues.Activation? {
  /// What oneDNN is told of it.
  var value: cdnnl_epilogue {
    var epilogue = cdnnl_epilogue()
    switch self {
    case nil: epilogue.activation = CDNNL_IDENTITY
    case .relu: epilogue.activation = CDNNL_RELU
    case .clip(let low, let high):
      epilogue.activation = CDNNL_CLIP
      (epilogue.low, epilogue.high) = (low, high)
    case .swish: epilogue.activation = CDNNL_SWISH
    }
    return epilogue
  }
}
