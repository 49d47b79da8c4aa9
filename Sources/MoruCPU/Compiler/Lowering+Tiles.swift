import CKernels
import MoruGraph
import MoruTensors

/// Convolutions by own kernels, in tiles with few products. Pictures and kernels stay in row-major
/// order; a kernel is transformed once for steps that use it alike.
extension Lowering {
  /// The filter that computes a part of a convolution, or nil if oneDNN does.
  func filter(
    for shape: ConvolutionShape, _ part: ConvolutionAlgorithm.Part, of pictures: Graph.Value
  ) -> ck_filter? {
    guard graph.types[pictures].dtype == .float32,
      case .tiles(let filter) = ConvolutionAlgorithm.choice(shape, part)
    else { return nil }
    return filter
  }

  /// Computes a convolution with its epilogue.
  func appendTiledConvolution(
    _ filter: ck_filter, _ shape: ConvolutionShape, _ input: Graph.Value, _ kernel: Graph.Value,
    _ epilogue: Epilogues.Entry
  ) {
    var filtering = ck_filtering(filter, shape)
    filtering.activation = ck_activation(epilogue.activation)
    let operands = TiledOperands(
      pictures: contiguous(input),
      kernel: transformedKernel(filtering, kernel, isTransposed: false),
      bias: epilogue.bias.map { contiguous($0) },
      residual: epilogue.residual.map { contiguous($0) })
    let detail = shape.detail + epilogue.detail
    appendTiles("convolution", detail, shape, filtering, operands, define(epilogue.result))
  }

  /// The gradient of a convolution's input: the convolution of the cotangent with the kernel turned
  /// around.
  func appendTiledInputGradient(
    _ filter: ck_filter, _ shape: ConvolutionShape, _ cotangent: Graph.Value,
    _ kernel: Graph.Value, to result: Graph.Value
  ) {
    let filtering = ck_filtering(turningAround: filter, shape)
    let operands = TiledOperands(
      pictures: contiguous(cotangent),
      kernel: transformedKernel(filtering, kernel, isTransposed: true))
    appendTiles(
      "convolutionInputGradient", shape.detail, shape, filtering, operands, define(result))
  }

  func appendTiledKernelGradient(
    _ filter: ck_filter, _ shape: ConvolutionShape, _ input: Graph.Value,
    _ cotangent: Graph.Value, to result: Graph.Value
  ) {
    let filtering = ck_filtering(filter, shape)
    let (x, dy) = (contiguous(input), contiguous(cotangent))
    let gradient = define(result)
    let threads = threads(of: filtering, shape)
    append(
      KernelStep(
        "convolutionKernelGradient", shape.detail + filtering.detail, reads: [x, dy],
        writes: [gradient], flopCount: shape.flopCount,
        scratchBytes: withUnsafePointer(to: filtering) {
          Int(ck_filtering_gradient_scratch_bytes($0))
        }, vectorThreads: threads
      ) { memory in
        let target = memory.pointer(gradient, as: Float.self)
        let inputs = memory.pointer(x, as: Float.self)
        let cotangents = memory.pointer(dy, as: Float.self)
        let scratch = memory.scratch.assumingMemoryBound(to: Float.self)
        return {
          withUnsafePointer(to: filtering) {
            ck_filtering_kernel_gradient_f32($0, target, inputs, cotangents, scratch, threads)
          }
        }
      })
  }

