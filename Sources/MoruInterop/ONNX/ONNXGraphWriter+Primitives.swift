import MoruGraph
import MoruONNXFormat
import MoruTensors

extension ONNXGraphWriter {
  private typealias Attribute = Onnx_AttributeProto

  /// Writes one primitive.
  ///
  /// - Parameter twin: The same for the other batch size.
  mutating func write(_ node: Graph.Node, twin: Primitive) throws(InteropError) {
    let result = node.results[0]
    switch node.primitive {
    case .constant(let host): state(result, host, nil)
    case .iota(let rule): try write(rule, result)
    case .unary(let function): write(function, node)
    case .binary(let function): write(function, node)
    case .compare(let comparison): write(comparison, node)
    case .select: elementwise("Where", node)
    case .convert(let dtype):
      elementwise("Cast", node, [Attribute("to", ONNXTensors.number(of: dtype))])
    case .reshape: reshape(node)
    case .transpose(let rule): transpose(rule, node)
    case .broadcast(let rule): broadcast(rule, node)
    case .concatenate(let rule): concatenate(rule, node)
    case .slice(let rule): try slice(rule, twin, node)
    case .pad(let rule): try pad(rule, node)
    case .reverse(let rule):
      let axes = rule.axes.map { order(node.operands[0]).place($0) }
      moved(
        "Slice", node,
        [
          draft.ints(axes.map { _ in -1 }), draft.ints(axes.map { _ in Int.min }), draft.ints(axes),
          draft.ints(axes.map { _ in -1 }),
        ])
    case .reduce(let rule): reduce(rule, node)
    case .argMax(let rule):
      let axis = order(node.operands[0]).place(rule.axis)
      let name = add(
        "ArgMax", [whole(node.operands[0])], [Attribute("axis", axis), Attribute("keepdims", 0)])
      let cast = add("Cast", [name], [Attribute("to", ONNXTensors.number(of: .int32))])
      setReduced(result, cast, from: node.operands[0], axes: [rule.axis])
    case .cumulativeSum(let rule):
      let axis = draft.initializer(
        HostTensor(Int64(order(node.operands[0]).place(rule.axis))), "axis")
      moved(
        "CumSum", node, [axis],
        [
          Attribute("exclusive", rule.isExclusive ? 1 : 0),
          Attribute("reverse", rule.isReversed ? 1 : 0),
        ])
    case .dot(let rule): dot(rule, node)
    case .convolution(let rule): convolution(rule, node)
    case .convolutionInputGradient(let rule): transposedConvolution(rule, node)
    case .maxPool(let rule): pool("MaxPool", rule.window, node, [])
    case .averagePool(let rule):
      pool("AveragePool", rule.window, node, [Attribute("count_include_pad", 0)])
    case .gather(let rule):
      let name = add(
        "Gather", [plain(node.operands[0]), plain(node.operands[1])], [Attribute("axis", rule.axis)]
      )
      set(result, named: name)
    case .barrier: set(result, value(node.operands[0]))
    case .scan(let loop): try scan(loop, twin, node)
    case .randomUniform, .convolutionKernelGradient, .maxPoolGradient, .maxPoolGather,
      .averagePoolGradient, .scatterAdd:
      throw .notExportable(
        kind: node.primitive.rule.name, place: "One step of the network",
        advice: "Export the part of the model before it.")
    }
  }

  // MARK: Elementwise

  /// Writes an operator that broadcasts.
  private mutating func elementwise(
    _ op: String, _ node: Graph.Node, _ attributes: [Onnx_AttributeProto] = []
  ) {
    let result = node.results[0]
    let (names, order) = aligned(node)
    let name = add(op, names, attributes)
    set(result, Value(name: name, order: order, sizes: shape(result).dimensions))
  }

  /// The operands in one order of axes, such that together they have all elements.
  private mutating func aligned(_ node: Graph.Node) -> (names: [String], order: [Int]) {
    let full = shape(node.results[0])
    let made = node.operands.map(value)
    let largest = made.filter { $0.order.count == full.rank && $0.stated == nil }.max {
      $0.sizes.reduce(1, *) < $1.sizes.reduce(1, *)
    }
    let order = largest?.order ?? Array(full.indices)
    let isCovered = full.indices.allSatisfy { axis in
      full[axis] == 1
        || made.contains { $0.sizes.count == full.rank && $0.sizes[axis] == full[axis] }
    }
    guard isCovered else {
      let plainOrder = Array(full.indices)
      let names = node.operands.enumerated().map { place, operand in
        place == 0 ? plain(operand) : arranged(operand, plainOrder)
      }
      return (names, plainOrder)
    }
    return (node.operands.map { arranged($0, order) }, order)
  }

