import Foundation
import GoldenKit
import MoruGraph
import MoruLayers
import MoruTensors

/// What a golden layer case computes: a layer of ours, or the operation it would be made of.
enum GoldenLayer {
  case layer(any Layer)
  case operation(@Sendable (Tensor) -> Tensor)

  /// The counterpart of a case.
  ///
  /// - Throws: `GoldenError` if there is none, or if the case has settings that it does not know.
  init(_ file: GoldenFile) throws {
    let config = file.config
    var known: Set<String> = []
    func setting(_ key: String) throws -> Settings {
      known.insert(key)
      return try config.value(key)
    }
    func size(_ key: String) throws -> Size2D {
      let sides = try setting(key).list().map { try $0.integer() }
      return Size2D(sides[0], sides[1])
    }
    func padding() throws -> PaddingMode {
      guard let mode = PaddingMode(rawValue: try setting("padding").text()) else {
        throw GoldenError("unknown padding")
      }
      return mode
    }
    func function(_ key: String) throws -> ActivationFunction {
      try GoldenLayer.function(try setting(key).text())
    }
    switch file.className {
    case "Dense":
      self = .layer(
        Dense(try setting("units").integer(), useBias: try setting("use_bias").bool()))
    case "Conv2D":
      self = .layer(
        Conv2D(
          try setting("filters").integer(), kernel: try size("kernel_size"),
          strides: try size("strides"), padding: try padding(),
          dilationRate: try size("dilation_rate"), groups: try setting("groups").integer(),
          useBias: try setting("use_bias").bool()))
    case "MaxPooling2D":
      self = .layer(
        MaxPooling2D(try size("pool_size"), strides: try size("strides"), padding: try padding()))
    case "AveragePooling2D":
      self = .layer(
        AveragePooling2D(
          try size("pool_size"), strides: try size("strides"), padding: try padding()))
    case "GlobalAveragePooling2D":
      self =
        try setting("keepdims").bool()
        ? .operation { $0.mean(axes: [1, 2], keepingAxes: true) } : .layer(GlobalAveragePooling2D())
    case "BatchNormalization":
      guard try setting("axis").integer() == -1 else { throw GoldenError("another axis") }
      self = .layer(
        BatchNormalization(
          momentum: try setting("momentum").number(), epsilon: try setting("epsilon").number(),
          center: try setting("center").bool(), scale: try setting("scale").bool()))
    case "Rescaling":
      self = .layer(
        Rescaling(try setting("scale").number(), offset: try setting("offset").number()))
    case "Normalization":
      self = .layer(
        try GoldenLayer.normalization(
          file, axis: try setting("axis"), isInverse: try setting("invert").bool()))
    case "DepthwiseConv2D":
      self = .layer(
        DepthwiseConv2D(
          kernel: try size("kernel_size"), strides: try size("strides"), padding: try padding(),
          depthMultiplier: try setting("depth_multiplier").integer(),
          dilationRate: try size("dilation_rate"), useBias: try setting("use_bias").bool()))
    case "SeparableConv2D":
      self = .layer(
        SeparableConv2D(
          try setting("filters").integer(), kernel: try size("kernel_size"),
          strides: try size("strides"), padding: try padding(),
          dilationRate: try size("dilation_rate"),
          depthMultiplier: try setting("depth_multiplier").integer(),
          useBias: try setting("use_bias").bool()))
    case "Conv2DTranspose":
      self = .layer(
        Conv2DTranspose(
          try setting("filters").integer(), kernel: try size("kernel_size"),
          strides: try size("strides"), padding: try padding(),
          dilationRate: try size("dilation_rate"), useBias: try setting("use_bias").bool()))
    case "ZeroPadding2D":
      let sides = try setting("padding").list().map { try $0.list().map { try $0.integer() } }
      self = .layer(
        ZeroPadding2D(
          Padding2D(
            top: sides[0][0], bottom: sides[0][1], left: sides[1][0], right: sides[1][1])))
    case "UpSampling2D": self = .layer(UpSampling2D(try size("size")))
    case "GlobalMaxPooling2D": self = .layer(GlobalMaxPooling2D())
    case "GlobalAveragePooling1D": self = .layer(GlobalAveragePooling1D())
    case "Multiply": self = .layer(Multiply())
    case "LayerNormalization":
      self = .layer(
        LayerNormalization(
          axes: try setting("axis").list().map { try $0.integer() },
          epsilon: try setting("epsilon").number(), center: try setting("center").bool(),
          scale: try setting("scale").bool()))
    case "MultiHeadAttention":
      self = .layer(
        MultiHeadAttention(
          heads: try setting("num_heads").integer(),
          keyDimension: try setting("key_dim").integer(),
          valueDimension: try setting("value_dim").integer(),
          outputDimension: try setting("output_shape").integer(),
          useBias: try setting("use_bias").bool(),
          useCausalMask: try file.description["call"]?.value("use_causal_mask").bool() ?? false))
    case "Embedding":
      self = .layer(
        Embedding(try setting("input_dim").integer(), try setting("output_dim").integer()))
    case "LeakyReLU": self = .layer(LeakyReLU(try setting("negative_slope").number()))
    case "ReLU":
      let limit = try setting("max_value")
      self = .layer(
        ReLU(
          maxValue: limit == .null ? nil : try limit.number(),
          negativeSlope: try setting("negative_slope").number(),
          threshold: try setting("threshold").number()))
    case "LSTM":
      self = .layer(
        LSTM(
          try setting("units").integer(), activation: try function("activation"),
          recurrentActivation: try function("recurrent_activation"),
          useBias: try setting("use_bias").bool(),
          returnSequences: try setting("return_sequences").bool(),
          goBackwards: try setting("go_backwards").bool()))
    case "GRU":
      self = .layer(
        GRU(
          try setting("units").integer(), activation: try function("activation"),
          recurrentActivation: try function("recurrent_activation"),
          useBias: try setting("use_bias").bool(), resetAfter: try setting("reset_after").bool(),
          returnSequences: try setting("return_sequences").bool(),
          goBackwards: try setting("go_backwards").bool()))
    case "SimpleRNN":
      self = .layer(
        SimpleRNN(
          try setting("units").integer(), activation: try function("activation"),
          useBias: try setting("use_bias").bool(),
          returnSequences: try setting("return_sequences").bool(),
          goBackwards: try setting("go_backwards").bool()))
    case "Activation":
      let name = try setting("activation").text()
      known.formUnion(["axis", "approximate", "negative_slope", "alpha"])
      self = try GoldenLayer.activation(name, config)
    default: throw GoldenError("no layer of ours is a \(file.className)")
    }
    guard config.keys.isSubset(of: known) else {
      throw GoldenError("settings \(config.keys.subtracting(known)) are not used")
    }
  }

