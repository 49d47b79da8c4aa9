import CKernels
import MoruGraph
import MoruTensors

/// Chains that walk over the same rows become one: what reduces rows, what is computed from one
/// element for each row, and what reads these for all elements of a row.
///
/// So softmax, layer normalisation, cross-entropy and their gradients take one pass over memory.
extension Partition {
  /// The longest row that is kept in cache between two phases, and the fewest rows of a large
  /// domain that keep all threads busy.
  private static let (longestRow, fewestRows) = (16384, 8)

  func rowsJoined(_ units: [Unit]) -> [Unit] {
    var chains = Chains(units, in: self)
    while chains.joinReaders(in: self) {}
    chains.joinSiblings(in: self)
    while chains.joinReaders(in: self) {}
    return chains.units
  }

  /// The domain of two units as one, `first` before `second`; nil if they do not walk the same rows
  /// or if a value of one cannot be used by the other in passing.
  fileprivate func joined(_ first: Unit, _ second: Unit) -> RowDomain? {
    guard first.isFused, second.isFused, first.isInvariant == second.isInvariant,
      first.nodes.count + second.nodes.count <= Partition.unitLimit,
      let domain = joined(first.domain, second.domain),
      first.domain == domain || first.domain.row == nil,
      second.domain == domain || second.domain.row == nil
    else { return nil }
    let made = Set(first.nodes.flatMap { graph.nodes[$0].results })
    var usesRows = false
    for index in second.nodes {
      for operand in operands(of: index) {
        let root = root(of: operand)
        guard made.contains(root) else { continue }
        guard passes(root, as: operand, to: index, in: domain, &usesRows) else { return nil }
      }
    }
    guard usesRows else { return domain }
    let isCached = (domain.row ?? 0) <= Partition.longestRow
    let isParallel =
      domain.rowCount >= Partition.fewestRows || domain.shape.elementCount < 48 * 1024
    return isCached && isParallel ? domain : nil
  }

  /// A domain that both fit: the same, or one has an element for each row of the other.
  private func joined(_ first: RowDomain, _ second: RowDomain) -> RowDomain? {
    if first.shape == second.shape {
      if let row = first.row, let other = second.row, row != other { return nil }
      return first.row == nil ? second : first
    }
    if second.isPerRow(first.shape), first.row == nil { return second }
    if first.isPerRow(second.shape), second.row == nil { return first }
    return nil
  }

  /// Whether a node may use a value while the row it belongs to is worked on.
  private func passes(
    _ root: Graph.Value, as operand: Graph.Value, to index: Int, in domain: RowDomain,
    _ usesRows: inout Bool
  ) -> Bool {
    guard let producer = producers[root] else { return false }
    let made = graph.types[root].shape
    if case .reduce(let rule) = graph.nodes[producer].primitive {
      let source = graph.types[graph.nodes[producer].operands[0]].shape
      guard source == domain.shape, case .inner = FusedReduction(rule, over: source) else {
        return false
      }
    }
    guard domain.isPerRow(made) else { return operand == root && made == domain.shape }
    usesRows = true
    let maker = { (value: Graph.Value) in producers[value].map { graph.nodes[$0] } }
    guard let view = View.pattern(of: operand, graph, maker) else { return false }
    if domain.isPerRow(self.domain(index)) { return view.isContiguous }
    guard view.shape == domain.shape.dimensions else { return false }
    let outer = domain.outerRank
    var rows = view
    rows.shape = Array(view.shape[..<outer])
    rows.strides = Array(view.strides[..<outer])
    let repeats = zip(view.shape[outer...], view.strides[outer...]).allSatisfy {
      $0 == 1 || $1 == 0
    }
    return rows.isContiguous && repeats
  }
}

/// Units with the edges between them, while they are joined.
private struct Chains {
  private var entries: [Partition.Unit?]
  private var before: [Set<Int>]
  private var after: [Set<Int>]
  /// Values in memory that each unit reads.
  private var reads: [Set<Graph.Value>]

  var units: [Partition.Unit] { entries.compactMap { $0 } }

  init(_ units: [Partition.Unit], in partition: Partition) {
    let sorted = units.sorted { ($0.nodes.first ?? 0) < ($1.nodes.first ?? 0) }
    entries = sorted
    before = sorted.map { _ in [] }
    after = sorted.map { _ in [] }
    reads = sorted.map { _ in [] }
    var unitOf: [Graph.Value: Int] = [:]
    for (index, unit) in sorted.enumerated() {
      for node in unit.nodes {
        for result in partition.graph.nodes[node].results { unitOf[result] = index }
      }
    }
    for (index, unit) in sorted.enumerated() {
      for operand in unit.nodes.flatMap(partition.operands) {
        let root = partition.root(of: operand)
        reads[index].insert(root)
        let awaited = partition.awaited(by: operand).flatMap { partition.graph.nodes[$0].results }
        for maker in ([root] + awaited).compactMap({ unitOf[$0] }) where maker != index {
          before[index].insert(maker)
          after[maker].insert(index)
        }
      }
    }
  }

  /// Joins units with those that read their values; gives whether there were any.
  mutating func joinReaders(in partition: Partition) -> Bool {
    var isChanged = false
    for reader in entries.indices {
      for maker in before[reader].sorted(by: >) where join(maker, reader, partition) {
        isChanged = true
      }
    }
    return isChanged
  }

  /// Joins units that read the same large values.
  mutating func joinSiblings(in partition: Partition) {
    var readers: [Graph.Value: [Int]] = [:]
    for (index, unit) in entries.enumerated() {
      guard let unit, unit.isFused else { continue }
      for value in reads[index] where partition.graph.types[value].shape == unit.domain.shape {
        readers[value, default: []].append(index)
      }
    }
    for value in readers.keys.sorted() {
      let units = readers[value] ?? []
      for (place, first) in units.enumerated() {
        for second in units[(place + 1)...]
        where entries[first]?.domain.shape == entries[second]?.domain.shape {
          _ = join(first, second, partition)
        }
      }
    }
  }

  private mutating func join(_ first: Int, _ second: Int, _ partition: Partition) -> Bool {
    guard let a = entries[first], let b = entries[second], first != second,
      !after[second].contains(first), let domain = partition.joined(a, b),
      !leads(from: first, to: second), !leads(from: second, to: first)
    else { return false }
    // The reader's place: everything it needs comes before it.
    entries[second]?.nodes = (a.nodes + b.nodes).sorted()
    entries[second]?.domain = domain
    entries[first] = nil
    for other in before[first] { after[other].remove(first) }
    for other in after[first] { before[other].remove(first) }
    before[second].formUnion(before[first])
    after[second].formUnion(after[first])
    before[second].subtract([first, second])
    after[second].subtract([first, second])
    for other in before[second] { after[other].insert(second) }
    for other in after[second] { before[other].insert(second) }
    reads[second].formUnion(reads[first])
    (before[first], after[first], reads[first]) = ([], [], [])
    return true
  }

  /// Whether a way of two edges or more leads from one unit to another.
  private func leads(from start: Int, to end: Int) -> Bool {
    var seen: Set<Int> = [start]
    var waiting = after[start].filter { $0 != end }
    while let unit = waiting.popFirst() {
      guard seen.insert(unit).inserted else { continue }
      if after[unit].contains(end) { return true }
      waiting.formUnion(after[unit].subtracting(seen))
    }
    return false
  }
}
