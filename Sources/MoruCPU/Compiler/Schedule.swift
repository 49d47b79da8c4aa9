import MoruGraph

/// The order in which units run.
///
/// Operands come first. Where possible, resident values are read before they are replaced, so that
/// they can be replaced in place. Whatever frees as much memory as it takes runs as soon as it can:
/// a parameter is updated when its gradient is known, not when all gradients are. All else keeps the
/// graph's order.
struct Schedule {
  private let graph: Graph
  private let units: [Partition.Unit]
  /// For each unit the values of others that it reads, by their roots.
  private var operands: [[Graph.Value]]
  /// For each unit the values that it gives to others.
  private var results: [[Graph.Value]]
  /// Units that cannot run before a unit has.
  private var dependents: [[Int]]
  /// Units that would rather not run before a unit has.
  private var followers: [[Int]]
  /// For each unit how many it still depends on, and how many it would rather wait for.
  private var missing: [Int]
  private var awaited: [Int]
  /// For each value the units that will still read it; results of the graph are never done with.
  private var readersLeft: [Int]
  private let isKept: [Bool]
  private let replaces: [Bool]

  /// - Parameter partition: Knows the makers of values and what views show.
  init(_ units: [Partition.Unit], of graph: Graph, _ partition: Partition) {
    self.graph = graph
    self.units = units
    var unitOf = [Int?](repeating: nil, count: graph.nodes.count)
    for (unit, entry) in units.enumerated() { for node in entry.nodes { unitOf[node] = unit } }

    let none = [[Int]](repeating: [], count: units.count)
    (operands, results, dependents, followers) = (none, none, none, none)
    missing = [Int](repeating: 0, count: units.count)
    awaited = missing
    var readers = [[Int]](repeating: [], count: graph.types.count)
    for (unit, entry) in units.enumerated() {
      for node in entry.nodes {
        for operand in partition.operands(of: node) {
          for other in partition.awaited(by: operand).compactMap({ unitOf[$0] })
          where other != unit {
            dependents[other].append(unit)
            missing[unit] += 1
          }
          let root = partition.root(of: operand)
          if readers[root].last == unit { continue }
          let maker = partition.producers[root].flatMap { unitOf[$0] }
          if maker == unit { continue }
          readers[root].append(unit)
          operands[unit].append(root)
          if let maker {
            dependents[maker].append(unit)
            missing[unit] += 1
          }
        }
      }
    }
    var replaces = [Bool](repeating: false, count: graph.types.count)
    for update in graph.updates {
      let root = partition.root(of: update.value)
      guard let maker = partition.producers[root].flatMap({ unitOf[$0] }) else { continue }
      replaces[root] = true
      for reader in readers[graph.resident[update.resident]] where reader != maker {
        followers[reader].append(maker)
        awaited[maker] += 1
      }
    }
    var isKept = replaces
    for value in graph.results { isKept[partition.root(of: value)] = true }
    for (value, node) in partition.producers.enumerated() {
      guard let maker = node.flatMap({ unitOf[$0] }) else { continue }
      if isKept[value] || !readers[value].isEmpty { results[maker].append(value) }
    }
    // What no unit of this program makes takes no memory of its own that could be freed.
    for value in partition.producers.indices
    where partition.producers[value] == nil || partition.isInvariant[value] { isKept[value] = true }
    self.isKept = isKept
    self.replaces = replaces
    readersLeft = readers.map(\.count)
  }

  /// The units in order.
  mutating func ordered() -> [Partition.Unit] {
    let keys = units.map { $0.nodes.last ?? 0 }
    var ready = units.indices.filter { missing[$0] == 0 }.sorted { keys[$0] < keys[$1] }
    var order: [Partition.Unit] = []
    order.reserveCapacity(units.count)
    while !ready.isEmpty {
      let place =
        ready.firstIndex { awaited[$0] == 0 && growth($0) <= 0 }
        ?? ready.firstIndex { awaited[$0] == 0 } ?? 0
      let unit = ready.remove(at: place)
      order.append(units[unit])
      for operand in operands[unit] { readersLeft[operand] -= 1 }
      for follower in followers[unit] { awaited[follower] -= 1 }
      for dependent in dependents[unit] {
        missing[dependent] -= 1
        guard missing[dependent] == 0 else { continue }
        let place = ready.firstIndex { keys[$0] > keys[dependent] } ?? ready.count
        ready.insert(dependent, at: place)
      }
    }
    precondition(order.count == units.count, "units do not depend on one another in a circle")
    return order
  }

  /// The bytes of intermediate values after a unit less those before.
  private func growth(_ unit: Int) -> Int {
    let taken = results[unit].reduce(0) {
      replaces[$1] ? $0 : $0 + graph.types[$1].byteCount
    }
    return operands[unit].reduce(taken) {
      readersLeft[$1] == 1 && !isKept[$1] ? $0 - graph.types[$1].byteCount : $0
    }
  }
}
