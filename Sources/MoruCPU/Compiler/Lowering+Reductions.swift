import CKernels
import MoruGraph
import MoruTensors

extension Lowering {
  func lowerReduce(_ rule: Reduce, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let y = define(node.results[0])
    let shape = ReductionShape(dimensions: x.shape, axes: rule.axes)
    let detail = "\(rule.kind.rawValue) \(x.shape) axes \(rule.axes)"
    guard x.dtype.isFloating, x.count > 0 else {
      return append(wholeNumberStep(rule, shape, x, y, detail))
    }
    let sizes = shape.sizes.isEmpty ? [1] : shape.sizes.map(Int64.init)
    let isReduced = shape.sizes.isEmpty ? [false] : shape.isReduced
    let threads = Int32(policy.threads(forElements: x.count))
    append(
      KernelStep(
        "reduce", detail, reads: [x], writes: [y], flopCount: x.count, vectorThreads: threads
      ) { memory in
        let (source, target) = (memory[x], memory[y])
        return {
          ck_reduce(
            target, source, x.dtype == .float64, rule.kind.reduction, sizes, isReduced,
            Int32(sizes.count), threads)
        }
      })
  }

  private func wholeNumberStep(
    _ rule: Reduce, _ shape: ReductionShape, _ x: View, _ y: View, _ detail: String
  ) -> KernelStep {
    func step<T: KernelElement>(_ type: T.Type) -> KernelStep {
      KernelStep("reduce", detail, reads: [x], writes: [y]) { memory in
        let source = UnsafePointer(memory.pointer(x, as: T.self))
        let target = memory.pointer(y, as: T.self)
        return { ReductionKernels.reduce(rule.kind, shape, of: source, into: target) }
      }
    }
    return step(x.dtype.kernelElement)
  }

  func lowerArgMax(_ rule: ArgMax, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let y = define(node.results[0])
    let axis = AxisShape(x.shape, rule.axis)
    let threads = Int32(policy.threads(forElements: x.count, operations: 2))
    append(
      KernelStep(
        "argMax", "\(x.shape) axis \(rule.axis)", reads: [x], writes: [y], vectorThreads: threads
      ) { memory in
        let (source, target) = (memory[x], memory.pointer(y, as: Int32.self))
        return {
          ck_arg_max(
            target, source, x.dtype.kernelType, axis.outer, axis.size, axis.inner, threads)
        }
      })
  }

  func lowerCumulativeSum(_ rule: CumulativeSum, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let y = define(node.results[0])
    let axis = AxisShape(x.shape, rule.axis)
    let threads = Int32(policy.threads(forElements: x.count, operations: 2))
    append(
      KernelStep(
        "cumulativeSum", "\(x.shape) axis \(rule.axis)", reads: [x], writes: [y],
        flopCount: x.count, vectorThreads: threads
      ) { memory in
        let (source, target) = (memory[x], memory[y])
        return {
          ck_cumulative_sum(
            target, source, x.dtype.kernelType, axis.outer, axis.size, axis.inner,
            rule.isExclusive, rule.isReversed, threads)
        }
      })
  }
}

/// A tensor as [outer, size, inner] around one axis.
private struct AxisShape {
  let outer, size, inner: Int64

  init(_ shape: [Int], _ axis: Int) {
    outer = Int64(shape[..<axis].reduce(1, *))
    size = Int64(shape[axis])
    inner = Int64(shape[(axis + 1)...].reduce(1, *))
  }
}
