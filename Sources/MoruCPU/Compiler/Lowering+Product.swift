import CKernels
import MoruTensors

extension KernelStep {
  /// A Float32 product with the own kernel.
  static func product(
    _ shape: MatrixShape, _ operands: ProductOperands, into result: View, policy: ThreadPolicy
  ) -> KernelStep {
    let (left, right, bias) = (operands.left, operands.right, operands.bias)
    let activation = ck_activation(operands.activation)
    let product = ck_product(
      outer: 1, inner: Int64(shape.batch), m: Int64(shape.m), k: Int64(shape.k),
      n: Int64(shape.n), left: shape.left.kernelStrides, right: shape.right.kernelStrides,
      result: MatrixShape.Strides(batch: shape.m * shape.n, row: shape.n, column: 1).kernelStrides,
      is_clipped: operands.activation != nil, low: activation.low, high: activation.high)
    // A thread adds up some 100 terms in a nanosecond.
    let threads = shape.batch * shape.m * shape.k * shape.n > 128 << 10 ? policy.threads : 1
    return KernelStep(
      "dot", shape.detail + operands.mark, reads: [left, right] + (bias.map { [$0] } ?? []),
      writes: [result], flopCount: shape.flopCount,
      scratchBytes: threads * Int(CK_PANEL_ELEMENTS) * MemoryLayout<Float>.stride,
      vectorThreads: Int32(threads)
    ) { memory in
      let target = memory.pointer(result, as: Float.self)
      let (x, w) = (memory.pointer(left, as: Float.self), memory.pointer(right, as: Float.self))
      let addend = bias.map { memory.pointer($0, as: Float.self) }
      let panels = memory.scratch.assumingMemoryBound(to: Float.self)
      return {
        withUnsafePointer(to: product) {
          ck_product_f32($0, target, x, w, addend, panels, Int32(threads))
        }
      }
    }
  }
}

extension MatrixShape {
  /// Whether the own kernel is faster than oneDNN's: nearly always, because it reads matrices as they
  /// lie while oneDNN's first copies them. Few columns leave most of its lanes idle, and without wide
  /// vectors it only pays to save the meeting of threads.
  var prefersOwnKernel: Bool { Self.prefersOwnKernel(batch: batch, m: m, k: k, n: n) }

  static func prefersOwnKernel(batch: Int, m: Int, k: Int, n: Int) -> Bool {
    let isFlat = m <= 4 || k <= 4
    let isSmall = batch == 1 && m * k * n <= (isFlat ? 128 : 32) << 10
    return switch StepSummary.vectorKernel {
    case "baseline": isSmall
    case "x86-64-v4": isSmall || n > 8
    default: isSmall || n > 16
    }
  }

  /// Whether the faster of the own kernel and oneDNN's is to be found by trial.
  var isWorthTrying: Bool { batch * m * k * n <= 1 << 20 }
}

extension MatrixShape.Strides {
  fileprivate var kernelStrides: ck_strides {
    ck_strides(outer: 0, inner: Int64(batch), row: Int64(row), column: Int64(column))
  }
}