  private mutating func write(_ function: Unary, _ node: Graph.Node) {
    let operand = node.operands[0]
    let order = order(operand)
    let source = whole(operand)
    let one = dtype(operand) == .float64 ? HostTensor(1.0) : HostTensor(Float(1))
    let name: String
    switch function {
    case .exponentialMinusOne:
      let power = add("Exp", [source])
      name = add("Sub", [power, draft.initializer(one, "one")])
    case .logarithmPlusOne:
      let sum = add("Add", [source, draft.initializer(one, "one")])
      name = add("Log", [sum])
    case .reciprocalSquareRoot:
      let root = add("Sqrt", [source])
      name = add("Reciprocal", [root])
    case .isFinite:
      let isInfinite = add("IsInf", [source])
      let isMissing = add("IsNaN", [source])
      let either = add("Or", [isInfinite, isMissing])
      name = add("Not", [either])
    case .negate: name = add("Neg", [source])
    case .absolute: name = add("Abs", [source])
    case .sign: name = add("Sign", [source])
    case .exponential: name = add("Exp", [source])
    case .logarithm: name = add("Log", [source])
    case .squareRoot: name = add("Sqrt", [source])
    case .sine: name = add("Sin", [source])
    case .cosine: name = add("Cos", [source])
    case .tanh: name = add("Tanh", [source])
    case .logistic: name = add("Sigmoid", [source])
    case .erf: name = add("Erf", [source])
    case .floor: name = add("Floor", [source])
    case .ceiling: name = add("Ceil", [source])
    case .roundNearestEven: name = add("Round", [source])
    case .not: name = add("Not", [source])
    }
    set(node.results[0], Value(name: name, order: order, sizes: shape(operand).dimensions))
  }

  private mutating func write(_ function: Binary, _ node: Graph.Node) {
    switch function {
    case .add:
      if !addBias(node) { elementwise("Add", node) }
    case .subtract: elementwise("Sub", node)
    case .multiply:
      if !normalization(node) { elementwise("Mul", node) }
    case .divide:
      if !softmax(node) { elementwise("Div", node) }
    case .remainder: elementwise("Mod", node, [Attribute("fmod", 1)])
    case .power: elementwise("Pow", node)
    case .maximum:
      if !rectify(node) { elementwise("Max", node) }
    case .minimum: elementwise("Min", node)
    case .and: elementwise("And", node)
    case .or: elementwise("Or", node)
    }
  }

  private mutating func write(_ comparison: Comparison, _ node: Graph.Node) {
    switch comparison {
    case .equal: elementwise("Equal", node)
    case .less: elementwise("Less", node)
    case .lessOrEqual: elementwise("LessOrEqual", node)
    case .greater: elementwise("Greater", node)
    case .greaterOrEqual: elementwise("GreaterOrEqual", node)
    case .notEqual:
      let (names, order) = aligned(node)
      let same = add("Equal", names)
      set(
        node.results[0],
        Value(
          name: add("Not", [same]), order: order, sizes: shape(node.results[0]).dimensions))
    }
  }

  // MARK: Shapes

  private mutating func write(_ rule: Iota, _ result: Graph.Value) throws(InteropError) {
    let size = shape(result)[rule.axis]
    var vector: String
    if sizes(result)[rule.axis] == nil {
      let all = sizesTensor(of: result)
      let count = add("Gather", [all, draft.initializer(HostTensor(Int64(rule.axis)), "axis")])
      let ends = [0, 1].map { draft.initializer(HostTensor(Int64($0)), "end") }
      let places = add("Range", [ends[0], count, ends[1]])
      vector = add("Cast", [places], [Attribute("to", ONNXTensors.number(of: rule.type.dtype))])
    } else {
      vector = draft.initializer(
        HostTensor((0..<size).map(Int64.init)).converted(to: rule.type.dtype), "places")
    }
    let others = shape(result).indices.filter { $0 != rule.axis }
    if !others.isEmpty { vector = add("Unsqueeze", [vector, draft.ints(others)]) }
    var spread = [Int](repeating: 1, count: shape(result).rank)
    spread[rule.axis] = size
    set(result, Value(name: vector, order: Array(shape(result).indices), sizes: spread))
  }

