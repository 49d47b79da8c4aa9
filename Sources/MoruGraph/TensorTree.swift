import MoruTensors

/// A structure of tensors: parameters, optimizer state, batches, results.
public protocol TensorTree: Sendable {
  /// Visits every tensor once, always in the same order, and may replace it.
  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows
}

extension TensorTree {
  /// Every tensor, in the order of `visit`.
  public var leaves: [Tensor] {
    var copy = self
    var leaves: [Tensor] = []
    copy.visit { leaves.append($0) }
    return leaves
  }

  /// The same structure with every tensor replaced.
  public func map(_ transform: (Tensor) throws -> Tensor) rethrows -> Self {
    var copy = self
    try copy.visit { $0 = try transform($0) }
    return copy
  }

  /// The same structure with its tensors taken from `leaves`, in the order of `visit`; what is
  /// missing stays.
  public func replacingLeaves(_ leaves: [Tensor]) -> Self {
    var rest = leaves[...]
    return map { rest.popFirst() ?? $0 }
  }
}

extension Tensor: TensorTree {
  public mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows { try body(&self) }
}

extension Array: TensorTree where Element: TensorTree {
  public mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    for index in indices { try self[index].visit(body) }
  }
}

extension Optional: TensorTree where Wrapped: TensorTree {
  public mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    guard var wrapped = self else { return }
    try wrapped.visit(body)
    self = wrapped
  }
}

extension Dictionary: TensorTree where Key == String, Value: TensorTree {
  public mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    for key in keys.sorted() { try self[key]?.visit(body) }
  }
}
