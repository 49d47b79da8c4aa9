import Foundation
import GoldenKit
import MoruCPU
import MoruGraph
import MoruInsight
import MoruLayers
import MoruModels
import MoruReference
import MoruTensors
import Testing

@Suite("What is seen inside agrees with Keras") struct GoldenInsightTests {
  private func isClose(
    _ found: HostTensor, _ wanted: HostTensor, within tolerance: Double
  ) throws -> Bool {
    guard found.shape == wanted.shape else { return false }
    let pairs = zip(
      try found.converted(to: .float64).array(of: Double.self),
      try wanted.array(of: Double.self))
    let scale = pairs.map { abs($0.1) }.max() ?? 0
    return pairs.allSatisfy { abs($0 - $1) <= tolerance * scale }
  }

  @Test("Grad-CAM and saliency", arguments: ["grad_cam_0", "grad_cam_2"])
  func pictures(name: String) async throws {
    let golden = try GoldenFile("insight", name)
    let picture = try golden.tensor("input").converted(to: .float32)
    let layers = Sequential {
      Conv2D(4, kernel: 3, strides: 2, padding: .same, activation: .relu)
      Flatten()
      Dense(3, activation: .softmax)
    }
    let model = try TrainedModel(
      layer: layers,
      weights: golden.tensors(after: "param.").mapValues { $0.converted(to: .float32) },
      signature: ModelSignature(
        inputs: [
          ModelInput(
            name: "input", dtype: .float32, shape: picture.shape, content: InputContent())
        ],
        outputs: [
          ModelOutput(name: "output", dtype: .float32, shape: [3], meaning: .numbers)
        ]))
    let number = try golden.config.value("class").integer()
    for executor: any Executor in [CPUExecutor.shared, ReferenceExecutor()] {
      let map = try await model.gradCAM(picture, class: number, on: executor)
      #expect(try isClose(map.values, try golden.tensor("heat"), within: 1e-5))
      let pixels = try await model.saliency(picture, class: number, on: executor)
      #expect(try isClose(pixels.values, try golden.tensor("saliency"), within: 1e-5))
    }
  }
}
