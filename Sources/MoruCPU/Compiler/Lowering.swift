import CKernels
import MoruGraph
import MoruTensors

/// Turns a graph into steps: where each value lies, and what computes it.
///
/// `Lowering+….swift` has one file for each family of primitives.
final class Lowering {
  let graph: Graph
  let dnnl: DNNLContext
  let policy: ThreadPolicy
  let partition: Partition

  private(set) var buffers: [Buffer] = []
  private(set) var steps: [any Step] = []
  /// Steps that prepare invariant values: they run when the program is compiled, and again when
  /// somebody has written a parameter.
  private(set) var prologue: [any Step] = []
  /// Values of buffers of constants.
  private(set) var constants: [(buffer: Int, value: HostTensor)] = []
  /// Where values lie, row-major or as a view.
  private var views: [Graph.Value: View] = [:]
  /// Row-major copies of values that are views with gaps.
  private var copies: [Graph.Value: View] = [:]
  /// Copies of values in other layouts than their own.
  private var blockedCopies: [Graph.Value: [(layout: BlockedLayout, view: View)]] = [:]
  /// Kernels of convolutions that have been transformed for tiles, and at which step.
  var transformedKernels: [TransformedKernel: (view: View, step: Int)] = [:]
  /// Layouts of values that are not row-major; `views` then only names the buffer.
  private(set) var layouts: [Graph.Value: BlockedLayout] = [:]
  /// Layouts that steps would like resident values to have.
  private(set) var wishes: [Graph.Value: BlockedLayout] = [:]
  private var isInPrologue = false

  init(
    _ graph: Graph, partition: Partition, residentLayouts: [BlockedLayout?], dnnl: DNNLContext,
    policy: ThreadPolicy
  ) {
    self.dnnl = dnnl
    self.policy = policy
    self.partition = partition
    // Barriers have done their work once the order is fixed.
    self.graph = graph.readingThroughBarriers()
    for (index, value) in graph.inputs.enumerated() { declare(value, home: .input(index)) }
    for (index, value) in graph.resident.enumerated() {
      declare(value, home: .resident(index))
      layouts[value] = residentLayouts[index]
    }
    for unit in partition.units {
      isInPrologue = unit.isInvariant
      lower(unit)
    }
    isInPrologue = false
  }

  private func lower(_ unit: Partition.Unit) {
    if unit.isFused { return lowerFused(unit) }
    // What follows the first node, such as the addition of a bias, is part of it.
    let node = graph.nodes[unit.nodes[0]]
    if node.results.contains(where: { graph.types[$0].shape.elementCount > 0 }) {
      lower(node)
    } else {
      for result in node.results { _ = define(result) }
    }
  }

  // MARK: - Memory

  private func declare(_ value: Graph.Value, home: Buffer.Home) {
    let type = graph.types[value]
    buffers.append(Buffer(byteCount: type.byteCount, home: home))
    views[value] = View(buffer: buffers.count - 1, shape: type.shape, dtype: type.dtype)
  }

  /// Gives a value that a step computes memory of its own.
  func define(_ value: Graph.Value) -> View {
    let view = scratchView(graph.types[value])
    views[value] = view
    return view
  }

  /// Gives a value that a step computes memory in a layout.
  func define(_ value: Graph.Value, layout: BlockedLayout) -> View {
    let view = define(value)
    layouts[value] = layout
    return view
  }

  /// Memory for something that is no value of the graph.
  func scratchView(_ type: TensorType) -> View {
    buffers.append(
      Buffer(byteCount: type.byteCount, home: isInPrologue ? .prepared : .arena))
    return View(buffer: buffers.count - 1, shape: type.shape, dtype: type.dtype)
  }

  /// Memory that holds a value.
  func constantView(_ value: HostTensor) -> View {
    buffers.append(Buffer(byteCount: value.byteCount, home: .constant))
    constants.append((buffers.count - 1, value))
    return View(buffer: buffers.count - 1, shape: value.shape, dtype: value.dtype)
  }

  func append(_ step: any Step) {
    if isInPrologue { prologue.append(step) } else { steps.append(step) }
  }

  /// Does in a pass of its own what no primitive does along with a product.
  func lowerSeparately(_ epilogue: Epilogues.Entry) {
    lowerFused(partition.unit(of: epilogue.nodes, isInvariant: isInPrologue))
  }

  /// Makes steps that depend on `value` alone, and so are part of the prologue if it is invariant.
  func preparing<R>(_ value: Graph.Value, _ body: () -> R) -> R {
    let wasInPrologue = isInPrologue
    isInPrologue = partition.isInvariant[value]
    defer { isInPrologue = wasInPrologue }
    return body()
  }

  // MARK: - Operands

  /// The memory of a value in whatever layout it has.
  func raw(_ value: Graph.Value) -> View {
    if layouts[value] != nil, let view = views[value] { return view }
    return view(of: value)
  }

  /// Where a value lies, row-major or with strides.
  func view(of value: Graph.Value) -> View {
    if let layout = layouts[value], let source = views[value] {
      if let copy = copies[value] { return copy }
      let copy = preparing(value) {
        let copy = scratchView(graph.types[value])
        appendReorder(layout.blocked, source, layout.plain, copy)
        return copy
      }
      copies[value] = copy
      return copy
    }
    if let view = views[value] { return view }
    guard let producer = partition.producers[value] else {
      preconditionFailure("every value has a producer or is an input")
    }
    let view = makeView(of: value, graph.nodes[producer])
    views[value] = view
    return view
  }

  /// A value's elements in row-major order without gaps.
  func contiguous(_ value: Graph.Value) -> View {
    let view = view(of: value)
    if view.isContiguous { return view }
    if let copy = copies[value] { return copy }
    let copy = preparing(value) { copied(view) }
    copies[value] = copy
    return copy
  }

