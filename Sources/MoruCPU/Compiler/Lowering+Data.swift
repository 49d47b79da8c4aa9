import CKernels
import MoruGraph
import MoruTensors

extension Lowering {
  func lowerIota(_ rule: Iota, _ node: Graph.Node) {
    let shape = rule.type.shape
    let y = define(node.results[0])
    let inner = shape[(rule.axis + 1)...].reduce(1, *)
    let size = shape[rule.axis]
    func step<T: KernelElement>(_ type: T.Type) -> KernelStep {
      KernelStep("iota", rule.type.description, reads: [], writes: [y]) { memory in
        let target = memory.pointer(y, as: T.self)
        return {
          for index in 0..<y.count { target[index] = T(index: index / inner % size) }
        }
      }
    }
    append(step(rule.type.dtype.kernelElement))
  }

  func lowerRandom(_ rule: RandomUniform, _ node: Graph.Node) {
    let seed = contiguous(node.operands[0])
    let y = define(node.results[0])
    let threads = Int32(policy.threads(forElements: y.count, operations: 20))
    append(
      KernelStep(
        "random", rule.type.description, reads: [seed], writes: [y], vectorThreads: threads
      ) { memory in
        let words = memory.pointer(seed, as: Int64.self)
        let target = memory[y]
        let count = Int64(y.count)
        return {
          let key = UInt64(bitPattern: words[0])
          let step = UInt64(bitPattern: words[1])
          if y.dtype == .float32 {
            ck_uniform_f32(
              target.assumingMemoryBound(to: Float.self), count, key, step, rule.stream, threads)
          } else {
            ck_uniform_f64(
              target.assumingMemoryBound(to: Double.self), count, key, step, rule.stream, threads)
          }
        }
      })
  }

  func lowerConcatenate(_ rule: Concatenation, _ node: Graph.Node) {
    let parts = node.operands.map { view(of: $0) }
    let y = define(node.results[0])
    var start = 0
    for part in parts {
      var target = y
      target.shape = part.shape
      target.offset += start * y.strides[rule.axis]
      start += part.shape[rule.axis]
      if part.count > 0 { append(KernelStep.copy(part, to: target, policy: policy)) }
    }
  }

  func lowerPad(_ rule: Pad, _ node: Graph.Node) {
    let x = view(of: node.operands[0])
    let value = contiguous(node.operands[1])
    let y = define(node.results[0])
    append(KernelStep.fill(y, with: value, policy: policy))
    guard x.count > 0 else { return }
    var target = y
    target.shape = x.shape
    target.offset += zip(rule.low, y.strides).reduce(0) { $0 + $1.0 * $1.1 }
    target.strides = zip(y.strides, rule.interior).map { $0 * ($1 + 1) }
    append(KernelStep.copy(x, to: target, policy: policy))
  }

  func lowerGather(_ rule: Gather, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let indices = contiguous(node.operands[1])
    let y = define(node.results[0])
    let outer = x.shape[..<rule.axis].reduce(1, *)
    let inner = x.shape[(rule.axis + 1)...].reduce(1, *)
    let size = x.shape[rule.axis]
    let threads = Int32(policy.threads(forElements: y.count, operations: 2))
    append(
      KernelStep(
        "gather", "\(x.shape) at \(indices.shape)", reads: [x, indices], writes: [y],
        sparse: [x], vectorThreads: threads
      ) { memory in
        let (target, source, places) = (memory[y], memory[x], memory[indices])
        return {
          ck_gather(
            target, source, places, indices.dtype == .int64, Int64(outer), Int64(size),
            Int64(inner), Int64(indices.count), Int32(x.dtype.byteCount), threads)
        }
      })
  }

  func lowerScatterAdd(_ rule: ScatterAdd, _ node: Graph.Node) {
    let indices = contiguous(node.operands[0])
    let updates = contiguous(node.operands[1])
    let y = define(node.results[0])
    let outer = Int64(updates.shape[..<rule.axis].reduce(1, *))
    let inner = Int64(y.shape[(rule.axis + 1)...].reduce(1, *))
    let threads = Int32(policy.threads(forElements: y.count + updates.count))
    append(
      KernelStep(
        "scatterAdd", "\(updates.shape) to \(y.shape)", reads: [indices, updates], writes: [y],
        flopCount: updates.count, vectorThreads: threads
      ) { memory in
        let (target, source, places) = (memory[y], memory[updates], memory[indices])
        return {
          ck_scatter_add(
            target, source, y.dtype.kernelType, places, indices.dtype == .int64, outer,
            Int64(indices.count), Int64(rule.size), inner, threads)
        }
      })
  }
}

extension KernelStep {
  /// Copies a view to another one of the same shape.
  static func copy(_ source: View, to target: View, policy: ThreadPolicy) -> KernelStep {
    let threads = Int32(policy.threads(forElements: source.count, operations: 2))
    let sizes = source.shape.map(Int64.init)
    let from = source.strides.map(Int64.init)
    let to = target.strides.map(Int64.init)
    let detail = "\(source.shape)" + (source.isContiguous ? "" : " strides \(source.strides)")
    return KernelStep(
      "copy", detail, reads: [source], writes: [target], vectorThreads: threads
    ) { memory in
      let (destination, origin) = (memory[target], memory[source])
      return {
        ck_copy_strided(
          destination, to, origin, from, sizes, Int32(sizes.count), Int32(source.dtype.byteCount),
          threads)
      }
    }
  }

  /// Fills row-major memory with a scalar.
  static func fill(_ target: View, with value: View, policy: ThreadPolicy) -> KernelStep {
    let threads = Int32(policy.threads(forElements: target.count))
    return KernelStep(
      "fill", "\(target.shape)", reads: [value], writes: [target], vectorThreads: threads
    ) { memory in
      let (destination, scalar) = (memory[target], memory[value])
      return {
        ck_fill(
          destination, scalar, Int64(target.count), Int32(target.dtype.byteCount), threads)
      }
    }
  }

  /// Fills row-major memory with zero bytes.
  static func zero(_ target: View) -> KernelStep {
    KernelStep("zero", "\(target.shape)", reads: [], writes: [target]) { memory in
      let destination = memory[target]
      let byteCount = target.count * target.dtype.byteCount
      return { destination.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
    }
  }
}
