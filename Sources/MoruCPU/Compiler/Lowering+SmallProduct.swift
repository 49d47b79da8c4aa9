import CKernels
import MoruTensors

extension KernelStep {
  /// A small Float32 product with an own kernel on one thread.
  static func smallProduct(
    _ shape: MatrixShape, _ operands: ProductOperands, into result: View
  ) -> KernelStep {
    let (left, right, bias) = (operands.left, operands.right, operands.bias)
    let product = ck_product(
      m: Int64(shape.m), k: Int64(shape.k), n: Int64(shape.n), left_row: Int64(shape.left.row),
      left_column: Int64(shape.left.column), right_row: Int64(shape.right.row),
      right_column: Int64(shape.right.column))
    return KernelStep(
      "dot", shape.detail + operands.mark, reads: [left, right] + (bias.map { [$0] } ?? []),
      writes: [result],
      flopCount: shape.flopCount, vectorThreads: 1
    ) { memory in
      let target = memory.pointer(result, as: Float.self)
      let (x, w) = (memory.pointer(left, as: Float.self), memory.pointer(right, as: Float.self))
      let addend = bias.map { memory.pointer($0, as: Float.self) }
      return { withUnsafePointer(to: product) { ck_product_f32($0, target, x, w, addend) } }
    }
  }
}

extension MatrixShape {
  /// Whether a loop on one thread is done before oneDNN's threads have met: up to some microseconds
  /// for the flat matrices of a batch of few samples, less for others, which oneDNN cuts into tiles.
  var isSmall: Bool {
    let isFlat = m <= 4 || k <= 4
    return hasOwnKernel && m * k * n <= (isFlat ? 128 : 32) << 10
  }

  /// Whether the faster of the own kernel and oneDNN's is to be found by trial.
  var isWorthTrying: Bool { hasOwnKernel && m * k * n <= 1 << 20 }

  private var hasOwnKernel: Bool {
    batch == 1 && k <= 8192 && (right.column == 1 || (right.row == 1 && left.column == 1))
  }
}
