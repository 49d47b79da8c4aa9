import MoruGraph
import MoruTensors

/// How a graph divides into units that run one after the other: chains of elementwise operations
/// and reductions that share one pass over memory, and single nodes.
///
/// `Partition+Rows.swift` joins chains over the same rows.
struct Partition {
  /// Nodes that become one step.
  struct Unit {
    /// The nodes, operands first.
    var nodes: [Int]
    /// Whether they are elementwise operations and reductions over one domain.
    var isFused: Bool
    /// Whether they make invariant values.
    var isInvariant: Bool
    /// What a fused unit walks over.
    var domain = RowDomain(shape: [])
  }

  /// Units in the order in which they run.
  private(set) var units: [Unit] = []
  /// Whether a value is read by another unit than the one that makes it, and so needs memory.
  private(set) var isStored: [Bool] = []
  /// For each value the node that makes it; nil for inputs and resident values.
  let producers: [Int?]
  /// Operations that products and convolutions do themselves.
  let epilogues: Epilogues
  /// Convolutions of own kernels, with what else these do.
  let separable: SeparableConvolutions
  /// Sums of squares that are computed with the sums of their mean.
  let moments: MomentFusion
  let graph: Graph
  let roles: [Role]
  /// Whether a value is the same in every run until somebody writes a parameter.
  let isInvariant: [Bool]

  /// What a node is to the partition.
  enum Role { case view, literal, elementwise, reduction, absorbed, other }

  /// Most nodes in one fused unit.
  static let unitLimit = 48

  /// - Parameters:
  ///   - replaced: Places of resident values that a run replaces.
  ///   - activations: Whether convolutions may apply activations in a way that loses NaN.
  init(_ graph: Graph, replaced: Set<Int>, activations: Bool) {
    self.graph = graph
    let isInvariant = graph.invariantValues(replaced: replaced)
    let epilogues = Epilogues(graph, isInvariant: isInvariant, activations: activations)
    self.isInvariant = isInvariant
    self.epilogues = epilogues
    producers = GraphLinks(graph).makers
    moments = MomentFusion(graph, producers: producers)
    let separable = SeparableConvolutions(
      graph, epilogues, isInvariant: isInvariant,
      sums: Set(moments.entries.values.map(\.sum)))
    self.separable = separable
    let absorbed = epilogues.absorbed.union(separable.absorbed)
    roles = graph.nodes.enumerated().map {
      absorbed.contains($0) ? .absorbed : Partition.role(of: $1, in: graph)
    }
    var schedule = Schedule(rowsJoined(makeUnits()), of: graph, self)
    units = schedule.ordered()
    isStored = storedValues()
  }

  private func storedValues() -> [Bool] {
    var isStored = [Bool](repeating: false, count: graph.types.count)
    for value in graph.results + graph.updates.map(\.value) { isStored[root(of: value)] = true }
    for unit in units {
      for index in unit.nodes {
        for operand in operands(of: index).map(root) {
          let isInside = producers[operand].map(unit.nodes.contains) ?? false
          if !isInside { isStored[operand] = true }
        }
      }
    }
    return isStored
  }

  /// What a node reads: its operands, what a sum of squares is computed from, or the whole numbers of
  /// a product.
  func operands(of node: Int) -> [Graph.Value] {
    epilogues.operands[node] ?? moments.entries[node].map { [$0.source] }
      ?? graph.nodes[node].operands
  }

  /// Whether anything still reads what a node makes.
  private func neededNodes() -> [Bool] {
    var isRead = [Bool](repeating: false, count: graph.types.count)
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    for value in graph.results + graph.updates.map(\.value) { isRead[value] = true }
    for (index, node) in graph.nodes.enumerated().reversed() {
      isNeeded[index] = node.results.contains { isRead[$0] }
      guard isNeeded[index] else { continue }
      for operand in operands(of: index) { isRead[operand] = true }
    }
    return isNeeded
  }

