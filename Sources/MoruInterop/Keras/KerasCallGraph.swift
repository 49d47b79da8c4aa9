/// The order in which Keras has the layers of a functional model, which decides where their weights
/// are.
///
/// Layers come by their greatest distance from the outputs, those of equal distance as a walk back from
/// the outputs meets them.
///
/// - Source: `map_graph` of Keras 3.15, keras/src/ops/function.py.
struct KerasCallGraph {
  /// A call of a layer.
  struct Node {
    /// The place of the layer.
    let layer: Int
    /// What it is called on: places of calls, −1 for the model's inputs, and of their outputs.
    let inputs: [(node: Int, index: Int)]
  }

  /// The inputs, then the layers, by place, in Keras's order; those that no output needs are left out.
  let order: [Int]
  /// The calls of each layer that some output needs, in order.
  private let calls: [Int: [Int]]
  /// Which call of its layer each call is.
  private let numbers: [Int: Int]

  init(inputCount: Int, nodes: [Node], outputs: [(Int, Int)]) {
    // Inputs are calls too, before the others.
    func call(_ port: (Int, Int)) -> Int { port.0 < 0 ? port.1 : inputCount + port.0 }
    func layer(_ call: Int) -> Int {
      call < inputCount ? call : inputCount + nodes[call - inputCount].layer
    }
    func parents(_ node: Int) -> [Int] {
      node < inputCount ? [] : nodes[node - inputCount].inputs.map { call(($0.node, $0.index)) }
    }
    var met: [Int: Int] = [:]
    var done: Set<Int> = []
    var walked: [Int] = []
    for output in outputs {
      // A loop rather than recursion: networks may be thousands of layers deep.
      var stack = [(node: call(output), next: 0)]
      while let (node, next) = stack.last {
        if next == 0 {
          guard !done.contains(node) else {
            stack.removeLast()
            continue
          }
          if met[layer(node)] == nil { met[layer(node)] = met.count }
        }
        let above = parents(node)
        if next < above.count {
          stack[stack.count - 1].next += 1
          if !done.contains(above[next]) { stack.append((above[next], 0)) }
        } else {
          stack.removeLast()
          if done.insert(node).inserted { walked.append(node) }
        }
      }
    }
    var depths: [Int: Int] = [:]
    var layerDepths: [Int: Int] = [:]
    for node in walked.reversed() {
      let depth = max(depths[node] ?? 0, layerDepths[layer(node)] ?? 0)
      depths[node] = depth
      layerDepths[layer(node)] = depth
      for parent in parents(node) { depths[parent] = max(depth + 1, depths[parent] ?? 0) }
    }
    // Inputs that nothing needs stay.
    for input in 0..<inputCount where layerDepths[input] == nil {
      layerDepths[input] = 0
      met[input] = -1
    }
    order = layerDepths.keys.sorted { one, other in
      let (first, second) = (layerDepths[one] ?? 0, layerDepths[other] ?? 0)
      return first == second ? (met[one] ?? 0, one) < (met[other] ?? 0, other) : first > second
    }
    var calls: [Int: [Int]] = [:]
    var numbers: [Int: Int] = [:]
    for node in nodes.indices where done.contains(inputCount + node) {
      numbers[node] = calls[nodes[node].layer, default: []].count
      calls[nodes[node].layer, default: []].append(node)
    }
    self.calls = calls
    self.numbers = numbers
  }

  /// The calls of a layer, in order.
  func calls(of layer: Int) -> [Int] { calls[layer] ?? [] }

  /// Which call of its layer a call is.
  func callNumber(of node: Int) -> Int { numbers[node] ?? 0 }
}
