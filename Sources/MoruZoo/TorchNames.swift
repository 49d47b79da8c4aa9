import MoruTensors

/// Where torchvision keeps the weights of a network's layers.
struct TorchNames: Sendable {
  /// The name of torchvision's module for a layer of ours; nil if it has none.
  let module: @Sendable (_ layer: String) -> String?
  /// What dense layers after a flattened picture see: height, width and channels. torchvision
  /// flattens channels first.
  let flattened: [String: Shape]
  /// What names of tensors begin with that our network has no layers for: heads that only training
  /// uses.
  let ignored: [String]

  init(
    flattened: [String: Shape] = [:], ignored: [String] = [],
    module: @escaping @Sendable (_ layer: String) -> String?
  ) {
    self.flattened = flattened
    self.ignored = ignored
    self.module = module
  }
}

extension String {
  /// The numbers where `pattern` has `#`, if the rest is the same.
  func numbers(in pattern: String) -> [Int]? {
    var rest = Substring(self)
    var numbers: [Int] = []
    for letter in pattern {
      if letter == "#" {
        let digits = rest.prefix(while: \.isNumber)
        guard let number = Int(digits), number < 1 << 24 else { return nil }
        numbers.append(number)
        rest = rest.dropFirst(digits.count)
      } else {
        guard rest.popFirst() == letter else { return nil }
      }
    }
    return rest.isEmpty ? numbers : nil
  }
}
