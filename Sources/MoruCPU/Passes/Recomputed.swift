package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with cheap elementwise values computed again where another pass over memory reads
  /// them, if that pass then reads no more than before.
  ///
  /// A training step reads in its backward half what the forward half computed between two
  /// convolutions: normalised values, masks of activations. All of it follows from the
  /// convolution's result, which is there anyway; computing it twice saves writing, keeping and
  /// reading it.
  ///
  /// - Parameters:
  ///   - replaced: Places of resident values that a run replaces.
  ///   - activations: Whether convolutions may apply activations.
  package func recomputingCheapValues(replaced: Set<Int>, activations: Bool = true) -> Graph {
    let partition = Partition(self, replaced: replaced, activations: activations)
    return Recomputation(self, partition).rewritten()
  }
}

private struct Recomputation {
  private let graph: Graph
  private let partition: Partition
  /// Whether a value must be in memory for something that is no elementwise pass.
  private var isNeededInMemory: [Bool]

  /// Smaller values stay in the first caches.
  private static let leastCount = 16 * 1024
  /// Most operations that are done again for one value.
  private static let operationLimit = 12

  /// How a value is computed again.
  private struct Plan {
    var nodes: [Int] = []
    /// Values of the domain's size that it reads.
    var sources: Set<Graph.Value> = []
  }

  init(_ graph: Graph, _ partition: Partition) {
    self.graph = graph
    self.partition = partition
    isNeededInMemory = [Bool](repeating: false, count: graph.types.count)
    for value in graph.results + graph.updates.map(\.value) {
      isNeededInMemory[partition.root(of: value)] = true
    }
    for unit in partition.units where !unit.isFused {
      for operand in unit.nodes.flatMap({ graph.nodes[$0].operands }) {
        isNeededInMemory[partition.root(of: operand)] = true
      }
    }
  }

  func rewritten() -> Graph {
    var types = graph.types
    /// Copies of nodes to be inserted before a node.
    var insertions: [Int: [Graph.Node]] = [:]
    /// For each node the values that it reads instead of others.
    var substitutions: [Int: [Graph.Value: Graph.Value]] = [:]
    for unit in partition.units where isWorthwhile(unit) {
      let plans = plans(for: unit)
      guard !plans.isEmpty else { continue }
      var copies: [Graph.Value: Graph.Value] = [:]
      var inserted: [Graph.Node] = []
      for index in Set(plans.values.flatMap(\.nodes)).sorted() {
        let node = graph.nodes[index]
        let results = node.results.map { result in
          types.append(graph.types[result])
          copies[result] = types.count - 1
          return types.count - 1
        }
        inserted.append(
          Graph.Node(
            node.primitive, operands: node.operands.map { copies[$0] ?? $0 }, results: results))
      }
      let readers = unit.nodes.filter { index in
        graph.nodes[index].operands.contains { plans[$0] != nil }
      }
      guard let first = readers.min() else { continue }
      insertions[first, default: []] += inserted
      for index in readers {
        for value in graph.nodes[index].operands where plans[value] != nil {
          substitutions[index, default: [:]][value] = copies[value]
        }
      }
    }
    guard !insertions.isEmpty else { return graph }
    let nodes = graph.nodes.enumerated().flatMap { index, node in
      (insertions[index] ?? []) + [
        Graph.Node(
          node.primitive, operands: node.operands.map { substitutions[index]?[$0] ?? $0 },
          results: node.results)
      ]
    }
    return Graph(
      types: types, inputs: graph.inputs, resident: graph.resident, nodes: nodes,
      results: graph.results, updates: graph.updates
    ).removingDeadCode()
  }

  private func isWorthwhile(_ unit: Partition.Unit) -> Bool {
    unit.isFused && !unit.isInvariant && size(of: unit) >= Self.leastCount
      // A variance is recognised by its form.
      && unit.nodes.allSatisfy { partition.moments.entries[$0] == nil }
  }

  private func size(of unit: Partition.Unit) -> Int {
    partition.domain(unit.nodes[0]).elementCount
  }

  /// The values that a pass had better compute itself.
  private func plans(for unit: Partition.Unit) -> [Graph.Value: Plan] {
    let inside = Set(unit.nodes)
    let size = size(of: unit)
    var operands: [Graph.Value] = []
    for operand in unit.nodes.flatMap({ partition.operands(of: $0) })
    where !operands.contains(operand)
      && !(partition.producers[operand].map(inside.contains) ?? false)
    {
      operands.append(operand)
    }
    var plans: [Graph.Value: Plan] = [:]
    for operand in operands { plans[operand] = plan(for: operand, size: size) }
    let large = operands.filter { isLarge($0, size) }
    let now = bytes(Set(large.map(partition.root)))
    func after(_ chosen: [Graph.Value: Plan]) -> Int {
      let kept = large.filter { chosen[$0] == nil }.map(partition.root)
      return bytes(Set(kept).union(chosen.values.flatMap(\.sources)))
    }
    if after(plans) <= now { return plans }
    var chosen: [Graph.Value: Plan] = [:]
    for operand in operands {
      var more = chosen
      more[operand] = plans[operand]
      if after(more) <= now { chosen = more }
    }
    return chosen
  }

  private func bytes(_ values: Set<Graph.Value>) -> Int {
    values.reduce(0) { $0 + graph.types[$1].byteCount }
  }

  private func isLarge(_ value: Graph.Value, _ size: Int) -> Bool {
    graph.types[partition.root(of: value)].shape.elementCount >= size
  }

  private func plan(for value: Graph.Value, size: Int) -> Plan? {
    guard isCheap(value, size), !isNeededInMemory[value] else { return nil }
    var plan = Plan()
    return extend(&plan, by: value, size) ? plan : nil
  }

  /// Adds what computes a value.
  private func extend(_ plan: inout Plan, by value: Graph.Value, _ size: Int) -> Bool {
    guard let index = partition.producers[value] else { return false }
    if plan.nodes.contains(index) { return true }
    for operand in graph.nodes[index].operands {
      if isCheap(operand, size), !isNeededInMemory[operand] {
        guard extend(&plan, by: operand, size) else { return false }
      } else if isLarge(operand, size) {
        let root = partition.root(of: operand)
        guard partition.producers[root] == nil || partition.isStored[root] else { return false }
        plan.sources.insert(root)
      }
    }
    plan.nodes.append(index)
    return plan.nodes.count <= Self.operationLimit
  }

  /// Whether a value of the domain's size costs little beside reading it.
  private func isCheap(_ value: Graph.Value, _ size: Int) -> Bool {
    guard let index = partition.producers[value], partition.roles[index] == .elementwise,
      graph.types[value].shape.elementCount == size, !partition.isInvariant[value]
    else { return false }
    switch graph.nodes[index].primitive {
    case .compare, .select, .convert: return true
    case .binary(let operation): return operation != .power && operation != .remainder
    case .unary(let operation):
      return [.negate, .absolute, .sign, .not, .squareRoot, .reciprocalSquareRoot]
        .contains(operation)
    default: return false
    }
  }
}
