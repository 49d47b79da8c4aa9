import CKernels
import MoruGraph
import MoruTensors

extension Lowering {
  /// Makes one pass over memory of elementwise operations and reductions over one domain.
  func lowerFused(_ unit: Partition.Unit) {
    let nodes = unit.nodes.map { graph.nodes[$0] }
    guard unit.domain.shape.elementCount > 0 else {
      for node in nodes { _ = define(node.results[0]) }
      return
    }
    let layout = commonLayout(nodes, unit.domain)
    var drawing = FusedDrawing(unit.domain)
    for index in unit.nodes {
      let node = graph.nodes[index]
      if let entry = partition.moments.entries[index] {
        draw(entry, index, sumsToo: unit.nodes.contains(entry.sum), in: &drawing)
      } else if case .reduce(let rule) = node.primitive {
        let isDrawn = unit.nodes.contains { partition.moments.entries[$0]?.sum == index }
        if !isDrawn { draw(rule, index, in: &drawing, layout) }
      } else {
        let isPerRow = unit.domain.isPerRow(graph.types[node.results[0]].shape)
        drawing.places[node.results[0]] = apply(node, isPerRow: isPerRow, in: &drawing, layout)
      }
    }
    for index in unit.nodes {
      let value = graph.nodes[index].results[0]
      guard partition.isStored[value], let place = drawing.places[value] else { continue }
      if unit.domain.isPerRow(graph.types[value].shape) {
        drawing.pass.keep(place, CK_STORE_ROWS, into: define(value))
      } else {
        let target = layout.map { define(value, layout: $0) } ?? define(value)
        drawing.pass.keep(place, CK_STORE, into: target)
      }
    }
    append(ElementwiseStep(drawing.pass.finished(), policy: policy))
  }

  /// A pass with the places of the graph's values in it.
  private struct FusedDrawing {
    let domain: RowDomain
    var pass: FusedPass
    var places: [Graph.Value: FusedPass.Place] = [:]

    init(_ domain: RowDomain) {
      self.domain = domain
      pass = FusedPass(domain: domain)
    }
  }

  private func apply(
    _ node: Graph.Node, isPerRow: Bool, in drawing: inout FusedDrawing, _ layout: BlockedLayout?
  ) -> FusedPass.Place {
    let type = graph.types[node.operands.last ?? 0].dtype
    let name = node.primitive.rule.name
    guard let operation = node.primitive.elementwiseOperation(type) else {
      preconditionFailure("\(name) has a kernel for each type it is defined for")
    }
    // Values that must be spread come last, when it is known beside what.
    var operands: [FusedPass.Place?] = node.operands.map {
      place(of: $0, isPerRow: isPerRow, in: &drawing, layout)
    }
    let known = operands.compactMap { $0 }
    for (index, value) in node.operands.enumerated() where operands[index] == nil {
      guard let source = drawing.places[partition.root(of: value)] else { continue }
      operands[index] = drawing.pass.spread(source, graph.types[value].dtype, beside: known)
    }
    return drawing.pass.apply(
      operation, name, graph.types[node.results[0]].dtype,
      to: zip(operands.compactMap { $0 }, node.operands.map { graph.types[$0].dtype }).map {
        ($0, $1)
      }, isPerRow: isPerRow)
  }

  private func draw(
    _ rule: Reduce, _ index: Int, in drawing: inout FusedDrawing, _ layout: BlockedLayout?
  ) {
    let node = graph.nodes[index]
    let operand = node.operands[0]
    let shape = graph.types[operand].shape
    let isPerRow = drawing.domain.isPerRow(shape)
    let source =
      place(of: operand, isPerRow: isPerRow, in: &drawing, layout)
      ?? drawing.places[partition.root(of: operand)].map {
        drawing.pass.spread($0, graph.types[operand].dtype, beside: [])
      }
    guard let source else { preconditionFailure("a pass has what it reduces") }
    let result = node.results[0]
    let reduction = rule.kind.reduction
    if isPerRow {
      drawing.pass.keep(source, CK_REDUCE_ALL_ROWS, reduction, into: define(result))
      return
    }
    switch FusedReduction(rule, over: shape) {
    case .inner:
      drawing.places[result] = drawing.pass.reduceRows(
        source, reduction, graph.types[result].dtype)
    case .outer: drawing.pass.keep(source, CK_REDUCE_OUTER, reduction, into: define(result))
    default: drawing.pass.keep(source, CK_REDUCE_ALL, reduction, into: define(result))
    }
  }

  /// Sums of squared distances from a mean, and those that the mean is computed from if the pass
  /// has them.
  private func draw(
    _ entry: MomentFusion.Entry, _ index: Int, sumsToo: Bool, in drawing: inout FusedDrawing
  ) {
    guard let source = place(of: entry.source, isPerRow: false, in: &drawing, nil) else {
      preconditionFailure("moments are of whole rows")
    }
    let squares = graph.nodes[index].results[0]
    let sums = graph.nodes[entry.sum].results[0]
    drawing.pass.keep(
      source, CK_MOMENTS_OUTER, into: sumsToo ? define(sums) : scratchView(graph.types[sums]),
      squares: define(squares))
  }

  /// Where a value lies in a pass; nil if it is one of each row and has to be spread.
  private func place(
    of value: Graph.Value, isPerRow: Bool, in drawing: inout FusedDrawing,
    _ layout: BlockedLayout?
  ) -> FusedPass.Place? {
    if let place = drawing.places[value],
      drawing.domain.isPerRow(graph.types[value].shape) == isPerRow
    {
      return place
    }
    let root = partition.root(of: value)
    if let place = drawing.places[root] { return isPerRow ? place : nil }
    if isPerRow {
      let outer = drawing.domain.outer
      let view = view(of: value)
      var rows = view.reshaped(to: outer) ?? contiguous(value)
      if rows.shape != outer {
        rows.shape = outer
        rows.strides = Shape(outer).strides
      }
      return drawing.pass.load(rows, isPerRow: true)
    }
    let view = operandView(value, layout)
    return drawing.pass.load(view, isPerRow: false)
  }

  /// The layout that the pass keeps: the one that most of its operands have, if everything else can
  /// follow without being spread out first. Resident values count twice, since what replaces them
  /// must have their layout.
  private func commonLayout(_ nodes: [Graph.Node], _ domain: RowDomain) -> BlockedLayout? {
    guard domain.row == nil else { return nil }
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

extension RowDomain {
  /// Whether a value of the pass has one element for each row.
  func isPerRow(_ shape: Shape) -> Bool {
    guard let row else { return false }
    return row > 1 && shape.elementCount * row == self.shape.elementCount
  }
}
