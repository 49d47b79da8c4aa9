package import MoruGraph
import MoruLayers
package import MoruModels
import MoruTensors

/// What some layers of a trained network make of a picture of any size, as far as the layers allow: what a
/// picture is changed by.
package struct PictureFeatures: Sendable {
  private let part: TrainedModel
  /// Which of the part's outputs each layer asked for is.
  private let places: [Int]
  private let weights: Weights
  /// What white is in pictures as the network takes them: 255 or 1.
  let white: Float
  private let channels: Int

  /// - Parameter layers: Paths, as `summary()` has them.
  /// - Throws: `GenerativeError` for a model that takes no pictures; `LayerError.unknownPath` with the
  ///   nearest path.
  package init(_ model: TrainedModel, layers: [String]) throws {
    let inputs = model.signature.inputs
    guard inputs.count == 1, inputs[0].shape.rank == 3, let channels = inputs[0].shape.last else {
      throw GenerativeError.notOfPictures(inputs.map(\.batchDescription))
    }
    guard !layers.isEmpty else {
      throw GenerativeError.outOfRange("layers", found: "none", allowed: "at least one")
    }
    var paths: [String] = []
    places = layers.map { layer in
      if !paths.contains(layer) { paths.append(layer) }
      return paths.firstIndex(of: layer) ?? 0
    }
    part = try model.unfrozen().subModel(outputs: paths)
    weights = try part.declaration.weights(from: part.weights)
    white =
      inputs[0].content.image.map { Float($0.brightest) } ?? (inputs[0].dtype == .uint8 ? 255 : 1)
    self.channels = channels
  }

  /// Draws the features of pictures `[1, height, width, channels]` in 0…`white`.
  ///
  /// - Returns: `[1, …, features]` for each layer.
  package func callAsFunction(_ picture: Tensor) -> [Tensor] {
    let features = Scope(weights: weights).draw(part.layer, [picture])
    // A failure is one tensor.
    return places.map { features.indices.contains($0) ? features[$0] : features[0] }
  }

  /// A picture of bytes as the network takes it: `[height, width, channels] → [1, height, width,
  /// channels]`, grey as three equal channels where it takes colours.
  ///
  /// - Throws: `GenerativeError.picture` for another type or other channels.
  func picture(_ bytes: HostTensor) throws -> HostTensor {
    guard bytes.dtype == .uint8, bytes.shape.rank == 3, bytes.count > 0,
      bytes.shape[2] == channels || bytes.shape[2] == 1
    else { throw GenerativeError.picture("\(bytes.type)", channels: channels) }
    let values = try bytes.array(of: UInt8.self)
    let copies = channels / bytes.shape[2]
    let shape: Shape = [1, bytes.shape[0], bytes.shape[1], channels]
    return HostTensor(shape: shape) { (buffer: UnsafeMutableBufferPointer<Float>) in
      for place in buffer.indices { buffer[place] = Float(values[place / copies]) * white / 255 }
    }
  }

  /// A picture as bytes: `[1, height, width, channels] → [height, width, channels]`.
  func bytes(_ picture: HostTensor) throws -> HostTensor {
    let values: [Float] = try picture.array()
    let rounded = values.map { UInt8(min(max(($0 * 255 / white).rounded(), 0), 255)) }
    return try HostTensor(rounded, shape: Shape(Array(picture.shape.dropFirst())))
  }
}
