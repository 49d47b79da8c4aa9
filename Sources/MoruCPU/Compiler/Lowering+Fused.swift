import CKernels
import MoruGraph
import MoruTensors

extension Lowering {
  /// Makes one pass over memory of elementwise operations and reductions over one domain.
  func lowerFused(_ unit: Partition.Unit) {
    let nodes = unit.nodes.map { graph.nodes[$0] }
    let first = nodes[0]
    let domain: Shape
    if case .reduce = first.primitive {
      domain = graph.types[first.operands[0]].shape
    } else {
      domain = graph.types[first.results[0]].shape
    }
    guard domain.elementCount > 0 else {
      for node in nodes { _ = define(node.results[0]) }
      return
    }
    let layout = commonLayout(nodes, domain)
    var pass = FusedPass(domain: domain)
    for node in nodes {
      for operand in node.operands where !pass.holds(operand) {
        pass.load(operand, from: operandView(operand, layout))
      }
      if case .reduce(let rule) = node.primitive {
        pass.reduce(node, rule, into: define(node.results[0]))
      } else {
        let operandType = graph.types[node.operands.last ?? 0].dtype
        pass.apply(node, operandType, graph.types)
      }
    }
    for node in nodes {
      if case .reduce = node.primitive { continue }
      let value = node.results[0]
      guard partition.isStored[value] else { continue }
      let target = layout.map { define(value, layout: $0) } ?? define(value)
      pass.store(value, into: target)
    }
    append(pass.finished(policy: policy))
  }

  /// The layout that the pass keeps: the one that most of its operands have, if everything else can
  /// follow without being spread out first. Resident values count twice, since what replaces them
  /// must have their layout.
  private func commonLayout(_ nodes: [Graph.Node], _ domain: Shape) -> BlockedLayout? {
    for node in nodes {
      if case .reduce(let rule) = node.primitive, FusedReduction(rule, over: domain) != .all {
        return nil
      }
    }
    let operands = Set(nodes.flatMap(\.operands)).subtracting(nodes.flatMap(\.results))
    var votes: [(layout: BlockedLayout, count: Int)] = []
    for operand in operands.sorted() {
      guard let layout = layouts[operand] else {
        let view = view(of: operand)
        guard view.isContiguous || view.strides.allSatisfy({ $0 == 0 }) else { return nil }
        continue
      }
      let weight = graph.resident.contains(operand) ? 2 : 1
      if let known = votes.firstIndex(where: { $0.layout == layout }) {
        votes[known].count += weight
      } else {
        votes.append((layout, weight))
      }
    }
    return votes.max { $0.count < $1.count }?.layout
  }

  private func operandView(_ value: Graph.Value, _ layout: BlockedLayout?) -> View {
    guard let layout else { return view(of: value) }
    if layouts[value] == nil {
      let view = view(of: value)
      if view.count == 1 || view.strides.allSatisfy({ $0 == 0 }) { return view }
    }
    return operand(value, in: layout)
  }
}

/// Instructions and registers of a fused pass while it is put together.
private struct FusedPass {
  private struct Draft {
    var function: ck_function
    var destination: Graph.Value
    var operands: [Graph.Value]
    /// Operands with elements as wide as the result's.
    var equallyWide: Set<Graph.Value>
    var name: String
  }

  private let domain: Shape
  private var operands: [View] = []
  private var operandOf: [Graph.Value: Int] = [:]
  private var drafts: [Draft] = []
  private var computed: Set<Graph.Value> = []
  private var results: [(value: Graph.Value, view: View, keep: ck_keep, reduction: ck_reduction)] =
    []
  private var row = 1

  init(domain: Shape) { self.domain = domain }

  func holds(_ value: Graph.Value) -> Bool { operandOf[value] != nil || computed.contains(value) }

  mutating func load(_ value: Graph.Value, from view: View) {
    if let known = operands.firstIndex(of: view) {
      operandOf[value] = known
    } else {
      operandOf[value] = operands.count
      operands.append(view)
    }
  }

  mutating func apply(_ node: Graph.Node, _ operandType: DType, _ types: [TensorType]) {
    guard let function = node.primitive.elementwiseFunction(operandType) else {
      preconditionFailure(
        "\(node.primitive.rule.name) has a kernel for each type it is defined for")
    }
    let name = node.primitive.rule.name
    let width = types[node.results[0]].dtype.byteCount
    drafts.append(
      Draft(
        function: function, destination: node.results[0], operands: node.operands,
        equallyWide: Set(node.operands.filter { types[$0].dtype.byteCount == width }), name: name))
    computed.insert(node.results[0])
  }

  mutating func reduce(_ node: Graph.Node, _ rule: Reduce, into view: View) {
    let keep: ck_keep
    switch FusedReduction(rule, over: domain) {
    case .inner(let row):
      keep = CK_REDUCE_INNER
      self.row = row
    case .outer(let row):
      keep = CK_REDUCE_OUTER
      self.row = row
    default: keep = CK_REDUCE_ALL
    }
    let reduction =
      switch rule.kind {
      case .sum: CK_SUM
      case .product: CK_PRODUCT
      case .maximum: CK_MAX
      case .minimum: CK_MIN
      }
    results.append((node.operands[0], view, keep, reduction))
  }