  private func appendTiles(
    _ kind: String, _ detail: String, _ shape: ConvolutionShape, _ filtering: ck_filtering,
    _ operands: TiledOperands, _ result: View
  ) {
    let threads = threads(of: filtering, shape)
    append(
      KernelStep(
        kind, detail + filtering.detail, reads: operands.views, writes: [result],
        flopCount: shape.flopCount,
        scratchBytes: withUnsafePointer(to: filtering) {
          Int(ck_filtering_scratch_bytes($0, threads))
        }, vectorThreads: threads
      ) { memory in
        func pointer(_ view: View) -> UnsafeMutablePointer<Float> { memory.pointer(view) }
        let (target, pictures) = (pointer(result), pointer(operands.pictures))
        let kernel = pointer(operands.kernel)
        let (bias, residual) = (operands.bias.map(pointer), operands.residual.map(pointer))
        let scratch = memory.scratch.assumingMemoryBound(to: Float.self)
        return {
          withUnsafePointer(to: filtering) {
            ck_filtering_f32($0, target, pictures, kernel, bias, residual, scratch, threads)
          }
        }
      })
  }

  /// The kernel as a filter multiplies with it.
  private func transformedKernel(
    _ filtering: ck_filtering, _ kernel: Graph.Value, isTransposed: Bool
  ) -> View {
    let key = TransformedKernel(
      value: kernel, filter: filtering.filter.rawValue, isTransposed: isTransposed)
    if let known = transformedKernels[key], isWorthKeeping(kernel, since: known.step) {
      return known.view
    }
    let view = preparing(kernel) {
      let source = contiguous(kernel)
      let byteCount = ck_filter_kernel_bytes(
        filtering.filter, filtering.channels, filtering.features)
      let view = scratchView(TensorType(.float32, [Int(byteCount) / 4]))
      let threads = Int32(policy.threads(forElements: view.count))
      append(
        KernelStep(
          "kernelTransform", "\(source.shape)" + filtering.detail, reads: [source], writes: [view],
          vectorThreads: threads
        ) { memory in
          let target = memory.pointer(view, as: Float.self)
          let taps = memory.pointer(source, as: Float.self)
          return {
            withUnsafePointer(to: filtering) {
              ck_filter_pack_f32($0, target, taps, isTransposed, threads)
            }
          }
        })
      return view
    }
    transformedKernels[key] = (view, steps.count)
    return view
  }

  /// Whether a transformed kernel is still to be read: after many steps its memory is worth more
  /// than the transform, which a checkpointed computation does again with all else.
  private func isWorthKeeping(_ kernel: Graph.Value, since step: Int) -> Bool {
    partition.isInvariant[kernel] || steps.count - step <= 48
  }

  private func threads(of filtering: ck_filtering, _ shape: ConvolutionShape) -> Int32 {
    Int32(policy.threads(forElements: shape.flopCount / 16))
  }
}

/// A kernel that has been transformed for a filter.
struct TransformedKernel: Hashable {
  let value: Graph.Value
  let filter: UInt32
  let isTransposed: Bool
}

private struct TiledOperands {
  let pictures, kernel: View
  var bias: View?
  var residual: View?

  var views: [View] { [pictures, kernel] + [bias, residual].compactMap { $0 } }
}

extension ck_filtering {
  /// A convolution.
  fileprivate init(_ filter: ck_filter, _ shape: ConvolutionShape) {
    self.init()
    self.filter = filter
    (batch, channels) = (Int64(shape.batch), Int64(shape.channels))
    features = Int64(shape.features)
    input = (Int64(shape.input[1]), Int64(shape.input[2]))
    output = (Int64(shape.output[1]), Int64(shape.output[2]))
    padding_low = (Int64(shape.low[1]), Int64(shape.low[2]))
    activation = ck_activation(nil)
  }

  /// The transposed convolution, from cotangents to the gradient of inputs.
  fileprivate init(turningAround filter: ck_filter, _ shape: ConvolutionShape) {
    self.init(filter, shape)
    swap(&channels, &features)
    swap(&input, &output)
    if shape.strides[1] == 1 {
      let last = (Int64(shape.window[1]) - 1, Int64(shape.window[2]) - 1)
      padding_low = (last.0 - padding_low.0, last.1 - padding_low.1)
    }
  }

  fileprivate var detail: String {
    let edge = ck_filter_tile_of(filter).outputs
    return " in tiles of \(edge)×\(edge)"
  }
}
