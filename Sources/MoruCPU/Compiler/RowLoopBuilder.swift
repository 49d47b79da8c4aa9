import CKernels
import MoruGraph
import MoruTensors

/// Finds out whether a loop treats each row of the batch on its own, and how: elementwise
/// operations, products with weights that are the same in all steps, and columns side by side.
struct RowLoopBuilder {
  /// Elements of weights that a loop may have; they should stay in the caches between steps.
  private static let weightLimit = 4 << 20

  private(set) var loop: RowLoop
  private let body: Graph
  private let constant: (HostTensor) -> View
  private var producers: [Graph.Value: Graph.Node] = [:]
  private var readers: [Graph.Value: [Graph.Node]] = [:]
  private let isResult: Set<Graph.Value>
  /// Values that change from row to row.
  private var places: [Graph.Value: Int] = [:]
  /// Values that are the same in all steps.
  private var constants: [Graph.Value: View] = [:]
  /// Where values are to be computed.
  private var homes: [Graph.Value: Int] = [:]
  /// Values that are columns of other values side by side.
  private var parts: [Graph.Value: [Part]] = [:]
  /// Products that are computed as part of the sum that reads them.
  private var absorbed: [Graph.Value: Graph.Node] = [:]

  private struct Part {
    var start: Int
    var value: Graph.Value
  }

  /// - Parameters:
  ///   - operands: Where the loop's operands lie.
  ///   - results: Row-major memory of its results.
  ///   - constant: Gives a number of the body memory.
  /// - Returns: nil if rows depend on one another, or if an operation has no kernel for rows.
  static func build(
    _ scan: Scan, operands: [View], results: [View], constant: @escaping (HostTensor) -> View
  ) -> RowLoop? {
    guard var builder = RowLoopBuilder(scan, constant),
      builder.declare(scan, operands, results)
    else { return nil }
    return builder.loop
  }

  private init?(_ scan: Scan, _ constant: @escaping (HostTensor) -> View) {
    let changing = scan.body.inputTypes.prefix(scan.carryCount + scan.sequenceCount)
    let types = changing + scan.body.resultTypes
    guard let rows = types.first?.shape.first, rows > 0, scan.length > 0,
      types.allSatisfy({ $0.shape.first == rows && $0.shape.elementCount > 0 })
    else { return nil }
    body = scan.body
    self.constant = constant
    let constants = scan.body.inputTypes.dropFirst(scan.carryCount + scan.sequenceCount)
    loop = RowLoop(
      rows: rows, length: scan.length, isReversed: scan.isReversed,
      weightElements: constants.reduce(0) { $0 + $1.shape.elementCount })
    isResult = Set(body.results)
    for node in body.nodes {
      for result in node.results { producers[result] = node }
      for operand in Set(node.operands) { readers[operand, default: []].append(node) }
    }
  }

  /// Gives everything its place and lowers the body; false if that cannot be done.
  private mutating func declare(_ scan: Scan, _ operands: [View], _ results: [View]) -> Bool {
    let given = scan.carryCount + scan.sequenceCount
    var carries: [(present: Int, next: Int)] = []
    for place in 0..<scan.carryCount {
      carries.append(alternating(body.inputs[place]))
      places[body.inputs[place]] = carries[place].present
    }
    for place in scan.carryCount..<given {
      guard let value = sequence(operands[place], of: body.inputs[place]) else { return false }
      places[body.inputs[place]] = value
    }
    for place in given..<operands.count { constants[body.inputs[place]] = operands[place] }

    findParts()
    findAbsorbedProducts()
    // A result is computed where it is to lie; further names of it are copies.
    var copies: [(value: Graph.Value, target: Int)] = []
    for (place, value) in body.results.enumerated() {
      let target =
        place < carries.count ? carries[place].next : stacked(results[place], of: value)
      if isMade(value), homes[value] == nil {
        homes[value] = target
      } else {
        copies.append((value, target))
      }
    }
    settleParts()
    for node in body.nodes {
      guard lower(node) else { return false }
    }
    for (value, target) in copies {
      guard let source = place(of: value) else { return false }
      loop.steps.append(move(source, to: target))
    }
    for (place, carry) in carries.enumerated() {
      guard let first = loading(operands[place], to: carry.present),
        let last = fixed(results[place])
      else { return false }
      loop.before.append(first)
      loop.after.append(move(carry.present, to: last))
    }
    return loop.values.count <= Int(CK_MAX_ROW_VALUES)
      && loop.weights.reduce(0) { $0 + $1.inner * $1.columns } <= Self.weightLimit
  }

