import Foundation
import MoruCPU
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruTensors

/// Changes a picture so that some layers of a network see more of what they look for in it.
///
/// The picture follows the gradient of the mean squared activation of the layers, in steps of one length
/// whatever the gradient's: `x ← clip(x + step · g / deviation(g))`. That is done in several sizes, from
/// small to whole; what a small picture lacks of the large one is put back each time, so that details stay.
///
/// ```swift
/// let dream = try await DeepDream(layers: ["stage2_block1_out"])(photo, by: model)
/// ```
///
/// - Source: Mordvintsev, Olah, Tyka 2015, "Inceptionism: Going Deeper into Neural Networks", Google
///   Research Blog.
public struct DeepDream: Sendable {
  /// The layers whose activations grow, by their paths.
  public var layers: [String]
  /// In how many sizes, at least 1.
  public var octaves = 3
  /// By what each size is greater than the one before, above 1.
  public var scale = 1.4
  /// Steps in each size, at least 1.
  public var steps = 20
  /// The length of a step as a share of the range from black to white, above 0.
  public var stepSize = 0.01
  /// Where it runs.
  public var executor: any Executor = .cpu

  /// A dream of some layers.
  public init(layers: [String]) { self.layers = layers }

  /// Changes a picture.
  ///
  /// - Parameters:
  ///   - picture: UInt8 `[height, width, channels]`, of any size that the layers allow.
  ///   - model: A trained network of pictures.
  /// - Returns: A picture of the same size.
  /// - Throws: `GenerativeError` for settings out of range, and pictures that the model does not take;
  ///   `LayerError.unknownPath`; `GraphError` for a size that the layers do not allow.
  public func callAsFunction(
    _ picture: HostTensor, by model: TrainedModel
  ) async throws -> HostTensor {
    for (name, value) in [("octaves", octaves), ("steps", steps)] where value < 1 {
      throw GenerativeError.outOfRange(name, found: "\(value)", allowed: "at least 1")
    }
    guard scale > 1, scale.isFinite else {
      throw GenerativeError.outOfRange("scale", found: "\(scale)", allowed: "above 1")
    }
    guard stepSize > 0, stepSize.isFinite else {
      throw GenerativeError.outOfRange("stepSize", found: "\(stepSize)", allowed: "above 0")
    }
    let features = try PictureFeatures(model, layers: layers)
    let whole = try features.picture(picture)
    var dream = whole
    var small: HostTensor?
    for octave in (0..<octaves).reversed() {
      let size = [1, 2].map { side in
        max(1, Int((Double(whole.shape[side]) / pow(scale, Double(octave))).rounded()))
      }
      let present = try await resized(whole, to: size)
      dream = try await resized(dream, to: size)
      if let small {
        // What the smaller picture lost.
        let blurred = try await resized(small, to: size)
        dream = try await (Tensor(dream) + Tensor(present) - Tensor(blurred)).value(on: executor)
      }
      dream = try await ascended(dream, features)
      small = present
    }
    return try features.bytes(dream)
  }

  private func resized(_ picture: HostTensor, to size: [Int]) async throws -> HostTensor {
    guard [picture.shape[1], picture.shape[2]] != size else { return picture }
    return try await Scope(weights: Weights()).draw(Resizing(size[0], size[1]), [Tensor(picture)])[
      0
    ]
    .value(on: executor)
  }

  /// The picture after all steps in one size.
  private func ascended(
    _ picture: HostTensor, _ features: PictureFeatures
  ) async throws -> HostTensor {
    let white = features.white
    let length = Tensor(stepSize * Double(white))
    let step = compiled(state: ["picture": Tensor(picture)], on: executor) {
      (state: inout [String: Tensor]) -> Tensor in
      guard let picture = state["picture"] else { return Tensor(0) }
      let activation = Self.activation(of: features(picture))
      let slope = gradients(of: activation, at: [picture])[0]
      let deviation = sqrt(square(slope - slope.mean()).mean()) + 1e-8
      state["picture"] = clip(picture + length * slope / deviation, 0, Tensor(Double(white)))
      return activation
    }
    for _ in 0..<steps { _ = try await step() }
    guard let result = try await step.snapshot()["picture"]?.constant else { return picture }
    return result
  }

  /// The mean squared activation, summed over the layers.
  package static func activation(of features: [Tensor]) -> Tensor {
    features.reduce(Tensor(0)) { $0 + square($1).mean() }
  }
}
