import MoruCPU
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruOptimizers
public import MoruTensors

/// Draws what is in one picture in the manner of another.
///
/// The picture is found by making a loss small, starting from the first one:
///
/// - content: the mean squared distance of features of a deep layer from those of the first picture;
/// - style: for each of some layers the mean squared distance of the Gram matrix of features, `G = F·Fᵀ /
///   places`, from that of the second picture, whatever is where;
/// - variation: the mean magnitude of differences between neighbouring pixels.
///
/// - Source: Gatys, Ecker, Bethge 2015, arXiv:1508.06576.
public struct StyleTransfer: Sendable {
  /// The layers that say what is in a picture, by their paths.
  public var contentLayers: [String]
  /// The layers that say how it is drawn.
  public var styleLayers: [String]
  /// How much the content's loss counts, at least 0.
  public var contentWeight = 1.0
  /// How much the style's loss counts, at least 0.
  public var styleWeight = 100.0
  /// How much the variation counts, at least 0; pixels are from 0 to 1 for it.
  public var variationWeight = 0.1
  /// Steps, at least 1.
  public var steps = 200
  /// How the pixels, from 0 to 1, follow gradients.
  public var optimizer: any Optimizer = Adam(learningRate: 0.02)
  /// Where it runs.
  public var executor: any Executor = .cpu

  /// A transfer by some layers.
  public init(contentLayers: [String], styleLayers: [String]) {
    self.contentLayers = contentLayers
    self.styleLayers = styleLayers
  }

  /// What came out.
  public struct Result: Sendable {
    /// UInt8 `[height, width, channels]`, as large as the first picture.
    public let picture: HostTensor
    /// The loss before each step.
    public let losses: [Double]
  }

  /// Draws a picture.
  ///
  /// - Parameters:
  ///   - content: What is to be seen, UInt8 `[height, width, channels]`.
  ///   - style: How it is to be drawn; of any size that the layers allow.
  ///   - model: A trained network of pictures.
  /// - Throws: `GenerativeError` for settings out of range, and pictures that the model does not take;
  ///   `LayerError.unknownPath`; `GraphError` for a size that the layers do not allow.
  public func callAsFunction(
    _ content: HostTensor, inStyleOf style: HostTensor, by model: TrainedModel
  ) async throws -> Result {
    for (name, weight) in [
      ("contentWeight", contentWeight), ("styleWeight", styleWeight),
      ("variationWeight", variationWeight),
    ] where !(weight >= 0 && weight.isFinite) {
      throw GenerativeError.outOfRange(name, found: "\(weight)", allowed: "at least 0")
    }
    guard steps >= 1 else {
      throw GenerativeError.outOfRange("steps", found: "\(steps)", allowed: "at least 1")
    }
    let features = try PictureFeatures(model, layers: contentLayers + styleLayers)
    let (first, second) = (try features.picture(content), try features.picture(style))
    let wanted = try await executor.values(
      of: features(Tensor(first)).prefix(contentLayers.count)
        + features(Tensor(second)).dropFirst(contentLayers.count).map(Self.gram)
    ).map { Tensor($0) }
    let white = Tensor(Double(features.white))
    let start = ["picture": Tensor(try await (Tensor(first) / white).value(on: executor))]
    let step = compiled(
      state: PictureState(picture: start, optimizer: optimizer.initialState(for: start)),
      on: executor
    ) { (state: inout PictureState) -> Tensor in
      let loss = loss(of: state.picture["picture"] ?? white, white, features, wanted)
      let slope = state.picture.mapValues { gradients(of: loss, at: [$0])[0] }
      state.picture = optimizer.update(state.picture, slope, &state.optimizer)
        .mapValues { clip($0, 0, 1) }
      return loss
    }
    var losses: [Double] = []
    for _ in 0..<steps {
      let loss = try await step()
      losses += try await loss.value(on: executor).array(of: Float.self).map(Double.init)
    }
    let drawn = try await step.snapshot().picture["picture"] ?? white
    return Result(
      picture: try features.bytes(await (drawn * white).value(on: executor)), losses: losses)
  }

  /// - Parameter wanted: Features of the content, then Gram matrices of the style.
  private func loss(
    of picture: Tensor, _ white: Tensor, _ features: PictureFeatures, _ wanted: [Tensor]
  ) -> Tensor {
    let found = features(picture * white)
    let count = contentLayers.count
    let content = zip(found.prefix(count), wanted).reduce(Tensor(0)) {
      $0 + square($1.0 - $1.1).mean()
    }
    let style = zip(found.dropFirst(count), wanted.dropFirst(count)).reduce(Tensor(0)) {
      $0 + square(Self.gram($1.0) - $1.1).mean()
    }
    return content * Tensor(contentWeight) + style * Tensor(styleWeight)
      + Self.variation(of: picture) * Tensor(variationWeight)
  }

  /// `F·Fᵀ / places` of features `[1, …, features]`: `[features, features]`.
  package static func gram(_ features: Tensor) -> Tensor {
    let count = features.shape[features.rank - 1]
    let places = features.shape.elementCount / max(count, 1)
    let rows = features.reshaped(to: [places, count])
    return matmul(rows.transposed([1, 0]), rows) / Tensor(Double(max(places, 1)))
  }

  /// The mean magnitude of differences between neighbours down and to the right, of `[1, height, width,
  /// channels]`.
  package static func variation(of picture: Tensor) -> Tensor {
    [1, 2].reduce(Tensor(0)) { sum, axis in
      let size = picture.shape[axis]
      guard size > 1 else { return sum }
      let (after, before) = (
        picture.sliced(1..<size, axis: axis), picture.sliced(0..<size - 1, axis: axis)
      )
      return sum + abs(after - before).mean()
    }
  }
}

/// What changes from step to step.
private struct PictureState: TensorTree {
  var picture: [String: Tensor]
  var optimizer: OptimizerState

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try picture.visit(body)
    try optimizer.visit(body)
  }
}