  mutating func store(_ value: Graph.Value, into view: View) {
    results.append((value, view, CK_STORE, CK_SUM))
  }

  /// Gives values registers, each freed after its last use, and makes the step.
  func finished(policy: ThreadPolicy) -> ElementwiseStep {
    var lastUse: [Graph.Value: Int] = [:]
    for (index, draft) in drafts.enumerated() {
      for operand in draft.operands { lastUse[operand] = index }
    }
    // What is stored keeps its register to the end, because it may lie in the result's memory.
    for result in results { lastUse[result.value] = drafts.count }

    var registers: [Graph.Value: Int] = operandOf
    var free: [Int] = []
    var count = operands.count
    var instructions: [ElementwiseStep.Instruction] = []
    for (index, draft) in drafts.enumerated() {
      let places = draft.operands.compactMap { registers[$0] }
      let finished = Set(draft.operands).sorted().filter {
        lastUse[$0] == index && operandOf[$0] == nil
      }
      // The result may overwrite an operand element by element only if they are equally wide.
      free += finished.filter(draft.equallyWide.contains).compactMap { registers[$0] }
      let isStored = lastUse[draft.destination] == drafts.count
      let destination: Int
      if !isStored, let reused = free.popLast() {
        destination = reused
      } else {
        destination = count
        count += 1
      }
      free += finished.filter { !draft.equallyWide.contains($0) }.compactMap { registers[$0] }
      registers[draft.destination] = destination
      instructions.append(
        ElementwiseStep.Instruction(
          function: draft.function, destination: destination, operands: places, name: draft.name))
    }
    return ElementwiseStep(
      dimensions: domain.dimensions, row: row, operands: operands, instructions: instructions,
      registerCount: count - operands.count,
      results: results.map {
        ElementwiseStep.Result(
          view: $0.view, source: registers[$0.value] ?? 0, keep: $0.keep, reduction: $0.reduction)
      }, policy: policy)
  }
}

extension Primitive {
  /// The kernel for operands of a type; nil if this is no elementwise primitive.
  fileprivate func elementwiseFunction(_ type: DType) -> ck_function? {
    switch self {
    case .unary(let rule): ck_elementwise_function(rule.operation, type.kernelType)
    case .binary(let rule): ck_elementwise_function(rule.operation, type.kernelType)
    case .compare(let rule): ck_elementwise_function(rule.operation, type.kernelType)
    case .select: ck_elementwise_function(CK_SELECT, type.kernelType)
    case .convert(let target): ck_convert_function(type.kernelType, target.kernelType)
    default: nil
    }
  }
}

extension DType {
  fileprivate var kernelType: ck_type {
    switch self {
    case .float32: CK_F32
    case .float64: CK_F64
    case .int32: CK_I32
    case .int64: CK_I64
    case .uint8: CK_U8
    case .bool: CK_BOOL
    }
  }
}

extension Unary {
  fileprivate var operation: ck_operation {
    switch self {
    case .negate: CK_NEGATE
    case .absolute: CK_ABSOLUTE
    case .sign: CK_SIGN
    case .exponential: CK_EXP
    case .exponentialMinusOne: CK_EXPM1
    case .logarithm: CK_LOG
    case .logarithmPlusOne: CK_LOG1P
    case .squareRoot: CK_SQRT
    case .reciprocalSquareRoot: CK_RSQRT
    case .sine: CK_SIN
    case .cosine: CK_COS
    case .tanh: CK_TANH
    case .logistic: CK_LOGISTIC
    case .erf: CK_ERF
    case .floor: CK_FLOOR
    case .ceiling: CK_CEILING
    case .roundNearestEven: CK_ROUND_EVEN
    case .not: CK_NOT
    case .isFinite: CK_IS_FINITE
    }
  }
}

extension Binary {
  fileprivate var operation: ck_operation {
    switch self {
    case .add: CK_ADD
    case .subtract: CK_SUBTRACT
    case .multiply: CK_MULTIPLY
    case .divide: CK_DIVIDE
    case .remainder: CK_REMAINDER
    case .power: CK_POWER
    case .maximum: CK_MAXIMUM
    case .minimum: CK_MINIMUM
    case .and: CK_AND
    case .or: CK_OR
    }
  }
}

extension Comparison {
  fileprivate var operation: ck_operation {
    switch self {
    case .equal: CK_EQUAL
    case .notEqual: CK_NOT_EQUAL
    case .less: CK_LESS
    case .lessOrEqual: CK_LESS_EQUAL
    case .greater: CK_GREATER
    case .greaterOrEqual: CK_GREATER_EQUAL
    }
  }
}