  private mutating func reshape(_ node: Graph.Node) {
    let result = node.results[0]
    let source = value(node.operands[0])
    if let (host, base) = source.stated, source.sizes == shape(node.operands[0]).dimensions,
      let shaped = try? host.reshaped(to: shape(result))
    {
      state(result, shaped, base)
      return
    }
    let sizes = sizes(result)
    let target =
      sizes.count(where: { $0 == nil }) <= 1
      ? draft.ints(sizes.map { $0 ?? -1 }, "shape") : sizesTensor(of: result)
    set(result, named: add("Reshape", [plain(node.operands[0]), target]))
  }

  private mutating func transpose(_ rule: Transpose, _ node: Graph.Node) {
    let (operand, result) = (node.operands[0], node.results[0])
    let name = whole(operand)
    // The elements stay; only what we call their axes changes.
    let order = order(operand).map { axis in rule.permutation.firstIndex(of: axis) ?? 0 }
    set(result, Value(name: name, order: order, sizes: shape(result).dimensions))
  }

  private mutating func broadcast(_ rule: Broadcast, _ node: Graph.Node) {
    let (operand, result) = (node.operands[0], node.results[0])
    let source = value(operand)
    guard !source.sizes.isEmpty else {
      set(result, source)
      return
    }
    var sizes = [Int](repeating: 1, count: rule.shape.rank)
    for (place, axis) in rule.axes.enumerated() { sizes[axis] = source.sizes[place] }
    if let (host, base) = source.stated {
      let spread = (try? host.reshaped(to: Shape(sizes))) ?? host
      set(
        result,
        Value(name: "", order: Array(rule.shape.indices), sizes: sizes, stated: (spread, base)))
      return
    }
    let added = rule.shape.indices.filter { !rule.axes.contains($0) }
    var name = source.name
    var order = source.order.map { rule.axes[$0] }
    if !added.isEmpty {
      name = add("Unsqueeze", [name, draft.ints(Array(added.indices))])
      order = added + order
    }
    set(result, Value(name: name, order: order, sizes: sizes))
  }

  private mutating func concatenate(_ rule: Concatenation, _ node: Graph.Node) {
    let order = order(node.operands[0])
    let names = node.operands.map { operand in
      value(operand).sizes == shape(operand).dimensions
        ? arranged(operand, order) : inOrder(operand, order)
    }
    let name = add("Concat", names, [Attribute("axis", order.place(rule.axis))])
    set(
      node.results[0], Value(name: name, order: order, sizes: shape(node.results[0]).dimensions))
  }

  /// A value that is yet to be repeated, whole and in some order.
  private mutating func inOrder(_ operand: Graph.Value, _ order: [Int]) -> String {
    let name = plain(operand)
    return order == Array(order.indices)
      ? name : add("Transpose", [name], [Attribute("perm", order)])
  }

  /// Writes an operator whose result has the axes of its first operand.
  private mutating func moved(
    _ op: String, _ node: Graph.Node, _ others: [String], _ attributes: [Onnx_AttributeProto] = []
  ) {
    let (operand, result) = (node.operands[0], node.results[0])
    let order = order(operand)
    let name = add(op, [whole(operand)] + others, attributes)
    set(result, Value(name: name, order: order, sizes: shape(result).dimensions))
  }

  private mutating func slice(
    _ rule: Slice, _ twin: Primitive, _ node: Graph.Node
  ) throws(InteropError) {
    let full = shape(node.operands[0])
    guard case .slice(let other) = twin else { return }
    var (starts, ends, axes, steps): ([Int], [Int], [Int], [Int]) = ([], [], [], [])
    for axis in full.indices {
      let isWhole =
        rule.starts[axis] == 0 && rule.limits[axis] == full[axis] && rule.strides[axis] == 1
      guard !isWhole else { continue }
      guard rule.starts[axis] == other.starts[axis],
        rule.limits[axis] == other.limits[axis] || rule.limits[axis] == full[axis]
      else {
        throw .notExportable(
          kind: "slice", place: "One step of the network",
          advice: "What it takes depends on the batch.")
      }
      starts.append(rule.starts[axis])
      ends.append(rule.limits[axis] == full[axis] ? Int.max : rule.limits[axis])
      axes.append(order(node.operands[0]).place(axis))
      steps.append(rule.strides[axis])
    }
    guard !starts.isEmpty else {
      set(node.results[0], value(node.operands[0]))
      return
    }
    moved(
      "Slice", node, [draft.ints(starts), draft.ints(ends), draft.ints(axes), draft.ints(steps)])
  }

