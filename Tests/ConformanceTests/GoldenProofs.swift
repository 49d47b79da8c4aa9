import GoldenKit
import MoruGraph
import MoruOptimizers
import MoruReference
import MoruTensors

extension GoldenProof {
  static let losses = GoldenProof(
    group: "losses", hasGradients: true, part: GoldenLossCase.loss
  ) { file, executor in
    // The nearest Float32 to 1 − 1e-7 is 1 − 1.19e-7, whose distance from 1 has another logarithm:
    // tests compare that case in Float64.
    let isAtMargin = file.name == "binary_probabilities_clipped"
    return try await GoldenLossCase(file, as: isAtMargin ? .float64 : .float32).error(on: executor)
  }

  static let metrics = GoldenProof(
    group: "metrics", part: { try GoldenMetricCase($0, as: .float32).metric }
  ) { file, executor in
    try await GoldenMetricCase(file, as: .float32).error(on: executor)
  }

  static let optimizers = GoldenProof(
    group: "optimizers", part: { try GoldenOptimizerCase($0).optimizer }
  ) { file, executor in
    try await GoldenOptimizerCase(file).error(as: .float32, on: executor)
  }

  static let schedules = GoldenProof(
    group: "schedules", part: { try goldenSchedule($0.className, $0.config) }
  ) { file, executor in
    let schedule = try goldenSchedule(file.className, file.config)
    let steps = try file.tensor("step").array(of: Int32.self).map { Int64($0) }
    let rates = steps.map { LearningRate.schedule(schedule).value(at: Tensor(HostTensor($0))) }
    let values = try await executor.values(of: rates).map { try $0.array(of: Double.self)[0] }
    return try relativeError(HostTensor(values), try file.tensor("output"))
  }
}
