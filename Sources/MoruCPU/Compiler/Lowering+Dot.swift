import CDNNL
import CKernels
import MoruGraph
import MoruTensors

extension Lowering {
  func lowerDot(_ rule: DotGeneral, _ node: Graph.Node) {
    if let entry = partition.epilogues.entries[node.results[0]], let whole = entry.whole {
      return lowerWhole(whole, entry)
    }
    let (a, b) = (view(of: node.operands[0]), view(of: node.operands[1]))
    guard a.count > 0, b.count > 0 else {
      append(KernelStep.zero(define(node.results[0])))
      return
    }
    let isFloat = a.dtype == .float32
    let left = matrix(
      a, rule.leftBatch, rule.leftFree(rank: a.shape.count), rule.leftContracting,
      needsUnitStride: isFloat)
    let right = matrix(
      b, rule.rightBatch, rule.rightContracting, rule.rightFree(rank: b.shape.count),
      needsUnitStride: isFloat)
    let shape = MatrixShape(
      batch: left.sizes[0], m: left.sizes[1], k: left.sizes[2], n: right.sizes[2],
      left: left.strides, right: right.strides)
    let epilogue = partition.epilogues.entries[node.results[0]]
    let operands = ProductOperands(
      left: left.view, right: right.view, bias: epilogue?.bias.map(contiguous),
      activation: epilogue?.activation)
    let result = epilogue?.result ?? node.results[0]
    if isFloat, let step = product(shape, operands, into: { self.define(result) }) {
      append(step)
      return
    }
    appendGeneral(shape, left.view, right.view, define(node.results[0]))
    if let epilogue { lowerSeparately(epilogue) }
  }

  /// A Float32 product by the own kernel, which alone activates its results, or by oneDNN's; nil if
  /// oneDNN has none.
  private func product(
    _ shape: MatrixShape, _ operands: ProductOperands, into result: () -> View
  ) -> (any Step)? {
    if prefersOwnKernel(shape, operands) {
      return KernelStep.product(shape, operands, into: result(), policy: policy)
    }
    return DNNLPrimitive.matmul(shape, isBiased: operands.bias != nil, in: dnnl).map {
      DNNLStep.product(shape, $0, operands, into: result())
    }
  }

  /// Whether the own kernel is faster: by the product's shape, or by trial.
  private func prefersOwnKernel(_ shape: MatrixShape, _ operands: ProductOperands) -> Bool {
    if operands.activation != nil { return true }
    guard let tuning = policy.tuning, shape.isWorthTrying else {
      return shape.prefersOwnKernel
    }
    let result = View(
      buffer: buffers.count, shape: [shape.batch, shape.m, shape.n], dtype: .float32)
    let buffers = buffers + [Buffer(byteCount: 4 * result.count, home: .arena)]
    let choice = tuning.choice("product \(shape)\(operands.mark)", among: 2) { place in
      let step: (any Step)? =
        place == 0
        ? KernelStep.product(shape, operands, into: result, policy: policy)
        : DNNLPrimitive.matmul(shape, isBiased: operands.bias != nil, in: dnnl).map {
          DNNLStep.product(shape, $0, operands, into: result)
        }
      return step.map { StepTimer.leastTime(of: $0, buffers: buffers) }
    }
    return choice.map { $0 == 0 } ?? shape.prefersOwnKernel
  }

  private func appendGeneral(_ shape: MatrixShape, _ left: View, _ right: View, _ result: View) {
    let threads = Int32(policy.threads(forElements: shape.batch * shape.m * shape.n * shape.k))
    let (x, w) = (shape.left.distances, shape.right.distances)
    append(
      KernelStep(
        "dot", shape.detail, reads: [left, right], writes: [result], flopCount: shape.flopCount,
        vectorThreads: threads
      ) { memory in
        let (a, b, target) = (memory[left], memory[right], memory[result])
        return {
          ck_multiply(
            target, a, b, result.dtype.kernelType, Int64(shape.batch), Int64(shape.m),
            Int64(shape.k), Int64(shape.n), x, w, threads)
        }
      })
  }

  private struct MatrixView {
    var view: View
    var sizes: [Int]
    var strides: MatrixShape.Strides
  }

