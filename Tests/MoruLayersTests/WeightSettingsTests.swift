import Foundation
import GoldenKit
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Regularizers and constraints agree with Keras") struct GoldenWeightTests {
  private func constant(_ value: HostTensor, _ dtype: DType) -> Tensor {
    Tensor(value.converted(to: dtype))
  }

  @Test("penalties and their gradients", arguments: GoldenFile.names(in: "regularizers"))
  func regularizers(name: String) async throws {
    let file = try GoldenFile("regularizers", name)
    let regularizer = try GoldenLayer.part(file.description, as: RegularizerBox.self).regularizer
    for (dtype, tolerance) in [(DType.float64, 1e-9), (.float32, 1e-5)] {
      let weight = constant(try file.tensor("weight"), dtype)
      let penalty = regularizer.penalty(weight)
      let slope = gradients(of: penalty, at: [weight])[0]
      let values = try await ReferenceExecutor().values(of: [penalty, slope])
      for (name, value) in zip(["output", "grad.weight"], values) {
        let wanted = try file.tensor(name).converted(to: dtype)
        #expect(difference(value, from: wanted, tolerance: tolerance) == nil, "\(name)")
      }
    }
  }

  @Test("held weights", arguments: GoldenFile.names(in: "constraints"))
  func constraints(name: String) async throws {
    let file = try GoldenFile("constraints", name)
    let constraint = try GoldenLayer.part(file.description, as: ConstraintBox.self).constraint
    for (dtype, tolerance) in [(DType.float64, 1e-9), (.float32, 1e-5)] {
      let held = constraint.held(constant(try file.tensor("weight"), dtype))
      let value = try await ReferenceExecutor().values(of: [held])[0]
      let wanted = try file.tensor("output").converted(to: dtype)
      #expect(difference(value, from: wanted, tolerance: tolerance) == nil)
    }
  }

  @Test("every one has golden values")
  func coverage() throws {
    let regularizers = try GoldenFile.names(in: "regularizers").map {
      try GoldenFile("regularizers", $0).className
    }
    #expect(Set(regularizers) == Set(regularizerCatalog.map { "\(type(of: $0))" }))
    let constraints = try GoldenFile.names(in: "constraints").map {
      try GoldenFile("constraints", $0).className
    }
    #expect(Set(constraints) == Set(constraintCatalog.map { "\(type(of: $0))" }))
  }
}

@Suite("Settings of weights") struct WeightSettingsTests {
  @Test("what weights are held to is known by path")
  func constraintsByPath() throws {
    let model = Sequential {
      Dense(3, kernelConstraint: .maxNorm(1), biasConstraint: .nonNeg)
      Dense(2)
    }
    let weights = try model.declaration(inputs: [TensorType(.float32, [4])]).placeholders()
    let scope = Scope(weights: weights, seed: trainingSeed(0))
    _ = scope.draw(model, [.zeros([1, 4])])
    #expect(Set(scope.constraints.keys) == ["dense/kernel", "dense/bias"])
  }

  @Test("constraints change the parameters that they are for, and keep what is not a number")
  func held() async throws {
    let parameters = [
      "a": Tensor(HostTensor([-1, 2, .nan] as [Float])), "b": Tensor(HostTensor([-1] as [Float])),
    ]
    let held = parameters.held(to: ["a": NonNeg(), "c": NonNeg()])
    #expect(Set(held.keys) == ["a", "b"])
    let values = try await numbers(try #require(held["a"]))
    #expect(values[0] == 0 && values[1] == 2 && values[2].isNaN)
    #expect(try await numbers(try #require(held["b"])) == [-1])
  }

  @Test("what is penalized is the output's mean over the batch")
  func activity() async throws {
    let x = Tensor(try HostTensor([[1, -2], [3, 4]] as [[Float]]))
    for layer in [
      ActivityRegularization(l1: 0.5, l2: 0.25) as any Layer,
      Dense(
        2, useBias: false, kernelInitializer: .identity,
        activityRegularizer: .l1l2(0.5, 0.25)),
    ] {
      let declaration = try layer.declaration(inputs: [TensorType(.float32, [2])])
      let weights = try declaration.weights(from: declaration.initialValues(seed: 0))
      let scope = Scope(weights: weights, seed: trainingSeed(0))
      _ = scope.draw(layer, [x])
      #expect(scope.penalties.count == 1)
      #expect(try await numbers(scope.penalties[0]) == [(0.5 * 10 + 0.25 * 30) / 2])
    }
  }

  @Test(
    "that do not fit a weight are said when it is declared",
    arguments: [
      (
        Dense(2, biasRegularizer: .orthogonal()) as any Layer,
        "the orthogonal regularizer is for matrices. Choose l1 or l2 for such a weight."
      ),
      (
        Dense(2, biasConstraint: .maxNorm(1, axes: [1])),
        "axes [1] are not axes of a weight of rank 1. Choose axes in 0..<1."
      ),
      (
        Dense(2, biasInitializer: .identity),
        "the weight dense/bias of shape [2] cannot start as an identity, which is a matrix. "
      ),
    ])
  func misfits(layer: any Layer, message: String) throws {
    let error = #expect(throws: GraphError.self) {
      try Sequential([layer]).declaration(inputs: [TensorType(.float32, [3])])
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  private func layer(_ settings: String) throws -> any Layer {
    try LayerCoder().layer(#"{"kind":"Dense","units":2,"# + settings + "}")
  }

  @Test("may be written short: a name, or the factors alone")
  func short() throws {
    let short = try layer(#""kernelRegularizer":{"l2":0.1},"biasConstraint":"nonNeg""#)
    let dense = try #require(short as? Dense)
    #expect((dense.kernel.regularizer as? L1L2)?.l2 == 0.1)
    #expect(dense.bias.constraint is NonNeg)
    #expect((try layer(#""kernelRegularizer":"l1""#) as? Dense)?.kernel.regularizer is L1)
  }

  @Test(
    "that are misspelt or out of range are refused",
    arguments: [
      (
        #""kernelConstraint":"maxNrm""#,
        #"kernelConstraint: There is no constraint named "maxNrm". Did you mean "maxNorm"?"#
      ),
      (
        #""kernelConstrain":"maxNorm""#,
        #"Dense has no setting "kernelConstrain". Did you mean "kernelConstraint"?"#
      ),
      (
        #""kernelRegularizer":"l3""#,
        #"kernelRegularizer: There is no regularizer named "l3". Did you mean "l1"?"#
      ),
      (
        #""kernelConstraint":{"kind":"minMaxNorm","minValue":2}"#,
        "kernelConstraint.maxValue: minMaxNorm: maxValue must be at least minValue, 2.0."
      ),
      (
        #""kernelInitializer":{"kind":"varianceScaling","scale":0}"#,
        "kernelInitializer.scale: varianceScaling: scale must be between 1e-12"
      ),
    ])
  func refusals(settings: String, message: String) {
    let refusal = LayerCoder().refusal(#"{"kind":"Dense","units":2,"# + settings + "}")
    #expect(refusal.contains(message), "\(refusal)")
  }
}