  // MARK: - Places

  private func width(_ value: Graph.Value) -> Int {
    body.types[value].shape.elementCount / loop.rows
  }

  private mutating func add(_ value: RowLoop.Value) -> Int {
    loop.values.append(value)
    return loop.values.count - 1
  }

  /// Memory of each thread's own for a value.
  private mutating func local(_ value: Graph.Value) -> Int {
    let (width, dtype) = (width(value), body.types[value].dtype)
    let rowBytes = width * dtype.byteCount
    let offset = loop.localBytes
    // Vector kernels may read up to a cache line past the end.
    loop.localBytes += (loop.chunk * rowBytes + 127) / 64 * 64
    return add(
      RowLoop.Value(
        rowBytes: rowBytes, offset: offset, oddOffset: offset, width: width, dtype: dtype))
  }

  /// Memory for a carry and its successor, which change places after each step.
  private mutating func alternating(_ value: Graph.Value) -> (present: Int, next: Int) {
    let (present, next) = (local(value), local(value))
    loop.values[present].oddOffset = loop.values[next].offset
    loop.values[next].oddOffset = loop.values[present].offset
    return (present, next)
  }

  /// Values that are the same in all steps, row by row; nil if the elements of a row lie apart.
  private mutating func fixed(_ view: View) -> Int? {
    var row = view
    row.shape.removeFirst()
    let stride = row.strides.removeFirst()
    guard row.isContiguous else { return nil }
    return add(
      RowLoop.Value(
        view: view, rowBytes: (loop.rows == 1 ? row.count : stride) * view.dtype.byteCount,
        width: row.count, dtype: view.dtype))
  }

  /// A sequence, whose slices are read where they lie.
  private mutating func sequence(_ view: View, of value: Graph.Value) -> Int? {
    var slice = view
    slice.shape.removeFirst()
    let step = slice.strides.removeFirst()
    guard let place = fixed(slice) else { return nil }
    loop.values[place].stepBytes = step * view.dtype.byteCount
    return place
  }

  /// What is stacked, written where it is to lie.
  private mutating func stacked(_ view: View, of value: Graph.Value) -> Int {
    let rowBytes = width(value) * view.dtype.byteCount
    return add(
      RowLoop.Value(
        view: view, stepBytes: loop.rows * rowBytes, rowBytes: rowBytes, width: width(value),
        dtype: view.dtype))
  }

  /// Some columns of a value.
  private mutating func columns(_ start: Int, _ width: Int, of place: Int) -> Int {
    var part = loop.values[place]
    part.width = width
    part.view?.offset += start
    part.offset += start * part.dtype.byteCount
    part.oddOffset += start * part.dtype.byteCount
    return add(part)
  }

  /// Where an operand lies; constants are spread over the rows once, before the first step.
  private mutating func place(of value: Graph.Value) -> Int? {
    if let known = places[value] { return known }
    guard let view = constants[value], view.shape.first == loop.rows, view.count > 0 else {
      return nil
    }
    if view.strides[0] != 0, let rows = fixed(view) {
      places[value] = rows
    } else {
      let spread = local(value)
      guard let load = loading(view, to: spread) else { return nil }
      loop.before.append(load)
      places[value] = spread
    }
    return places[value]
  }

  /// Copies values, or spreads one number or one row, to a place; nil if the elements of a row lie
  /// apart.
  private mutating func loading(_ view: View, to target: Int) -> RowLoop.Instruction? {
    guard view.strides.allSatisfy({ $0 == 0 }) else {
      return fixed(view).map { move($0, to: target) }
    }
    return filling(target, with: view)
  }

  private mutating func filling(_ target: Int, with number: View) -> RowLoop.Instruction {
    let element = add(
      RowLoop.Value(view: number, rowBytes: 0, width: 1, dtype: number.dtype))
    return RowLoop.Instruction(
      kind: .fill, destination: target, operands: [element], name: "fill")
  }

  private func move(_ source: Int, to target: Int) -> RowLoop.Instruction {
    RowLoop.Instruction(
      kind: .function(.compute(CK_COPY, loop.values[target].dtype)), destination: target,
      operands: [source], name: "copy")
  }

