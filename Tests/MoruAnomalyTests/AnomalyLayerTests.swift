import GoldenKit
import MoruAnomaly
import MoruCPU
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import Testing

@Suite("Layers of detectors") struct AnomalyLayerTests {
  private static let executors: [any Executor] = [ReferenceExecutor(), CPUExecutor.shared]

  private func outputs(
    _ layer: any Layer, _ input: HostTensor, _ weights: [String: HostTensor],
    on executor: any Executor
  ) async throws -> [HostTensor] {
    let type = TensorType(input.dtype, Shape(Array(input.shape.dropFirst())))
    let declaration = try layer.declaration(inputs: [type])
    let scope = Scope(weights: try declaration.weights(from: weights))
    return try await executor.values(of: scope.draw(layer, [Tensor(input)]))
  }

  @Test("distances of Mahalanobis are SciPy's, a constant feature included")
  func mahalanobis() async throws {
    let golden = try AnomalyGolden("mahalanobis")
    let good = try golden.tensor("good").array(of: Float.self)
    // Some samples after the others.
    var moments = PlaceMoments(places: 6, features: 4)
    for samples in [0..<4, 4..<5, 5..<9] {
      try moments.add(Array(good[samples.lowerBound * 24..<samples.upperBound * 24]))
    }
    let gaussians = try PlaceGaussians(moments, regularization: 0.01)
    let layer = PatchGaussians(channels: [0, 1, 2, 3])
    for executor in Self.executors {
      let found = try await outputs(
        layer, golden.tensor("probe").reshaped(to: [3, 2, 3, 4]),
        ["mean": gaussians.mean, "precision": gaussians.precision], on: executor)[0]
      #expect(found.shape == [3, 2, 3, 1])
      #expect(try golden.agrees(found.reshaped(to: [3, 6]), "distances", within: 1e-5))
    }
  }

  @Test("features that are not looked at do not matter")
  func channels() async throws {
    let golden = try AnomalyGolden("mahalanobis")
    let good = try golden.tensor("good").array(of: Float.self)
    let some = stride(from: 0, to: good.count, by: 4).flatMap { [good[$0 + 1], good[$0 + 3]] }
    var moments = PlaceMoments(places: 6, features: 2)
    try moments.add(some)
    let gaussians = try PlaceGaussians(moments, regularization: 0.01)
    let weights = ["mean": gaussians.mean, "precision": gaussians.precision]
    let probe = try golden.tensor("probe").reshaped(to: [3, 2, 3, 4])
    let changed = try HostTensor(
      probe.array(of: Float.self).enumerated().map { $0.offset % 2 == 0 ? 99 : $0.element },
      shape: probe.shape)
    let layer = PatchGaussians(channels: [1, 3])
    let first = try await outputs(layer, probe, weights, on: CPUExecutor.shared)
    #expect(try await outputs(layer, changed, weights, on: CPUExecutor.shared) == first)
  }

  @Test(
    "maps and scores of a memory are those of NumPy",
    arguments: [("patch_memory", 4), ("patch_memory_single", 1)])
  func patchMemory(name: String, neighbors: Int) async throws {
    let golden = try AnomalyGolden(name)
    let memory = try golden.tensor("memory")
    let kin = try await PatchCore.nearest(in: memory, count: neighbors, on: CPUExecutor.shared)
    #expect(try kin.array(of: Float.self).map { Int($0) } == golden.integers("nearest"))
    let layer = PatchMemory(patches: memory.shape[0], neighbors: neighbors)
    for executor in Self.executors {
      let found = try await outputs(
        layer, golden.tensor("pictures"), ["memory": memory, "nearest": kin], on: executor)
      #expect(found.map(\.shape) == [[2, 4, 5, 1], [2, 1]])
      #expect(try golden.agrees(found[0].reshaped(to: [2, 4, 5]), "maps", within: 1e-5))
      #expect(try golden.agrees(found[1].reshaped(to: [2]), "scores", within: 1e-5))
    }
  }

  @Test(
    "blurred pictures are SciPy's, also where the Gaussian is wider than the picture",
    arguments: [("gaussian_filter", 1.3), ("gaussian_filter_wide", 4.0)])
  func gaussianFilter(name: String, sigma: Double) async throws {
    let golden = try AnomalyGolden(name)
    for executor in Self.executors {
      let found = try await outputs(
        GaussianFilter(sigma), golden.tensor("input"), [:], on: executor)[0]
      #expect(try golden.agrees(found, "output", within: 1e-5))
    }
  }

  @Test("a score equal to the threshold is good")
  func threshold() async throws {
    let layer = AnomalyThreshold(0.5, falseAlarmRate: 0.1, samples: 9)
    let scores = try HostTensor([[0.25], [0.5], [0.75]] as [[Float]])
    let found = try await outputs(layer, scores, [:], on: CPUExecutor.shared)[0]
    #expect(try found.array(of: Float.self) == [0.5, 0.25, 0.5, 0.5, 0.5, 0.75])
  }
}