  private mutating func pad(_ rule: Pad, _ node: Graph.Node) throws(InteropError) {
    guard rule.interior.allSatisfy({ $0 == 0 }) else {
      throw .notExportable(
        kind: "pad", place: "One step of the network", advice: "ONNX puts nothing between elements."
      )
    }
    let order = order(node.operands[0])
    let pads = order.map { rule.low[$0] } + order.map { rule.high[$0] }
    moved("Pad", node, [draft.ints(pads, "pads"), plain(node.operands[1])])
  }

  private mutating func reduce(_ rule: Reduce, _ node: Graph.Node) {
    let operand = node.operands[0]
    let axes = rule.axes.map { order(operand).place($0) }
    let op =
      switch rule.kind {
      case .sum: "ReduceSum"
      case .product: "ReduceProd"
      case .maximum: "ReduceMax"
      case .minimum: "ReduceMin"
      }
    let name: String
    // Axes are an input of sums since set 13, of the others since 18.
    if rule.kind == .sum || draft.operatorSet >= 18 {
      name = add(op, [whole(operand), draft.ints(axes, "axes")], [Attribute("keepdims", 0)])
    } else {
      name = add(op, [whole(operand)], [Attribute("axes", axes), Attribute("keepdims", 0)])
    }
    setReduced(node.results[0], name, from: operand, axes: rule.axes)
  }

  private mutating func setReduced(
    _ result: Graph.Value, _ name: String, from operand: Graph.Value, axes: [Int]
  ) {
    let kept = order(operand).filter { !axes.contains($0) }
    let order = kept.map { axis in axis - axes.count { $0 < axis } }
    set(result, Value(name: name, order: order, sizes: shape(result).dimensions))
  }

  // MARK: Products

  private mutating func dot(_ rule: DotGeneral, _ node: Graph.Node) {
    let (left, right, result) = (node.operands[0], node.operands[1], node.results[0])
    let (leftRank, rightRank) = (shape(left).rank, shape(right).rank)
    let batch = Array(rule.leftBatch.indices)
    let isMatrix =
      rule.leftBatch == batch && rule.rightBatch == batch && rightRank == batch.count + 2
      && rule.leftContracting == [leftRank - 1] && rule.rightContracting.count == 1
      && (batch.isEmpty ? leftRank >= 2 : leftRank == rightRank)
    if isMatrix, let contracted = rule.rightContracting.first {
      let free = rightRank - 1 == contracted ? rightRank - 2 : rightRank - 1
      let isSpread = value(right).sizes != shape(right).dimensions
      let order = batch + [contracted, free]
      let second = isSpread ? inOrder(right, order) : arranged(right, order)
      let name = add("MatMul", [plain(left), second])
      if leftRank == 2 { noteProducer(of: result) }
      set(result, named: name)
      return
    }
    let letters = Array("abcdefghijklmnopqrstuvwxyz").map(String.init)
    var next = batch.count + rule.leftContracting.count
    func axes(_ rank: Int, _ batch: [Int], _ contracting: [Int]) -> [String] {
      (0..<rank).map { axis in
        if let place = batch.firstIndex(of: axis) { return letters[place] }
        if let place = contracting.firstIndex(of: axis) { return letters[batch.count + place] }
        next += 1
        return letters[(next - 1) % letters.count]
      }
    }
    let first = axes(leftRank, rule.leftBatch, rule.leftContracting)
    let second = axes(rightRank, rule.rightBatch, rule.rightContracting)
    let made =
      batch.map { letters[$0] } + rule.leftFree(rank: leftRank).map { first[$0] }
      + rule.rightFree(rank: rightRank).map { second[$0] }
    let equation = "\(first.joined()),\(second.joined())->\(made.joined())"
    set(
      result,
      named: add("Einsum", [plain(left), plain(right)], [Attribute("equation", equation)]))
  }

  /// ONNX's order of the axes of pictures.
  func channelsFirst(_ rank: Int) -> [Int] { [0, rank - 1] + Array(1..<rank - 1) }

  /// ONNX's order of the axes of a kernel.
  private func kernelOrder(_ rank: Int) -> [Int] { [rank - 1, rank - 2] + Array(0..<rank - 2) }

  mutating func pictures(_ key: Graph.Value) -> String {
    let order = channelsFirst(shape(key).rank)
    return value(key).sizes == shape(key).dimensions ? arranged(key, order) : inOrder(key, order)
  }

  mutating func setPictures(_ result: Graph.Value, _ name: String) {
    set(
      result,
      Value(
        name: name, order: channelsFirst(shape(result).rank), sizes: shape(result).dimensions))
  }