  /// A row-major copy of a view.
  func copied(_ view: View) -> View {
    let copy = scratchView(TensorType(view.dtype, Shape(view.shape)))
    append(KernelStep.copy(view, to: copy, policy: policy))
    return copy
  }

  /// A value in a layout; nil is row-major.
  func operand(_ value: Graph.Value, in layout: BlockedLayout?) -> View {
    guard let layout else { return contiguous(value) }
    if layouts[value] == layout { return raw(value) }
    if let known = blockedCopies[value]?.first(where: { $0.layout == layout }) { return known.view }
    let copy = preparing(value) {
      let source = layouts[value] == nil ? contiguous(value) : raw(value)
      let copy = scratchView(TensorType(source.dtype, Shape(source.shape)))
      appendReorder(layouts[value]?.blocked ?? layout.plain, source, layout.blocked, copy)
      return copy
    }
    blockedCopies[value, default: []].append((layout, copy))
    return copy
  }

  /// Names of the layouts of buffers that are not row-major, for explanations.
  var layoutNames: [Int: String] {
    var names: [Int: String] = [:]
    for (value, layout) in layouts {
      if let view = views[value] { names[view.buffer] = layout.name }
    }
    return names
  }

  /// Whether every run reads all of a resident value: then its alignment and pages matter.
  func readsOften(resident place: Int) -> Bool {
    guard let buffer = buffers.firstIndex(where: { $0.home == .resident(place) }) else {
      return false
    }
    return steps.contains { $0.reads.contains(buffer) && !$0.sparselyRead.contains(buffer) }
  }

  /// The same elements in memory that no update replaces.
  func detached(_ view: View) -> View {
    guard case .resident = buffers[view.buffer].home else { return view }
    return copied(view)
  }

  /// Copies a new value, which lies in the layout of the resident value it replaces.
  func appendReplacement(_ update: Replacement) {
    var target = views[graph.resident[update.resident]] ?? update.view
    target.shape = update.view.shape
    target.strides = update.view.strides
    if target.count > 0 { append(KernelStep.copy(update.view, to: target, policy: policy)) }
  }

  /// Notes that a value would be read in a layout if it had it.
  func wish(_ layout: BlockedLayout, for value: Graph.Value) {
    if layouts[value] == nil, wishes[value] == nil { wishes[value] = layout }
  }

  /// Copies a tensor from one layout to another.
  func appendReorder(_ from: DNNLLayout, _ source: View, _ to: DNNLLayout, _ target: View) {
    guard let primitive = DNNLPrimitive.reorder(from, to, in: dnnl) else {
      preconditionFailure("oneDNN copies between any two layouts of one tensor")
    }
    append(
      DNNLStep(
        "reorder", "\(source.shape) \(from.name) to \(to.name)", primitive,
        reads: [(.source, source)], writes: [(.destination, target)]))
  }

  private func makeView(of value: Graph.Value, _ node: Graph.Node) -> View {
    switch node.primitive {
    case .constant(let tensor): return constantView(tensor)
    case .reshape(let shape):
      let source = view(of: node.operands[0])
      if let reshaped = source.reshaped(to: shape.dimensions) { return reshaped }
      var copy = contiguous(node.operands[0])
      copy.shape = shape.dimensions
      copy.strides = shape.strides
      return copy
    case .broadcast(let rule):
      return view(of: node.operands[0]).broadcast(to: rule.shape.dimensions, axes: rule.axes)
    case .transpose(let rule): return view(of: node.operands[0]).transposed(rule.permutation)
    case .slice(let rule):
      return view(of: node.operands[0]).sliced(
        starts: rule.starts, steps: rule.strides, shape: graph.types[value].shape.dimensions)
    case .reverse(let rule): return view(of: node.operands[0]).reversed(rule.axes)
    case .barrier: return view(of: node.operands[0])
    default: preconditionFailure("\(node.primitive.rule.name) is computed before it is read")
    }
  }

  // MARK: - Nodes

  private func lower(_ node: Graph.Node) {
    switch node.primitive {
    case .constant, .reshape, .broadcast, .transpose, .slice, .reverse, .barrier: break
    case .unary, .binary, .compare, .select, .convert:
      preconditionFailure("elementwise nodes are fused")
    case .iota(let rule): lowerIota(rule, node)
    case .randomUniform(let rule): lowerRandom(rule, node)
    case .concatenate(let rule): lowerConcatenate(rule, node)
    case .pad(let rule): lowerPad(rule, node)
    case .reduce(let rule): lowerReduce(rule, node)
    case .argMax(let rule): lowerArgMax(rule, node)
    case .cumulativeSum(let rule): lowerCumulativeSum(rule, node)
    case .dot(let rule): lowerDot(rule, node)
    case .convolution(let rule): lowerConvolution(rule, node)
    case .convolutionInputGradient(let rule): lowerConvolutionInputGradient(rule, node)
    case .convolutionKernelGradient(let rule): lowerConvolutionKernelGradient(rule, node)
    case .maxPool(let rule): lowerMaxPool(rule, node)
    case .maxPoolGradient(let rule): lowerMaxPoolGradient(rule, node)
    case .maxPoolGather(let rule): lowerMaxPoolGather(rule, node)
    case .averagePool(let rule): lowerAveragePool(rule, node)
    case .averagePoolGradient(let rule): lowerAveragePoolGradient(rule, node)
    case .gather(let rule): lowerGather(rule, node)
    case .scatterAdd(let rule): lowerScatterAdd(rule, node)
    case .scan(let loop): lowerScan(loop, node)
    }
  }
}