  private static func activation(_ name: String, _ config: Settings) throws -> GoldenLayer {
    if let axis = try config["axis"]?.integer(), axis != -1 {
      switch name {
      case "softmax": return .operation { softmax($0, axis: axis) }
      case "log_softmax": return .operation { logSoftmax($0, axis: axis) }
      default: throw GoldenError("\(name) has no axis")
      }
    }
    if try config["approximate"]?.bool() == true {
      return .operation { gelu($0, approximate: true) }
    }
    return .layer(Activation(try function(name)))
  }

  private static func function(_ name: String) throws -> ActivationFunction {
    let words = name.split(separator: "_")
    let camelCase = words.dropFirst().reduce(String(words[0])) { $0 + $1.capitalized }
    guard let function = ActivationFunction(rawValue: camelCase) else {
      throw GoldenError("no activation of ours is \(name)")
    }
    return function
  }

  /// Ours has neither Keras's inverse nor one statistic for all features, but both are settings of
  /// the statistics: `x · deviation + mean` is the normalization by mean `−mean/deviation` and
  /// deviation `1/deviation`.
  private static func normalization(
    _ file: GoldenFile, axis: Settings, isInverse: Bool
  ) throws -> Normalization {
    let data = try file.tensor("adapt")
    guard axis == .number(-1) else {
      let column = try data.reshaped(to: [data.count, 1])
      let one = try Normalization().adapted(to: column)
      let features = data.shape.last ?? 1
      return Normalization(
        mean: [Double](repeating: one.mean[0], count: features),
        variance: [Double](repeating: one.variance[0], count: features))
    }
    let adapted = try Normalization().adapted(to: data)
    guard isInverse else { return adapted }
    return Normalization(
      mean: zip(adapted.mean, adapted.variance).map { -$0 / $1.squareRoot() },
      variance: adapted.variance.map { 1 / $0 })
  }
}
