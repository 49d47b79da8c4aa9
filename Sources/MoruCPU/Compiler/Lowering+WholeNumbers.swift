import CDNNL
import MoruGraph
import MoruTensors

/// Products of whole numbers of one byte by oneDNN, with what makes Float32 or whole numbers of their
/// sums. Kernels are packed when they are prepared.
extension Lowering {
  /// Computes a convolution of whole numbers with its epilogue.
  func lowerWhole(
    _ rule: Convolution, _ shape: ConvolutionShape, _ whole: Epilogues.WholeProduct,
    _ epilogue: Epilogues.Entry
  ) {
    let output = graph.types[epilogue.result]
    let layouts = ConvolutionLayouts(
      rule, shape, input: graph.types[whole.input].dtype, kernel: .int8, output: output.dtype)
    let residual = epilogue.residual.flatMap {
      ConvolutionLayouts.picture(output.shape.dimensions, of: graph.types[$0].dtype)
    }
    guard let layouts else { preconditionFailure("a convolution has pictures and a kernel") }
    let isBiased = epilogue.bias != nil
    appendWhole(
      "convolution", shape.detail, whole, epilogue, plain: layouts.kernel, residual: residual,
      flopCount: shape.flopCount
    ) { [dnnl] in layouts.forward($0, isBiased: isBiased, in: dnnl) }
  }

  /// Computes a product of rows with a matrix, both of whole numbers, with its epilogue.
  func lowerWhole(_ whole: Epilogues.WholeProduct, _ epilogue: Epilogues.Entry) {
    let (input, output) = (graph.types[whole.input], graph.types[epilogue.result])
    let (inner, columns) = (input.shape.last ?? 1, output.shape.last ?? 1)
    let rows = output.shape.elementCount / columns
    func matrix(_ rows: Int, _ columns: Int, _ type: DType = .float32) -> DNNLLayout? {
      .strided([rows, columns], [columns, 1], of: type)
    }
    guard let source = matrix(rows, inner, input.dtype), let plain = matrix(inner, columns, .int8),
      let weights = DNNLLayout.any([inner, columns], of: .int8),
      let destination = matrix(rows, columns, output.dtype)
    else { preconditionFailure("a product has two matrices") }
    let bias = epilogue.bias.flatMap { _ in matrix(1, columns) }
    appendWhole(
      "dot", "1×\(rows)×\(inner)×\(columns)", whole, epilogue, plain: plain,
      residual: epilogue.residual.flatMap { matrix(rows, columns, graph.types[$0].dtype) },
      flopCount: 2 * rows * inner * columns
    ) { [dnnl] in
      DNNLPrimitive(
        cdnnl_matmul(
          dnnl.handle, source.handle, weights.handle, bias?.handle, destination.handle, $0))
    }
  }

  private func appendWhole(
    _ kind: String, _ detail: String, _ whole: Epilogues.WholeProduct,
    _ epilogue: Epilogues.Entry, plain: DNNLLayout, residual: DNNLLayout?, flopCount: Int,
    _ make: @escaping (cdnnl_epilogue) -> DNNLPrimitive?
  ) {
    let end = WholeEpilogue(epilogue, whole, residual)
    let features = graph.types[whole.scale].shape.elementCount
    guard let primitive = end.primitive([Float](repeating: 1, count: features), make) else {
      preconditionFailure("oneDNN has at least a plain kernel for every product of whole numbers")
    }
    var reads = [
      (DNNLRole.source, contiguous(whole.input)),
      (.weights, packedKernel(whole.kernel, plain, primitive)),
    ]
    if let residual = epilogue.residual { reads.append((.residual, contiguous(residual))) }
    let scale = contiguous(whole.scale)
    let bias = epilogue.bias.map { contiguous($0) }
    let shift = bias.map { bias in
      preparing(whole.scale) { scratchView(TensorType(.float32, Shape(bias.shape))) }
    }
    if let shift { reads.append((.bias, shift)) }
    let step = DNNLStep(
      kind, detail + epilogue.detail, primitive, reads: reads,
      writes: [(.destination, define(epilogue.result))], flopCount: flopCount)
    preparing(whole.scale) {
      append(
        WholeEpilogue.preparation(scale: scale, unit: end.unit, bias: bias, into: shift) { scales in
          // oneDNN takes the scales as constants.
          guard let scaled = end.primitive(scales, make) else {
            preconditionFailure("oneDNN makes a product whatever its scales are")
          }
          step.replace(by: scaled)
        })
    }
    append(step)
  }

  /// A kernel as a primitive wants it, perhaps with sums that depend on the kernel alone.
  private func packedKernel(
    _ kernel: Graph.Value, _ plain: DNNLLayout, _ primitive: DNNLPrimitive
  ) -> View {
    guard let chosen = primitive.layout(of: CDNNL_WEIGHTS), chosen != plain else {
      return contiguous(kernel)
    }
    return preparing(kernel) {
      let packed = scratchView(TensorType(.int8, [chosen.byteCount]))
      appendReorder(plain, contiguous(kernel), chosen, packed)
      return packed
    }
  }
}

/// The epilogue of a product of whole numbers as oneDNN computes it: in steps of what is added or of
/// the result, so that one factor at most is left for the end.
private struct WholeEpilogue {
  /// The distance between neighbouring numbers that results have before the last factor.
  let unit: Float
  private let value: cdnnl_epilogue
  /// Keeps its layout alive.
  private let residual: DNNLLayout?

  init(
    _ entry: Epilogues.Entry, _ whole: Epilogues.WholeProduct, _ residual: DNNLLayout?
  ) {
    var value = entry.activation.value
    unit =
      entry.residual != nil
      ? whole.residualFactor : entry.activation == .swish ? 1 : 1 / whole.factor
    value.low /= unit
    value.high /= unit
    value.factor = unit * whole.factor
    if entry.residual == nil, entry.activation != .swish { value.factor = 1 }
    value.residual = residual?.handle
    self.value = value
    self.residual = residual
  }

  func primitive(
    _ scales: [Float], _ make: (cdnnl_epilogue) -> DNNLPrimitive?
  ) -> DNNLPrimitive? {
    scales.withUnsafeBufferPointer { scales in
      var value = value
      value.scales = scales.baseAddress
      value.scale_count = Int64(scales.count)
      return make(value)
    }
  }

  /// Tells a product its scales, and writes the bias in steps of the sum, to which it is added before
  /// that is scaled.
  static func preparation(
    scale: View, unit: Float, bias: View?, into shift: View?,
    _ take: @escaping (_ scales: [Float]) -> Void
  ) -> KernelStep {
    KernelStep(
      "scales", "\(scale.count) features", reads: [scale] + (bias.map { [$0] } ?? []),
      writes: shift.map { [$0] } ?? []
    ) { memory in
      let start = memory.pointer(scale, as: Float.self)
      let given = UnsafeBufferPointer(start: start, count: scale.count)
      let addends = bias.map { memory.pointer($0, as: Float.self) }
      let target = shift.map { memory.pointer($0, as: Float.self) }
      return {
        // A feature that is scaled by 0 still has its bias.
        let scales = given.map { abs($0) < 1e-20 ? 1e-20 : $0 }
        take(scales.map { $0 / unit })
        guard let addends, let target else { return }
        for (index, scale) in scales.enumerated() { target[index] = addends[index] / scale }
      }
    }
  }
}
