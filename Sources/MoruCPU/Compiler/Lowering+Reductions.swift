import MoruGraph
import MoruTensors

extension Lowering {
  func lowerReduce(_ rule: Reduce, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let y = define(node.results[0])
    let shape = ReductionShape(dimensions: x.shape, axes: rule.axes)
    func step<T: KernelElement>(_ type: T.Type) -> KernelStep {
      KernelStep(
        "reduce", "\(rule.kind.rawValue) \(x.shape) axes \(rule.axes)", reads: [x], writes: [y]
      ) { memory in
        let source = UnsafePointer(memory.pointer(x, as: T.self))
        let target = memory.pointer(y, as: T.self)
        return { ReductionKernels.reduce(rule.kind, shape, of: source, into: target) }
      }
    }
    append(step(x.dtype.kernelElement))
  }

  func lowerArgMax(_ rule: ArgMax, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let y = define(node.results[0])
    let outer = x.shape[..<rule.axis].reduce(1, *)
    let inner = x.shape[(rule.axis + 1)...].reduce(1, *)
    func step<T: KernelElement>(_ type: T.Type) -> KernelStep {
      KernelStep("argMax", "\(x.shape) axis \(rule.axis)", reads: [x], writes: [y]) { memory in
        let source = UnsafePointer(memory.pointer(x, as: T.self))
        let target = memory.pointer(y, as: Int32.self)
        return {
          ReductionKernels.argMax(
            of: source, into: target, outer: outer, size: x.shape[rule.axis], inner: inner)
        }
      }
    }
    append(step(x.dtype.kernelElement))
  }

  func lowerCumulativeSum(_ rule: CumulativeSum, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let y = define(node.results[0])
    let outer = x.shape[..<rule.axis].reduce(1, *)
    let inner = x.shape[(rule.axis + 1)...].reduce(1, *)
    func step<T: KernelElement>(_ type: T.Type) -> KernelStep {
      KernelStep("cumulativeSum", "\(x.shape) axis \(rule.axis)", reads: [x], writes: [y]) {
        memory in
        let source = UnsafePointer(memory.pointer(x, as: T.self))
        let target = memory.pointer(y, as: T.self)
        return {
          ReductionKernels.cumulativeSum(
            of: source, into: target, outer: outer, size: x.shape[rule.axis], inner: inner,
            isExclusive: rule.isExclusive, isReversed: rule.isReversed)
        }
      }
    }
    append(step(x.dtype.kernelElement))
  }
}