  /// Where a value is to be computed.
  private mutating func home(of value: Graph.Value) -> Int {
    let place = homes[value] ?? local(value)
    places[value] = place
    return place
  }

  // MARK: - Columns side by side

  /// Finds values that consist of columns of other values: joined ones, and sums of values that are
  /// padded with zeros at different places, as gradients of slices are.
  private mutating func findParts() {
    for node in body.nodes {
      let result = node.results[0]
      guard body.types[result].rank == 2, body.types[result].shape[0] == loop.rows else { continue }
      switch node.primitive {
      case .concatenate(let rule) where rule.axis == 1:
        var start = 0
        parts[result] = node.operands.map { operand in
          defer { start += width(operand) }
          return Part(start: start, value: operand)
        }
      case .pad(let rule):
        guard rule.low[0] == 0, rule.high[0] == 0, rule.low[1] >= 0, rule.high[1] >= 0,
          rule.interior == [0, 0], isZero(node.operands[1])
        else { continue }
        parts[result] = [Part(start: rule.low[1], value: node.operands[0])]
      case .binary(.add):
        guard let joint = sum(of: node.operands[0], node.operands[1]) else { continue }
        parts[result] = joint
      default: continue
      }
    }
  }

  /// The parts of a sum of values that have none in common.
  private func sum(of a: Graph.Value, _ b: Graph.Value) -> [Part]? {
    guard let left = parts[a], let right = parts[b] else { return nil }
    let joint = (left + right).sorted { $0.start < $1.start }
    let isApart = zip(joint, joint.dropFirst()).allSatisfy {
      $0.start + width($0.value) <= $1.start
    }
    return isApart ? joint : nil
  }

  private func isReadOnce(_ value: Graph.Value) -> Bool {
    guard let nodes = readers[value], nodes.count == 1, !isResult.contains(value) else {
      return false
    }
    return nodes[0].operands.count { $0 == value } == 1
  }

  private func isZero(_ value: Graph.Value) -> Bool {
    guard case .constant(let tensor) = producers[value]?.primitive else { return false }
    return tensor == HostTensor.zeros([], dtype: tensor.dtype)
  }

  /// Whether a value is only a term of other values that consist of parts.
  private func isTerm(_ value: Graph.Value) -> Bool {
    guard let nodes = readers[value], !isResult.contains(value) else { return false }
    return nodes.allSatisfy { node in
      if case .binary(.add) = node.primitive { parts[node.results[0]] != nil } else { false }
    }
  }

  /// Whether an instruction of its own computes a value.
  private func isComputed(_ value: Graph.Value) -> Bool {
    guard parts[value] == nil else { return false }
    switch producers[value]?.primitive {
    case .unary, .binary, .compare, .select, .convert, .dot: return true
    default: return false
    }
  }

  /// Whether a value is written to memory that may be chosen.
  private func isMade(_ value: Graph.Value) -> Bool { isComputed(value) || parts[value] != nil }

  /// Lets parts be computed where they are to lie side by side.
  private mutating func settleParts() {
    for node in body.nodes {
      let whole = node.results[0]
      guard let pieces = parts[whole], !isTerm(whole) else { continue }
      let target = homes[whole] ?? local(whole)
      homes[whole] = target
      for piece in pieces where isComputed(piece.value) && homes[piece.value] == nil {
        homes[piece.value] = columns(piece.start, width(piece.value), of: target)
        inPlace[piece.value] = whole
      }
    }
  }

  /// For parts that are computed where they are to lie, the whole that they lie in.
  private var inPlace: [Graph.Value: Graph.Value] = [:]

  /// Puts the parts of a value together.
  private mutating func join(_ value: Graph.Value, _ pieces: [Part]) -> Bool {
    let target = home(of: value)
    if pieces.reduce(0, { $0 + width($1.value) }) < width(value) {
      let zero = constant(.zeros([], dtype: body.types[value].dtype))
      // Parts are computed after the first instruction of a step.
      loop.steps.insert(filling(target, with: zero), at: 0)
    }
    for piece in pieces where inPlace[piece.value] != value {
      guard let source = place(of: piece.value) else { return false }
      let part = columns(piece.start, width(piece.value), of: target)
      loop.steps.append(move(source, to: part))
    }
    return true
  }

  // MARK: - Nodes

