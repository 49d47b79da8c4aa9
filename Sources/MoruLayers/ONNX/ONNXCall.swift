import MoruGraph
import MoruTensors

/// How an operator is drawn.
///
/// - Throws: `Mismatch` or `GraphError` for what it is not defined for.
typealias ONNXRule = @Sendable (ONNXCall) throws -> [ONNXValue]

/// A node that is being drawn.
struct ONNXCall {
  let node: ONNXNode
  /// What it reads; nil where an input is left out.
  let inputs: [ONNXValue?]
  /// Everything that is known where the node stands, for bodies of loops.
  let known: [String: ONNXValue]
  let run: ONNXRun

  var operatorSet: Int { run.operatorSet }
  var scope: Scope { run.scope }

  /// An input that may be left out.
  func optional(_ place: Int) -> ONNXValue? { inputs.indices.contains(place) ? inputs[place] : nil }

  /// An input that must be there.
  func value(_ place: Int) throws -> ONNXValue {
    guard let value = optional(place) else {
      throw Mismatch("input \(place) is missing", "Check the file.")
    }
    return value
  }

  /// All inputs.
  func values() throws -> [ONNXValue] {
    guard !inputs.isEmpty else { throw Mismatch("it has no inputs", "Check the file.") }
    return try inputs.indices.map { try value($0) }
  }

  /// An input in ONNX's order of axes.
  func tensor(_ place: Int) throws -> Tensor { try value(place).plain }

  /// The numbers of an input that must be known before any data are.
  func host(_ place: Int) throws -> HostTensor {
    let tensor = try tensor(place)
    guard let value = try tensor.hostValue() else {
      throw Mismatch(
        "input \(place) depends on the data, or is too large to be a setting",
        "Export the model so that it is a constant or follows from shapes.")
    }
    return value
  }

  /// The whole numbers of an input that must be known before any data are.
  func ints(_ place: Int) throws -> [Int] {
    try host(place).converted(to: .int64).array(of: Int64.self).map(Int.init)
  }

  /// Whole numbers of an input, or of the attribute that said them in earlier operator sets; nil if
  /// there are neither.
  func ints(_ place: Int, or attribute: String) throws -> [Int]? {
    if optional(place) != nil { return try ints(place) }
    return try ints(attribute)
  }

  /// The numbers of an input that must be known before any data are.
  func doubles(_ place: Int) throws -> [Double] {
    try host(place).converted(to: .float64).array(of: Double.self)
  }

  func int(_ name: String) throws -> Int? {
    switch node.attributes[name] {
    case nil: return nil
    case .int(let value): return value
    default: throw wrong(name, "a whole number")
    }
  }

  func int(_ name: String, default standard: Int) throws -> Int { try int(name) ?? standard }

  func flag(_ name: String, default standard: Bool = false) throws -> Bool {
    try int(name, default: standard ? 1 : 0) != 0
  }

  func ints(_ name: String) throws -> [Int]? {
    switch node.attributes[name] {
    case nil: return nil
    case .ints(let values): return values
    default: throw wrong(name, "a list of whole numbers")
    }
  }

  func double(_ name: String) throws -> Double? {
    switch node.attributes[name] {
    case nil: return nil
    // As the number was written: 0.01 rather than the Float32 next to it.
    case .float(let value): return Double("\(value)") ?? Double(value)
    case .int(let value): return Double(value)
    default: throw wrong(name, "a number")
    }
  }

  func double(_ name: String, default standard: Double) throws -> Double {
    try double(name) ?? standard
  }

  func doubles(_ name: String) throws -> [Double]? {
    switch node.attributes[name] {
    case nil: return nil
    case .floats(let values): return values.map(Double.init)
    default: throw wrong(name, "a list of numbers")
    }
  }

  func text(_ name: String, default standard: String) throws -> String {
    switch node.attributes[name] {
    case nil: return standard
    case .string(let value): return value
    default: throw wrong(name, "a text")
    }
  }

  func texts(_ name: String) throws -> [String]? {
    switch node.attributes[name] {
    case nil: return nil
    case .strings(let values): return values
    default: throw wrong(name, "a list of texts")
    }
  }

  func graph(_ name: String) throws -> ONNXBody {
    guard case .graph(let body) = node.attributes[name] else { throw wrong(name, "a graph") }
    return body
  }

  private func wrong(_ name: String, _ wanted: String) -> Mismatch {
    Mismatch("its attribute \(name) is not \(wanted)", "Check the file.")
  }

  /// Refuses a setting.
  func refused(_ name: String, _ value: String, _ advice: String = "Export the model without it.")
    -> Mismatch
  {
    Mismatch("its attribute \(name) is \(value)", advice)
  }

  /// Refuses attributes that do not have their neutral value.
  func expect(_ name: String, in allowed: [String], default standard: String) throws -> String {
    let value = try text(name, default: standard)
    guard allowed.contains(value) else {
      throw refused(
        name, "\"\(value)\"", "Export the model with \(allowed.joined(separator: " or ")).")
    }
    return value
  }

  /// A body's outputs, which may read all that is known here.
  func outputs(of body: ONNXBody, _ inputs: [ONNXValue]) throws -> [ONNXValue] {
    guard run.depth < ONNXRun.deepest else {
      throw Mismatch("graphs lie in each other too deep", "Export the model with fewer loops.")
    }
    guard inputs.count == body.inputs.count else {
      throw Mismatch(
        "its body takes \(body.inputs.count) values and gets \(inputs.count)", "Check the file.")
    }
    var inner = run
    inner.depth += 1
    var values = known
    for (name, value) in zip(body.inputs, inputs) { values[name] = value }
    return try inner.outputs(of: body, values)
  }
}

extension ONNXValue {
  /// The place of a possibly negative axis.
  func axis(_ axis: Int) throws -> Int {
    guard let place = shape.axis(axis) else {
      throw Mismatch("there is no axis \(axis) in shape \(shape)", "Check the file.")
    }
    return place
  }

  /// The places of some axes, each once, ascending.
  func axes(_ axes: [Int]) throws -> [Int] {
    let places = try axes.map { try axis($0) }
    guard Set(places).count == places.count else {
      throw Mismatch("axes \(axes) repeat", "Check the file.")
    }
    return places.sorted()
  }
}

extension Tensor {
  /// The elements with others before and after them along one axis.
  func padded(axis: Int, low: Int, high: Int, value: Tensor) -> Tensor {
    func sizes(_ size: Int) -> [Int] { (0..<rank).map { $0 == axis ? size : 0 } }
    return padded(low: sizes(low), high: sizes(high), value: value)
  }

  /// The tensor, if nothing went wrong before.
  func checked() throws(GraphError) -> Tensor {
    if let error { throw error }
    return self
  }
}

extension Shape {
  /// A shape of computed sizes.
  init(computed sizes: [Int]) throws(Mismatch) {
    guard Shape.checkedElementCount(sizes + [8]) != nil else {
      throw Mismatch("the shape \(sizes) has no or too many elements", "Check the file.")
    }
    self.init(sizes)
  }
}