  /// The value whose elements a value shows: the operand of views, else itself.
  func root(of value: Graph.Value) -> Graph.Value {
    var value = value
    while let node = producers[value], roles[node] == .view {
      value = graph.nodes[node].operands[0]
    }
    return value
  }

  /// The nodes that make what the barriers on the way to a value's root wait for.
  func awaited(by value: Graph.Value) -> [Int] {
    var nodes: [Int] = []
    var pending = [value]
    while var value = pending.popLast() {
      while let index = producers[value], roles[index] == .view {
        let node = graph.nodes[index]
        if case .barrier = node.primitive {
          for other in node.operands.dropFirst() {
            if let producer = producers[root(of: other)] { nodes.append(producer) }
            pending.append(other)
          }
        }
        value = node.operands[0]
      }
    }
    return nodes
  }

  private static func role(of node: Graph.Node, in graph: Graph) -> Role {
    switch node.primitive {
    case .reshape, .broadcast, .transpose, .slice, .reverse, .barrier: return .view
    case .constant: return .literal
    case .unary, .binary, .compare, .select, .convert: return .elementwise
    case .reduce(let rule):
      let type = graph.types[node.operands[0]]
      let fits =
        type.dtype.isFloating && type.shape.elementCount > 0
        && FusedReduction(rule, over: type.shape) != nil
      return fits ? .reduction : .other
    default: return .other
    }
  }

  // MARK: - Units

  /// The unit of elementwise nodes over one domain.
  func unit(of nodes: [Int], isInvariant: Bool) -> Unit {
    Unit(nodes: nodes, isFused: true, isInvariant: isInvariant, domain: rowDomain(nodes))
  }

  /// What nodes over one domain walk over.
  private func rowDomain(_ nodes: [Int]) -> RowDomain {
    let shape = domain(nodes[0])
    var common: FusedReduction = .all
    for index in nodes {
      if case .reduce(let rule) = graph.nodes[index].primitive,
        let reduction = FusedReduction(rule, over: shape)
      {
        common = common.joined(with: reduction) ?? common
      }
    }
    return RowDomain(shape: shape, row: common.row)
  }

  func domain(_ index: Int) -> Shape {
    let node = graph.nodes[index]
    return graph.types[roles[index] == .reduction ? node.operands[0] : node.results[0]].shape
  }

  /// Whether `consumer` may read `value` while it is still in a register.
  private func isFusable(_ value: Graph.Value, into consumer: Int) -> Bool {
    guard let producer = producers[value], roles[producer] == .elementwise,
      roles[consumer] == .elementwise || roles[consumer] == .reduction
    else { return false }
    return graph.types[value].shape == domain(consumer)
      && isInvariant[value] == isInvariant[graph.nodes[consumer].results[0]]
  }

  /// The stage of each node. An edge that cannot be fused leads to a later stage, so fusing within
  /// a stage never makes a cycle.
  private func stages() -> [Int] {
    let awaited = graph.nodes.map { $0.operands.flatMap { self.awaited(by: $0) } }
    var stages = [Int](repeating: 0, count: graph.nodes.count)
    for index in graph.nodes.indices where roles[index] != .view {
      for operand in operands(of: index) {
        guard let producer = producers[root(of: operand)] else { continue }
        stages[index] = max(
          stages[index], stages[producer] + (isFusable(operand, into: index) ? 0 : 1))
      }
      for other in awaited[index] { stages[index] = max(stages[index], stages[other] + 1) }
    }
    // Elementwise nodes move to the first consumer that they can be fused with.
    var bounds = [Int](repeating: .max, count: graph.nodes.count)
    var fusedBounds = bounds
    for index in graph.nodes.indices.reversed() where roles[index] != .view {
      if roles[index] == .elementwise, bounds[index] == fusedBounds[index], bounds[index] != .max {
        stages[index] = max(stages[index], bounds[index])
      }
      for operand in operands(of: index) {
        guard let producer = producers[root(of: operand)] else { continue }
        let fusable = isFusable(operand, into: index)
        bounds[producer] = min(bounds[producer], stages[index] - (fusable ? 0 : 1))
        if fusable { fusedBounds[producer] = min(fusedBounds[producer], stages[index]) }
      }
      for other in awaited[index] { bounds[other] = min(bounds[other], stages[index] - 1) }
    }
    return stages
  }

