import Foundation
public import MoruGraph
public import MoruLayers
import MoruTensors

/// What a golden layer case computes: a layer of ours, or the operation it would be made of.
public enum GoldenLayer {
  case layer(any Layer)
  case operation(@Sendable (Tensor) -> Tensor)

  /// The counterpart of a case.
  ///
  /// Keras's settings are ours in another spelling, so that the case's description becomes a layer's
  /// file; reading that refuses settings that we lack.
  ///
  /// - Throws: `GoldenError` if there is none, or what reading a layer throws.
  public init(_ file: GoldenFile) throws {
    if let operation = try GoldenLayer.operation(file) {
      self = .operation(operation)
    } else if file.className == "Normalization" {
      self = .layer(try GoldenLayer.normalization(file))
    } else {
      var description = file.description
      if let causal = description["call"]?["use_causal_mask"] {
        description = description.setting(
          "config",
          description["config"]?.setting(
            "use_causal_mask", causal))
      }
      self = .layer(try GoldenLayer.layer(description))
    }
  }

  /// The layer that Keras's description stands for.
  public static func layer(_ description: Settings) throws -> any Layer {
    let decoder = JSONDecoder()
    decoder.userInfo = LayerCatalog.standard.userInfo
    let ours = try description.inOurWords(names)
    return try decoder.decode(LayerBox.self, from: JSONEncoder().encode(ours)).layer
  }

  /// The regularizer or constraint that Keras's description stands for.
  ///
  /// - Parameter box: What reads it: `RegularizerBox`.
  public static func part<Box: Decodable>(
    _ description: Settings, as box: Box.Type
  ) throws -> Box {
    let name = try description.value("class_name").text().replacing("Regularizer", with: "")
    let isAbbreviation = name == name.uppercased()
    let kind = isAbbreviation ? name.lowercased() : name.prefix(1).lowercased() + name.dropFirst()
    let ours = try description.inOurWords(names).setting("kind", .text(kind))
    return try JSONDecoder().decode(box, from: JSONEncoder().encode(ours))
  }

  /// Where our word for a setting is not Keras's in camel case.
  private static let names = [
    "num_heads": "heads", "num_query_heads": "queryHeads", "num_key_value_heads": "keyValueHeads",
    "head_dim": "headDimension", "key_dim": "keyDimension", "value_dim": "valueDimension",
    "MultiHeadAttention.output_shape": "outputDimension", "input_dim": "inputDimension",
    "output_dim": "outputDimension", "keepdims": "keepDimensions", "n": "count",
    "dims": "dimensions", "stddev": "standardDeviation", "Activation.activation": "function",
    "LayerNormalization.axis": "axes", "UnitNormalization.axis": "axes",
    "MaxNorm.axis": "axes", "MinMaxNorm.axis": "axes", "UnitNorm.axis": "axes",
    "BatchNormalization.axis": "", "backward_layer": "backwardLayer",
  ]

  /// Activations with an axis or another form, which are functions of ours but not layers.
  private static func operation(
    _ file: GoldenFile
  ) throws -> (@Sendable (Tensor) -> Tensor)? {
    guard file.className == "Activation" else { return nil }
    let name = try file.config.value("activation").text()
    let axis = try file.config["axis"]?.integer() ?? -1
    switch name {
    case "softmax": return { softmax($0, axis: axis) }
    case "log_softmax": return { logSoftmax($0, axis: axis) }
    case "gelu":
      let isApproximate = try file.config.value("approximate").bool()
      return isApproximate ? { gelu($0, approximate: true) } : function(.gelu)
    case "leaky_relu": return function(.leakyRelu)
    case "elu": return function(.elu)
    default: return nil
    }
  }

  private static func function(_ function: ActivationFunction) -> @Sendable (Tensor) -> Tensor {
    { Activation(function).forward([$0], in: Scope(weights: Weights()))[0] }
  }

  /// Ours has neither Keras's inverse nor one statistic for all features, but both are settings of
  /// the statistics: `x · deviation + mean` is the normalization by mean `−mean/deviation` and
  /// deviation `1/deviation`.
  private static func normalization(_ file: GoldenFile) throws -> Normalization {
    let data = try file.tensor("adapt")
    guard try file.config.value("axis") == .number(-1) else {
      let column = try data.reshaped(to: [data.count, 1])
      let one = try Normalization().adapted(to: column)
      let features = data.shape.last ?? 1
      return Normalization(
        mean: [Double](repeating: one.mean[0], count: features),
        variance: [Double](repeating: one.variance[0], count: features))
    }
    let adapted = try Normalization().adapted(to: data)
    guard try file.config.value("invert").bool() else { return adapted }
    return Normalization(
      mean: zip(adapted.mean, adapted.variance).map { -$0 / $1.squareRoot() },
      variance: adapted.variance.map { 1 / $0 })
  }
}
