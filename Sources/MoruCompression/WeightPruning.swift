import Foundation
public import MoruData
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruOptimizers
public import MoruTensors
public import MoruTraining

/// Sets the smallest weights to 0, in rounds with training between them, in which they stay 0.
///
/// Files that are packed become smaller; the time of a prediction stays what it was, since zeros are
/// multiplied like other numbers. Use `ChannelPruning` for time.
///
/// After round `t` of `n` the share of zeros is `share · (1 − (1 − t/n)³)`: many go at first, when many
/// are superfluous, and few at last.
///
/// - Source: Han et al. 2015, arXiv:1506.02626; Zhu, Gupta 2017, arXiv:1710.01878.
public struct WeightPruning: Compression {
  public static let name = "weights"
  public var shares = [0.5, 0.75, 0.9, 0.95]
  /// In how many rounds, at least 1.
  public var rounds: Int
  /// How the network learns on after each round; not at all if nil.
  public var recovery: TrainingStage?

  /// Sets weights to 0, in rounds.
  public init(
    rounds: Int = 3,
    recovery: TrainingStage? = TrainingStage(epochs: 1, optimizer: .adam(learningRate: 5e-4))
  ) {
    self.rounds = rounds
    self.recovery = recovery
  }

  public func compressed(
    _ model: TrainedModel, share: Double, on data: Dataset, seed: Seed, executor: any Executor
  ) async throws -> TrainedModel {
    guard rounds >= 1 else {
      throw CompressionError.outOfRange("rounds", found: "\(rounds)", allowed: "at least 1")
    }
    var pruned = model
    for round in 1...rounds {
      let left = 1 - Double(round) / Double(rounds)
      pruned = try await pruned.pruningWeights(share * (1 - pow(left, 3))).recovered(
        by: recovery, on: data, keepingZeros: pruned.prunedPaths, seed: seed.child(round),
        executor: executor)
    }
    return pruned
  }
}

extension TrainedModel {
  /// The weights that pruning sets to 0: all that training moves but biases and other vectors.
  fileprivate var prunedPaths: [String] {
    declaration.weights.filter { $0.isTrainable && $0.type.shape.rank >= 2 }.map(\.path)
  }

  /// The model in which a share of each kernel is 0: the weights of the smallest magnitude.
  ///
  /// - Parameter share: At least 0 and below 1.
  /// - Throws: `CompressionError`.
  public func pruningWeights(_ share: Double) throws -> TrainedModel {
    try Self.check(share: share)
    guard !prunedPaths.isEmpty else {
      throw CompressionError.nothingToCompress(
        way: "Pruning of weights", needs: "layers with kernels that training moves")
    }
    var pruned: [String: HostTensor] = [:]
    for path in prunedPaths {
      guard let weight = weights[path] else { continue }
      var values: [Float] = try weight.converted(to: .float32).array()
      values.zeroSmallest(Int(Double(values.count) * share))
      pruned[path] = try HostTensor(values, shape: weight.shape).converted(to: weight.dtype)
    }
    return try settingWeights(pruned)
  }
}

extension [Float] {
  /// Sets some numbers of the smallest magnitudes to 0, of equal ones the first, in time that grows with the
  /// number of elements: their bits are in the order of the magnitudes, and counting the upper halves, then
  /// the lower ones, finds the greatest that goes.
  fileprivate mutating func zeroSmallest(_ count: Int) {
    guard count > 0 else { return }
    let upper = Histogram(of: self) { Int($0 >> 16) }.bin(ofRank: count - 1)
    let lower = Histogram(of: self) { Int($0 >> 16) == upper.bin ? Int($0 & 0xFFFF) : nil }
      .bin(ofRank: count - 1 - upper.below)
    let limit = UInt32(upper.bin << 16 | lower.bin)
    var equal = count - upper.below - lower.below
    for place in indices where self[place].magnitude.bitPattern <= limit {
      if self[place].magnitude.bitPattern == limit {
        guard equal > 0 else { continue }
        equal -= 1
      }
      self[place] = 0
    }
  }

  /// How many magnitudes there are of each half of the bits.
  private struct Histogram {
    private var counts = [Int](repeating: 0, count: 1 << 16)

    init(of values: [Float], bin: (UInt32) -> Int?) {
      for value in values {
        if let bin = bin(value.magnitude.bitPattern) { counts[bin] += 1 }
      }
    }

    /// The bin in which the number of a rank from 0 on is, and how many numbers lie in those below.
    func bin(ofRank rank: Int) -> (bin: Int, below: Int) {
      var below = 0
      for (bin, count) in counts.enumerated() {
        guard below + count <= rank else { return (bin, below) }
        below += count
      }
      return (counts.count - 1, below)
    }
  }
}