  private func makeUnits() -> [Unit] {
    let stages = stages()
    var groups = DisjointSets(count: graph.nodes.count)
    let isNeeded = neededNodes()
    for index in graph.nodes.indices where isNeeded[index] {
      for operand in operands(of: index) where isFusable(operand, into: index) {
        if let producer = producers[operand], stages[producer] == stages[index] {
          groups.join(producer, index)
        }
      }
    }
    for (index, entry) in moments.entries where isNeeded[index] { groups.join(entry.sum, index) }
    var members: [Int: [Int]] = [:]
    var result: [Unit] = []
    for (index, node) in graph.nodes.enumerated() where isNeeded[index] {
      let isFixed = node.results.allSatisfy { isInvariant[$0] }
      switch roles[index] {
      case .view, .literal, .absorbed: continue
      case .other:
        let absorbed =
          (separable.entries[node.results[0]]?.nodes ?? [])
          + (epilogues.entries[node.results[0]]?.nodes ?? [])
        result.append(Unit(nodes: [index] + absorbed, isFused: false, isInvariant: isFixed))
      case .elementwise, .reduction: members[groups.find(index), default: []].append(index)
      }
    }
    for nodes in members.values {
      let isFixed = isInvariant[graph.nodes[nodes[0]].results[0]]
      for part in parts(nodes) {
        result.append(
          Unit(nodes: part, isFused: true, isInvariant: isFixed, domain: rowDomain(part)))
      }
    }
    return result
  }

  /// Cuts a group where it is too long or where reductions over different axes meet.
  private func parts(_ nodes: [Int]) -> [[Int]] {
    var common: FusedReduction = .all
    var main: [Int] = []
    var apart: [[Int]] = []
    for index in nodes {
      if case .reduce(let rule) = graph.nodes[index].primitive,
        let shape = FusedReduction(rule, over: domain(index))
      {
        guard let joined = common.joined(with: shape) else {
          apart.append([index])
          continue
        }
        common = joined
      }
      main.append(index)
    }
    let cuts = stride(from: 0, to: main.count, by: Partition.unitLimit).map {
      Array(main[$0..<min($0 + Partition.unitLimit, main.count)])
    }
    return cuts + apart
  }
}

/// How a reduction fits into a pass over its operand: over everything, over the last axes, or over
/// the first ones.
enum FusedReduction: Equatable {
  case all
  case inner(row: Int)
  case outer(row: Int)

  init?(_ rule: Reduce, over shape: Shape) {
    let merged = ReductionShape(dimensions: shape.dimensions, axes: rule.axes)
    switch merged.isReduced {
    case [true]: self = .all
    case [false, true]: self = .inner(row: merged.sizes[1])
    case [true, false]: self = .outer(row: merged.sizes[1])
    default: return nil
    }
  }

  /// What a pass that makes both has to respect, or nil if they do not fit together.
  func joined(with other: FusedReduction) -> FusedReduction? {
    if self == .all { return other }
    return other == .all || other.row == row ? self : nil
  }

  /// The length of rows, nil if any will do.
  var row: Int? {
    switch self {
    case .all: nil
    case .inner(let row), .outer(let row): row
    }
  }
}

/// Sets that are merged again and again.
private struct DisjointSets {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  mutating func find(_ element: Int) -> Int {
    var root = element
    while parents[root] != root { root = parents[root] }
    var walker = element
    while parents[walker] != root { (walker, parents[walker]) = (parents[walker], root) }
    return root
  }

  mutating func join(_ a: Int, _ b: Int) { parents[find(a)] = find(b) }
}