  private func window(_ rule: Convolution, _ kernel: Graph.Value) -> [Onnx_AttributeProto] {
    [
      Attribute("kernel_shape", Array(shape(kernel).dimensions.dropLast(2))),
      Attribute("strides", rule.strides), Attribute("dilations", rule.dilation),
      Attribute("pads", rule.padding.map(\.low) + rule.padding.map(\.high)),
      Attribute("group", rule.groups),
    ]
  }

  private mutating func convolution(_ rule: Convolution, _ node: Graph.Node) {
    let (x, kernel) = (node.operands[0], node.operands[1])
    let name = add(
      "Conv", [pictures(x), arranged(kernel, kernelOrder(shape(kernel).rank))], window(rule, kernel)
    )
    noteProducer(of: node.results[0])
    setPictures(node.results[0], name)
  }

  private mutating func transposedConvolution(_ rule: ConvolutionInputGradient, _ node: Graph.Node)
  {
    let (x, kernel) = (node.operands[0], node.operands[1])
    let inner = rule.convolution
    let added = inner.strides.indices.map { axis in
      let covered = inner.dilation[axis] * (shape(kernel)[axis] - 1) + 1
      let whole = inner.strides[axis] * (shape(x)[axis + 1] - 1) + covered
      return rule.inputSizes[axis] + inner.padding[axis].low + inner.padding[axis].high - whole
    }
    let name = add(
      "ConvTranspose", [pictures(x), arranged(kernel, kernelOrder(shape(kernel).rank))],
      window(inner, kernel) + [Attribute("output_padding", added)])
    noteProducer(of: node.results[0])
    setPictures(node.results[0], name)
  }

  private mutating func pool(
    _ op: String, _ window: PoolingWindow, _ node: Graph.Node, _ others: [Onnx_AttributeProto]
  ) {
    var source = pictures(node.operands[0])
    // ONNX Runtime makes zeros around pictures the pooling's own, which are never the greatest, not even
    // among negative numbers. It does not look behind a maximum of one.
    if op == "MaxPool", case .pad? = makers[node.operands[0]]?.primitive {
      source = add("Max", [source])
    }
    let name = add(
      op, [source],
      [
        Attribute("kernel_shape", window.sizes), Attribute("strides", window.strides),
        Attribute("pads", window.padding.map(\.low) + window.padding.map(\.high)),
      ] + others)
    setPictures(node.results[0], name)
  }

  // MARK: Loops

  /// A loop becomes a `Scan`, whose body reads what is the same in every step from around it: one body
  /// however many steps there are.
  private mutating func scan(
    _ loop: Scan, _ twin: Primitive, _ node: Graph.Node
  ) throws(InteropError) {
    guard case .scan(let other) = twin, loop.length == other.length, loop.sequenceCount > 0 else {
      throw .notExportable(
        kind: "scan", place: "One step of the network", advice: "Loops need a sequence to go over.")
    }
    let given = loop.carryCount + loop.sequenceCount
    let outside = node.operands.map { plain($0) }
    var inner = try body(loop, other)
    var inputs: [Onnx_ValueInfoProto] = []
    for (place, value) in loop.body.inputs.enumerated() {
      guard place < given else {
        inner.set(value, named: outside[place])
        continue
      }
      let name = draft.freeName(place < loop.carryCount ? "state" : "step")
      inputs.append(Onnx_ValueInfoProto(name, inner.dtype(value), inner.sizes(value)))
      inner.set(value, named: name)
    }
    try inner.write()
    let outputs = loop.body.results.indices.map {
      draft.freeName($0 < loop.carryCount ? "next" : "made")
    }
    let graph = inner.finish(inputs: inputs, outputs: outputs, name: "step")
    let names = node.results.map { _ in draft.freeName("scan") }
    let direction = loop.isReversed ? 1 : 0
    let made = node.results.count - loop.carryCount
    var attributes = [
      Attribute("body", graph), Attribute("num_scan_inputs", loop.sequenceCount),
      Attribute("scan_input_directions", [Int](repeating: direction, count: loop.sequenceCount)),
    ]
    if made > 0 {
      attributes.append(
        Attribute("scan_output_directions", [Int](repeating: direction, count: made)))
    }
    add(node: Onnx_NodeProto("Scan", Array(outside[..<given]), names, attributes))
    for (result, name) in zip(node.results, names) { set(result, named: name) }
  }
}

extension [Int] {
  /// Where an axis lies.
  func place(_ axis: Int) -> Int { firstIndex(of: axis) ?? 0 }
}
