public import MoruData
public import MoruGraph
import MoruLayers
import MoruLearners
import MoruModels
public import MoruTensors
public import MoruTraining

/// A memory of the features that places of good pictures have; a picture's map is the distance of each
/// place's features from the nearest remembered ones, its score that of the farthest place.
///
/// Good pictures may show things anywhere. Keeps the features of all places while it learns, and a share of
/// them afterwards, chosen so that none of the others is far from it.
///
/// - Source: Roth et al. 2022, arXiv:2106.08265: mean features over 3 × 3 places, greedy choice of the
///   memory (here among the features themselves, not their random projections), score weighted by
///   neighbours in the memory. Maps are smoothed by a Gaussian of 4 pixels over maps of 224, which is
///   scaled to the picture.
public struct PatchCore: AnomalyDetector {
  public let name = "PatchCore"
  /// What makes the features.
  public var base: TransferBase
  /// The layers whose maps are looked at, by their paths in the base; two as the paper has them if nil.
  public var layers: [String]?
  /// The share of all features that is remembered, above 0, at most 1.
  public var memory: Double
  /// How many neighbours in the memory weigh a score, at least 1.
  public var neighbors: Int

  /// A detector on a base.
  public init(
    base: TransferBase, layers: [String]? = nil, memory: Double = 0.1, neighbors: Int = 9
  ) {
    self.base = base
    self.layers = layers
    self.memory = memory
    self.neighbors = neighbors
  }

  public func scorer(
    of good: Dataset, seed: Seed, on executor: any Executor
  ) async throws -> AnomalyScorer {
    guard memory > 0, memory <= 1 else {
      throw AnomalyError.outOfRange(
        "memory", found: "\(memory)", allowed: "above 0, at most 1")
    }
    guard neighbors >= 1 else {
      throw AnomalyError.outOfRange(
        "neighbors", found: "\(neighbors)", allowed: "at least 1")
    }
    let features = try BaseFeatures(
      for: name, of: good, on: base, layers: layers, count: 2, isSmoothed: true)
    var parts: [HostTensor] = []
    try await features.forEach(good, on: executor) { values, _ in parts.append(values) }
    let count = good.count * features.shape[0] * features.shape[1]
    let patches = try HostTensor.concatenated(parts)
      .reshaped(to: [count, features.shape[2]])
    let kept = max(Int((Double(count) * memory).rounded()), 1)
    guard kept < PatchMemory.greatestPatches else {
      throw AnomalyError.outOfRange(
        "memory", found: "\(memory)",
        allowed: "below \(Double(PatchMemory.greatestPatches) / Double(count))")
    }
    let chosen = try KCenterGreedy(kept).places(in: patches, seed: seed).sorted()
    let remembered = try patches.rows(chosen)
    let kin = try await Self.nearest(in: remembered, count: min(neighbors, kept), on: executor)
    let layer = PatchMemory(patches: kept, neighbors: min(neighbors, kept), name: "memory")
    let found = layer([features.features], outputs: 2)
    let sigma = 4 * Double(features.input.shape[0]) / 224
    return AnomalyScorer(
      input: features.input, start: features.start, score: found[1],
      map: features.picture(found[0], sigma: sigma), weights: features.weights + [remembered, kin])
  }

  /// For each of the remembered the places of those nearest to it, itself first:
  /// `[patches, count]`, Float32.
  package static func nearest(
    in memory: HostTensor, count: Int, on executor: any Executor
  ) async throws -> HostTensor {
    let patches = memory.shape[0]
    let all = Tensor(memory)
    let lengths = square(all).sum(axes: [1])
    var places: [Float] = []
    for first in stride(from: 0, to: patches, by: 1024) {
      let some = first..<min(first + 1024, patches)
      // |x − m|² − |x|², which has the same order.
      let closeness = 2 * matmul(all.sliced(some), all.transposed([1, 0])) - lengths
      let rows = try await closeness.value(on: executor).array(of: Float.self)
      places += Parallel.map(some.count) { row in
        nearest(
          to: some.lowerBound + row, by: rows[row * patches..<(row + 1) * patches], count: count)
      }.flatMap { $0 }
    }
    return try HostTensor(places, shape: [patches, count])
  }

  private static func nearest(
    to place: Int, by closeness: ArraySlice<Float>, count: Int
  ) -> [Float] {
    // The nearest found so far, nearest first; rounding must not put another before itself.
    var best: [(closeness: Float, place: Int)] = [(.infinity, place)]
    for (other, value) in closeness.enumerated() where other != place {
      if best.count == count, let last = best.last, value <= last.closeness { continue }
      let position = best.firstIndex { $0.closeness < value } ?? best.count
      best.insert((value, other), at: position)
      if best.count > count { best.removeLast() }
    }
    return best.map { Float($0.place) }
  }
}
