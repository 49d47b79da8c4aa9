/// Puts the calls of a functional model into an order in which each comes after what it reads.
struct KerasGraph {
  private struct Call {
    let name: KerasCall.Tensor
    let layer: KerasValue
    let inputs: [KerasCall.Tensor]
  }

  private let file: String
  private let inputs: [KerasCall.Tensor]
  private var calls: [Call] = []
  /// Places of the calls among our nodes, and of the inputs.
  private var places: [KerasCall.Tensor: Int] = [:]

  init(file: String, inputs: [KerasCall.Tensor]) {
    self.file = file
    self.inputs = inputs
  }

  /// Adds the calls of a layer.
  mutating func add(_ layer: KerasValue, named name: String, calls: [KerasCall]) {
    for (place, call) in calls.enumerated() {
      self.calls.append(
        Call(
          name: KerasCall.Tensor(layer: name, call: place, output: 0), layer: layer,
          inputs: call.inputs))
    }
  }

  /// Our nodes, in order.
  mutating func nodes() throws -> [KerasValue] {
    var waiting: [KerasCall.Tensor: [Int]] = [:]
    var missing = [Int](repeating: 0, count: calls.count)
    var ready: [Int] = []
    let starts = Set(inputs.map(\.layer))
    for (place, call) in calls.enumerated() {
      let needed = Set(call.inputs.filter { !starts.contains($0.layer) }.map(Self.origin))
      missing[place] = needed.count
      for origin in needed { waiting[origin, default: []].append(place) }
      if needed.isEmpty { ready.append(place) }
    }
    var nodes: [KerasValue] = []
    var next = 0
    while next < ready.count {
      let call = calls[ready[next]]
      next += 1
      places[call.name] = nodes.count
      let ports = try call.inputs.map { try port($0) }
      nodes.append(.object(["layer": call.layer, "inputs": .list(ports)]))
      for place in waiting[call.name] ?? [] {
        missing[place] -= 1
        if missing[place] == 0 { ready.append(place) }
      }
    }
    guard nodes.count == calls.count else {
      let open = calls.first { places[$0.name] == nil }?.name.layer ?? ""
      throw InteropError.unreadable(
        file: file, reason: "the layer \"\(open)\" reads what no layer makes")
    }
    return nodes
  }

  /// Our place of an output of a call.
  func port(_ tensor: KerasCall.Tensor) throws -> KerasValue {
    if let place = inputs.firstIndex(where: { $0.layer == tensor.layer }) {
      return .object(["node": .integer(-1), "index": .integer(place)])
    }
    guard let place = places[Self.origin(tensor)] else {
      throw InteropError.unreadable(
        file: file, reason: "an output of \"\(tensor.layer)\" is read that it does not make")
    }
    return .object(["node": .integer(place), "index": .integer(tensor.output)])
  }

  /// The call that makes an output.
  private static func origin(_ tensor: KerasCall.Tensor) -> KerasCall.Tensor {
    KerasCall.Tensor(layer: tensor.layer, call: tensor.call, output: 0)
  }
}