  /// An operand as `[batch, rows, columns]`; it is copied if its axes do not merge into these.
  private func matrix(
    _ view: View, _ batch: [Int], _ rows: [Int], _ columns: [Int], needsUnitStride: Bool
  ) -> MatrixView {
    func size(_ axes: [Int]) -> Int { axes.reduce(1) { $0 * view.shape[$1] } }
    let sizes = [size(batch), size(rows), size(columns)]
    if let outer = view.mergedStride(batch), let row = view.mergedStride(rows),
      let column = view.mergedStride(columns)
    {
      // An axis of size 1 has no neighbours; give it the distance that a dense matrix has.
      var strides = MatrixShape.Strides(
        batch: outer, row: sizes[1] == 1 ? max(sizes[2], 1) : row,
        column: sizes[2] == 1 ? 1 : column)
      if sizes[1] == 1 { strides.row = strides.column == 1 ? sizes[2] : 1 }
      if sizes[2] == 1 { strides.column = strides.row == 1 ? sizes[1] : 1 }
      if sizes[0] == 1 { strides.batch = sizes[1] * sizes[2] }
      let isDense =
        (strides.column == 1 && strides.row >= sizes[2])
        || (strides.row == 1 && strides.column >= sizes[1])
      if !needsUnitStride || (isDense && strides.batch > 0) {
        return MatrixView(view: view, sizes: sizes, strides: strides)
      }
    }
    let copy = copied(view.transposed(batch + rows + columns))
    return MatrixView(
      view: copy, sizes: sizes,
      strides: MatrixShape.Strides(batch: sizes[1] * sizes[2], row: sizes[2], column: 1))
  }
}

/// What a product reads.
struct ProductOperands {
  let left, right: View
  let bias: View?
  let activation: Epilogues.Activation?

  /// What a description says of bias and activation.
  var mark: String { (bias == nil ? "" : " + bias") + (activation.map { " \($0)" } ?? "") }
}

extension MatrixShape: CustomStringConvertible {
  var description: String { "\(detail) \(left.row) \(left.column) \(right.row) \(right.column)" }
  var detail: String { "\(batch)×\(m)×\(k)×\(n)" }
  var flopCount: Int { 2 * batch * m * k * n }
}

extension DNNLStep {
  fileprivate static func product(
    _ shape: MatrixShape, _ primitive: DNNLPrimitive, _ operands: ProductOperands,
    into result: View
  ) -> DNNLStep {
    DNNLStep(
      "dot", shape.detail + operands.mark, primitive,
      reads: [(.source, operands.left), (.weights, operands.right)]
        + (operands.bias.map { [(.bias, $0)] } ?? []),
      writes: [(.destination, result)], flopCount: shape.flopCount)
  }
}

extension DNNLPrimitive {
  /// A batched matrix product with a row-major result.
  static func matmul(
    _ shape: MatrixShape, isBiased: Bool, in dnnl: DNNLContext
  ) -> DNNLPrimitive? {
    let isBatched = shape.batch > 1
    func layout(_ rows: Int, _ columns: Int, _ strides: MatrixShape.Strides) -> DNNLLayout? {
      let batch = isBatched ? [shape.batch] : []
      let distance = isBatched ? [strides.batch] : []
      return .strided(batch + [rows, columns], distance + [strides.row, strides.column])
    }
    let dense = MatrixShape.Strides(batch: shape.m * shape.n, row: shape.n, column: 1)
    guard let source = layout(shape.m, shape.k, shape.left),
      let weights = layout(shape.k, shape.n, shape.right),
      let destination = layout(shape.m, shape.n, dense)
    else { return nil }
    let bias = isBiased ? DNNLLayout.strided([1, shape.n], [shape.n, 1]) : nil
    return DNNLPrimitive(
      cdnnl_matmul(
        dnnl.handle, source.handle, weights.handle, bias?.handle, destination.handle,
        cdnnl_epilogue()))
  }

  static func reorder(
    _ source: DNNLLayout, _ target: DNNLLayout, in dnnl: DNNLContext
  ) -> DNNLPrimitive? {
    DNNLPrimitive(cdnnl_reorder(dnnl.handle, source.handle, target.handle))
  }
}
