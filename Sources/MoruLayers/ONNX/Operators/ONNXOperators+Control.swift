import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Loops and branches.
  static let control: [String: ONNXRule] = [
    "If": { call in
      let (yes, no) = (try call.graph("then_branch"), try call.graph("else_branch"))
      let condition = try call.tensor(0).reshaped(to: [])
      if let known = try condition.hostValue() {
        return try call.outputs(of: known.converted(to: .bool) == HostTensor(true) ? yes : no, [])
      }
      // Both are drawn, as nothing is known before the data are.
      let both = zip(try call.outputs(of: yes, []), try call.outputs(of: no, []))
      return try both.map { yes, no in
        guard yes.shape == no.shape, yes.dtype == no.dtype else {
          throw Mismatch("its branches make \(yes.shape) and \(no.shape)", "Make the shapes equal.")
        }
        return ONNXValue(select(condition, yes.plain, no.plain))
      }
    },
    "Scan": scanned,
    "Loop": unrolled,
  ]

  private static func scanned(_ call: ONNXCall) throws -> [ONNXValue] {
    let body = try call.graph("body")
    let values = try call.values()
    let count = try call.int("num_scan_inputs", default: 0)
    guard (0...values.count).contains(count) else {
      throw call.refused("num_scan_inputs", "\(count)", "Check the file.")
    }
    let carried = values.count - count
    let made = body.outputs.count - carried
    guard made >= 0, body.inputs.count == values.count else {
      throw Mismatch("its body takes \(body.inputs.count) values", "Check the file.")
    }
    func list(_ name: String, _ count: Int) throws -> [Int] {
      let list = try call.ints(name) ?? [Int](repeating: 0, count: count)
      guard list.count == count else { throw call.refused(name, "\(list)", "Check the file.") }
      return list
    }
    let (axes, backwards) = (
      try list("scan_input_axes", count), try list("scan_input_directions", count)
    )
    let (places, mirrored) = (
      try list("scan_output_axes", made), try list("scan_output_directions", made)
    )
    // A loop that goes backwards in all is drawn so; single directions are turned round.
    let isReversed =
      !(backwards + mirrored).isEmpty && (backwards + mirrored).allSatisfy { $0 == 1 }
    let sequences = try (0..<count).map { number -> Tensor in
      let value = values[carried + number]
      let axis = try value.axis(axes[number])
      let first = value.transposed([axis] + (0..<value.rank).filter { $0 != axis }).plain
      return backwards[number] == 1 && !isReversed ? first.reversed(axes: [0]) : first
    }
    let loop = try scan(values[..<carried].map(\.plain), over: sequences, reversed: isReversed) {
      states, slices in
      let outputs = try call.outputs(of: body, (states + slices).map { ONNXValue($0) }).map(\.plain)
      return (Array(outputs[..<carried]), Array(outputs[carried...]))
    }
    let stacked = try loop.outputs.enumerated().map { number, output -> ONNXValue in
      let output = try output.checked()
      let turned = mirrored[number] == 1 && !isReversed ? output.reversed(axes: [0]) : output
      let value = ONNXValue(turned)
      let axis = try value.axis(places[number])
      var order = Array(1..<value.rank)
      order.insert(0, at: axis)
      return value.transposed(order)
    }
    return loop.carry.map { ONNXValue($0) } + stacked
  }

  /// Most steps of a loop that is drawn step by step.
  private static let mostSteps = 256

  /// A loop whose number of steps is known, drawn step by step: values may change their shape.
  private static func unrolled(_ call: ONNXCall) throws -> [ONNXValue] {
    let body = try call.graph("body")
    let limit = call.optional(0) == nil ? Int.max : try call.ints(0).first ?? Int.max
    var goesOn = call.optional(1) == nil ? true : try call.host(1).converted(to: .bool).isTrue
    var states = try call.inputs.indices.dropFirst(2).map { try call.value($0) }
    let made = body.outputs.count - 1 - states.count
    guard made >= 0 else { throw Mismatch("its body makes too little", "Check the file.") }
    var rows: [[Tensor]] = (0..<made).map { _ in [] }
    var step = 0
    while step < limit, goesOn {
      guard step < mostSteps else {
        throw Mismatch("it takes more than \(mostSteps) steps", "Export the model with Scan.")
      }
      let given = [ONNXValue(HostTensor(Int64(step))), ONNXValue(HostTensor(true))] + states
      let outputs = try call.outputs(of: body, given)
      guard let known = try outputs[0].plain.hostValue() else {
        throw Mismatch(
          "how often it goes round depends on the data",
          "Export the model with a loop of a fixed number of steps.")
      }
      goesOn = known.converted(to: .bool).isTrue
      states = Array(outputs[1..<1 + states.count])
      for (number, output) in outputs.dropFirst(1 + states.count).enumerated() {
        rows[number].append(output.plain.expanded(at: 0))
      }
      step += 1
    }
    guard step > 0 || made == 0 else { throw Mismatch("it takes no step", "Check the file.") }
    return states + rows.map { ONNXValue(concatenate($0)) }
  }
}

extension HostTensor {
  fileprivate var isTrue: Bool { (try? array(of: Bool.self))?.first ?? false }
}
