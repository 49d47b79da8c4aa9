public import MoruTensors

/// Which samples form which batch in each epoch: a pure function of seed and epoch.
public struct BatchPlan: Sendable, Equatable, Codable {
  /// Number of samples.
  public let sampleCount: Int
  /// Samples in a batch; the last one of an epoch may be shorter.
  public let batchSize: Int
  /// Decides every order.
  public let seed: Seed
  /// Whether each epoch has an order of its own; else samples keep theirs.
  public let shuffles: Bool

  /// A plan for an epoch's batches. Sizes below 1 count as 1, counts below 0 as 0.
  public init(sampleCount: Int, batchSize: Int, seed: Seed, shuffles: Bool = true) {
    self.sampleCount = max(sampleCount, 0)
    self.batchSize = max(batchSize, 1)
    self.seed = seed
    self.shuffles = shuffles
  }

  /// Batches in an epoch, the last short one counted.
  public var batchCount: Int {
    sampleCount / batchSize + (sampleCount.isMultiple(of: batchSize) ? 0 : 1)
  }

  /// The order of all samples in an epoch (from 0).
  public func order(epoch: Int) -> [Int] {
    let indices = Array(0..<sampleCount)
    guard shuffles else { return indices }
    var generator = seed.child("shuffle").child(epoch).generator
    return indices.shuffled(using: &generator)
  }

  /// The epoch's batches of sample indices, in order; every sample is in exactly one.
  public func batches(epoch: Int) -> [[Int]] {
    let order = order(epoch: epoch)
    return stride(from: 0, to: order.count, by: batchSize).map { start in
      Array(order[start..<start + min(batchSize, order.count - start)])
    }
  }
}
