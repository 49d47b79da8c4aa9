import CKernels
import MoruGraph
import MoruTensors

extension Lowering {
  func lowerMaxPool(_ rule: MaxPool, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let y = define(node.results[0])
    let shape = PoolShape(rule.window, input: x.shape, output: y.shape)
    pool(
      "maxPool", shape, reads: [x], writes: y,
      vector: { memory, pool, threads in
        let (target, source) = (memory[y], memory[x])
        let type = y.dtype.kernelType
        return { withUnsafePointer(to: pool) { ck_max_pool($0, target, source, type, threads) } }
      },
      general: { memory in
        func pooling<T: KernelElement>(_ type: T.Type) -> () -> Void {
          let (target, source) = (memory.pointer(y, as: T.self), memory.pointer(x, as: T.self))
          return { PoolKernels.maximum(shape, x: source, from: source, into: target) }
        }
        return pooling(y.dtype.kernelElement)
      })
  }

  func lowerMaxPoolGradient(_ rule: MaxPoolGradient, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let dy = contiguous(node.operands[1])
    let dx = define(node.results[0])
    let shape = PoolShape(rule.window, input: x.shape, output: dy.shape)
    pool(
      "maxPoolGradient", shape, reads: [x, dy], writes: dx,
      vector: { memory, pool, threads in
        let target = memory.pointer(dx, as: Float.self)
        let source = memory.pointer(x, as: Float.self)
        let cotangent = memory.pointer(dy, as: Float.self)
        return {
          withUnsafePointer(to: pool) {
            ck_max_pool_gradient_f32($0, target, source, cotangent, threads)
          }
        }
      },
      general: { memory in
        let target = memory.pointer(dx, as: Double.self)
        let source = memory.pointer(x, as: Double.self)
        let cotangent = memory.pointer(dy, as: Double.self)
        return { PoolKernels.maximumGradient(shape, x: source, dy: cotangent, into: target) }
      })
  }

  func lowerMaxPoolGather(_ rule: MaxPoolGather, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let g = contiguous(node.operands[1])
    let y = define(node.results[0])
    let shape = PoolShape(rule.window, input: x.shape, output: y.shape)
    pool(
      "maxPoolGather", shape, reads: [x, g], writes: y,
      vector: { memory, pool, threads in
        let target = memory.pointer(y, as: Float.self)
        let (source, taken) = (memory.pointer(x, as: Float.self), memory.pointer(g, as: Float.self))
        return {
          withUnsafePointer(to: pool) { ck_max_pool_gather_f32($0, target, source, taken, threads) }
        }
      },
      general: { memory in
        let target = memory.pointer(y, as: Double.self)
        let (source, taken) = (
          memory.pointer(x, as: Double.self), memory.pointer(g, as: Double.self)
        )
        return { PoolKernels.maximum(shape, x: source, from: taken, into: target) }
      })
  }

  func lowerAveragePool(_ rule: AveragePool, _ node: Graph.Node) {
    let x = contiguous(node.operands[0])
    let y = define(node.results[0])
    let shape = PoolShape(rule.window, input: x.shape, output: y.shape)
    pool(
      "averagePool", shape, reads: [x], writes: y,
      vector: { memory, pool, threads in
        let (target, source) = (
          memory.pointer(y, as: Float.self), memory.pointer(x, as: Float.self)
        )
        return { withUnsafePointer(to: pool) { ck_average_pool_f32($0, target, source, threads) } }
      },
      general: { memory in
        let (target, source) = (
          memory.pointer(y, as: Double.self), memory.pointer(x, as: Double.self)
        )
        return { PoolKernels.average(shape, x: source, into: target) }
      })
  }

  func lowerAveragePoolGradient(_ rule: AveragePoolGradient, _ node: Graph.Node) {
    let dy = contiguous(node.operands[0])
    let dx = define(node.results[0])
    let shape = PoolShape(rule.window, input: dx.shape, output: dy.shape)
    pool(
      "averagePoolGradient", shape, reads: [dy], writes: dx,
      vector: { memory, pool, threads in
        let target = memory.pointer(dx, as: Float.self)
        let cotangent = memory.pointer(dy, as: Float.self)
        return {
          withUnsafePointer(to: pool) {
            ck_average_pool_gradient_f32($0, target, cotangent, threads)
          }
        }
      },
      general: { memory in
        let target = memory.pointer(dx, as: Double.self)
        let cotangent = memory.pointer(dy, as: Double.self)
        return { PoolKernels.averageGradient(shape, dy: cotangent, into: target) }
      })
  }

  private func pool(
    _ kind: String, _ shape: PoolShape, reads: [View], writes: View,
    vector: @escaping (MemoryMap, ck_pool, Int32) -> () -> Void,
    general: @escaping (MemoryMap) -> () -> Void
  ) {
    guard shape.outputCount > 0 else {
      append(KernelStep.zero(writes))
      return
    }
    let threads = Int32(policy.threads(forElements: shape.inputCount, operations: 3))
    let detail = "\(reads[0].shape) to \(writes.shape)"
    let isVector = [.float32, .int8, .uint8].contains(writes.dtype)
    append(
      KernelStep(
        kind, detail, reads: reads, writes: [writes],
        vectorThreads: isVector ? threads : nil
      ) { memory in
        isVector ? vector(memory, ck_pool(shape), threads) : general(memory)
      })
  }
}

extension PoolShape {
  /// A window over `[batch, spatial…, channels]`; missing spatial axes come first, with size 1.
  init(_ window: PoolingWindow, input: [Int], output: [Int]) {
    let missing = [Int](repeating: 1, count: 3 - window.sizes.count)
    self.init(
      batch: input[0], channels: input[input.count - 1],
      input: missing + input[1..<input.count - 1],
      output: missing + output[1..<output.count - 1], window: missing + window.sizes,
      strides: missing + window.strides,
      low: missing.map { _ in 0 } + window.padding.map(\.low))
  }
}

extension ck_pool {
  fileprivate init(_ shape: PoolShape) {
    func triple(_ values: [Int]) -> (Int64, Int64, Int64) {
      (Int64(values[0]), Int64(values[1]), Int64(values[2]))
    }
    self.init(
      batch: Int64(shape.batch), channels: Int64(shape.channels), input: triple(shape.input),
      output: triple(shape.output), window: triple(shape.window), stride: triple(shape.strides),
      padding_low: triple(shape.low))
  }
}
