import MoruGraph
import MoruTensors

/// The gradients of the batches since the last update of the weights, where an update follows
/// several batches.
struct Accumulation: TensorTree {
  /// Number of batches seen since training began, i64: random numbers differ between them.
  var batches: Tensor
  /// Number of samples since the last update, f64.
  var samples: Tensor
  /// For each parameter the sum of its samples' gradients since the last update.
  var sums: [String: Tensor]

  /// Nothing seen yet.
  init(zerosFor parameters: [String: Tensor]) {
    batches = Tensor(HostTensor(Int64(0)))
    samples = Tensor(HostTensor(Double(0)))
    sums = parameters.mapValues { .zeros($0.shape, dtype: $0.dtype) }
  }

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try batches.visit(body)
    try samples.visit(body)
    try sums.visit(body)
  }

  /// The sums with a batch, whose mean gradient counts for as many samples as the batch has.
  ///
  /// - Parameter startsAnew: Whether the weights were updated just before: what was summed up until
  ///   then does not count.
  func adding(_ gradient: [String: Tensor], of batch: Int, startsAnew: Bool) -> Accumulation {
    let count = Tensor(Double(batch))
    var next = self
    next.batches += 1
    next.samples = startsAnew ? Tensor(HostTensor(Double(batch))) : samples + count
    for (path, slope) in gradient {
      let sum = count * slope
      next.sums[path] = startsAnew ? sum : sums[path].map { $0 + sum }
    }
    return next
  }

  /// The mean gradient of all samples.
  var mean: [String: Tensor] {
    let factor = 1 / samples
    return sums.mapValues { $0 * factor.converted(to: $0.dtype) }
  }
}