  private mutating func lower(_ node: Graph.Node) -> Bool {
    let result = node.results[0]
    if let pieces = parts[result] { return isTerm(result) || join(result, pieces) }
    guard node.operands.contains(where: { constants[$0] == nil }) else {
      return lowerConstant(node)
    }
    switch node.primitive {
    case .dot:
      if absorbed[result] != nil { return true }
      return lowerProduct(node, addend: nil, into: result)
    case .binary(.add):
      if let product = node.operands.first(where: { absorbed[$0]?.results == node.results }),
        let dot = producers[product],
        let addend = node.operands.first(where: { $0 != product })
      {
        return lowerProduct(dot, addend: addend, into: result)
      }
      return lowerElementwise(node)
    case .unary, .binary, .compare, .select, .convert: return lowerElementwise(node)
    case .slice(let rule): return lowerSlice(rule, node)
    case .reshape(let shape):
      guard shape.first == loop.rows, let source = place(of: node.operands[0]) else { return false }
      places[result] = source
      return true
    default: return false
    }
  }

  /// A value that is the same in all steps: a number, or another look at a constant.
  private mutating func lowerConstant(_ node: Graph.Node) -> Bool {
    let result = node.results[0]
    let source = node.operands.first.flatMap { constants[$0] }
    let view: View?
    switch node.primitive {
    case .constant(let tensor): view = constant(tensor)
    case .reshape(let shape): view = source?.reshaped(to: shape.dimensions)
    case .broadcast(let rule):
      view = source?.broadcast(to: rule.shape.dimensions, axes: rule.axes)
    case .transpose(let rule): view = source?.transposed(rule.permutation)
    case .slice(let rule):
      view = source?.sliced(
        starts: rule.starts, steps: rule.strides, shape: body.types[result].shape.dimensions)
    default: return false
    }
    constants[result] = view
    return view != nil
  }

  private mutating func lowerElementwise(_ node: Graph.Node) -> Bool {
    let result = node.results[0]
    let operandType = body.types[node.operands.last ?? result].dtype
    guard let operation = node.primitive.elementwiseOperation(operandType),
      operation.function != nil
    else { return false }
    var operands: [Int] = []
    for operand in node.operands {
      guard let place = place(of: operand) else { return false }
      operands.append(place)
    }
    loop.steps.append(
      RowLoop.Instruction(
        kind: .function(operation), destination: home(of: result), operands: operands,
        name: node.primitive.rule.name))
    return true
  }

  private mutating func lowerSlice(_ rule: Slice, _ node: Graph.Node) -> Bool {
    guard rule.starts.count == 2, rule.starts[0] == 0, rule.limits[0] == loop.rows,
      rule.strides[1] == 1, let source = place(of: node.operands[0])
    else { return false }
    places[node.results[0]] = columns(rule.starts[1], width(node.results[0]), of: source)
    return true
  }

  // MARK: - Products

  /// Finds products that only a sum reads: they begin with the other term.
  private mutating func findAbsorbedProducts() {
    for node in body.nodes {
      guard case .binary(.add) = node.primitive, parts[node.results[0]] == nil,
        let product = node.operands.last(where: { isReadOnce($0) && isProduct($0) })
      else { continue }
      absorbed[product] = node
    }
  }

  private func isProduct(_ value: Graph.Value) -> Bool {
    if case .dot = producers[value]?.primitive { true } else { false }
  }

  private mutating func lowerProduct(
    _ node: Graph.Node, addend: Graph.Value?, into result: Graph.Value
  ) -> Bool {
    guard case .dot(let rule) = node.primitive, rule.leftBatch.isEmpty,
      rule.leftContracting == [1], rule.rightContracting.count == 1,
      let weights = constants[node.operands[1]], weights.shape.count == 2,
      weights.dtype == .float32, weights.count > 0,
      body.types[node.operands[0]].rank == 2, let left = place(of: node.operands[0])
    else { return false }
    let inner = rule.rightContracting[0]
    loop.weights.append(
      RowLoop.Weights(
        view: weights, inner: weights.shape[inner], columns: weights.shape[1 - inner],
        rowStride: weights.strides[inner], columnStride: weights.strides[1 - inner]))
    var operands = [left]
    if let addend {
      guard let place = place(of: addend) else { return false }
      operands.append(place)
    }
    let number = loop.weights.count - 1
    loop.steps.append(
      RowLoop.Instruction(
        kind: .product(number), destination: home(of: result), operands: operands, name: "dot"))
    return true
  }
}
