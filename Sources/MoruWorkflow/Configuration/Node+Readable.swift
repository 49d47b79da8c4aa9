internal import Yams

extension Node {
  /// The node as a person would write it: identities only of layers that share weights, short lists
  /// on one line, and numbers in their shortest form.
  func readable(shared: [String: Int] = [:]) -> Node {
    switch self {
    case .mapping(let mapping):
      let pairs = mapping.filter { key, value in
        key.string != "id" || shared[value.string ?? ""] != nil
      }
      return .mapping(
        Node.Mapping(pairs.map { ($0.key, $0.value.readable(shared: shared)) }))
    case .sequence(let sequence):
      let isPlain = sequence.allSatisfy { $0.scalar != nil }
      return .sequence(
        Node.Sequence(
          sequence.map { $0.readable(shared: shared) }, .implicit, isPlain ? .flow : .any))
    case .scalar(var scalar):
      if scalar.style == .plain, scalar.string.contains("e"), let number = Double(scalar.string) {
        scalar.string =
          number.rounded() == number && abs(number) < 1e9
          ? "\(Int(number))" : "\(number)"
      }
      return .scalar(scalar)
    case .alias: return self
    }
  }
}
