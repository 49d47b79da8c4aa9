import MoruArchive
public import MoruGraph
public import MoruLayers
import MoruTensors

/// Layers to try things with.
public enum LayerSamples {
  /// One layer of each kind with no setting at its default.
  public static let all: [any Layer] = [
    Activation(.leakyRelu, name: "a"),
    Add(name: "b"),
    AveragePooling2D(Size2D(2, 3), strides: Size2D(1, 2), padding: .same, name: "c"),
    BatchNormalization(
      momentum: 0.5, epsilon: 1e-5, center: false, scale: false, betaInitializer: .ones,
      gammaInitializer: .zeros, movingMeanInitializer: .constant(0.5),
      movingVarianceInitializer: .constant(2), betaRegularizer: .l1(0.1),
      gammaRegularizer: .l2(0.1),
      betaConstraint: .nonNeg, gammaConstraint: .maxNorm(3), name: "d"),
    Concatenate(axis: 1, name: "e"),
    Conv2D(
      4, kernel: Size2D(3, 5), strides: 2, padding: .same, dilationRate: Size2D(1, 2), groups: 2,
      activation: .relu, useBias: false, kernelInitializer: .heNormal,
      biasInitializer: .constant(0.1), kernelRegularizer: .l1l2(0.1, 0.2),
      biasRegularizer: .l1(0.3), activityRegularizer: .l2(0.4),
      kernelConstraint: .maxNorm(3, axes: [0, 1, 2]), biasConstraint: .nonNeg, name: "f"),
    Dense(
      3, activation: .softmax, useBias: false,
      kernelInitializer: .randomNormal(mean: 1, standardDeviation: 2),
      biasInitializer: .randomUniform(low: -3, high: 1),
      kernelRegularizer: .orthogonal(factor: 0.3, mode: .columns), biasRegularizer: .l1(0.3),
      activityRegularizer: .l2(0.4), kernelConstraint: .unitNorm(axes: [1]),
      biasConstraint: .minMaxNorm(minValue: 0.5, maxValue: 2, rate: 0.5), name: "g"),
    Dropout(0.25, name: "h"),
    Flatten(name: "i"),
    GlobalAveragePooling2D(name: "j"),
    MaxPooling2D(Size2D(2, 3), strides: 1, padding: .same, name: "k"),
    Normalization(mean: [1, 2], variance: [3, 4], name: "l"),
    Rescaling(0.5, offset: -1, name: "m"),
    Reshape([2, 3], name: "n"),
    Sequential(name: "o") { Dense(2) },
    functional(),
    Conv2DTranspose(
      4, kernel: Size2D(3, 5), strides: 2, padding: .same, dilationRate: Size2D(1, 2),
      activation: .relu, useBias: false, kernelInitializer: .heNormal,
      biasInitializer: .constant(0.1), kernelRegularizer: .l1(0.1), name: "q"),
    DepthwiseConv2D(
      kernel: Size2D(3, 5), strides: 2, padding: .same, depthMultiplier: 3, dilationRate: 2,
      activation: .relu, useBias: false, depthwiseInitializer: .heNormal, biasInitializer: .ones,
      depthwiseRegularizer: .l2(0.1), biasRegularizer: .l2(0.2), depthwiseConstraint: .nonNeg,
      biasConstraint: .nonNeg, name: "r"),
    SeparableConv2D(
      4, kernel: Size2D(3, 5), strides: 2, padding: .same, dilationRate: 2, depthMultiplier: 3,
      activation: .relu, useBias: false, depthwiseInitializer: .heNormal,
      pointwiseInitializer: .heUniform, biasInitializer: .ones, depthwiseRegularizer: .l2(0.1),
      pointwiseRegularizer: .l1(0.1), depthwiseConstraint: .nonNeg, pointwiseConstraint: .unitNorm,
      name: "s"),
    Embedding(
      7, 3, embeddingsInitializer: .ones, embeddingsRegularizer: .l2(0.1),
      embeddingsConstraint: .maxNorm(1, axes: [1]), maskZero: true, name: "t"),
    GlobalAveragePooling1D(name: "u"),
    GlobalMaxPooling2D(name: "v"),
    LayerNormalization(axes: [1, 2], epsilon: 1e-5, center: false, scale: false, name: "w"),
    LeakyReLU(0.1, name: "x"),
    MultiHeadAttention(
      heads: 2, keyDimension: 3, valueDimension: 4, outputDimension: 5, dropout: 0.1,
      useBias: false, useCausalMask: true, kernelInitializer: .heNormal, biasInitializer: .ones,
      kernelRegularizer: .l2(0.1), activityRegularizer: .l1(0.1), kernelConstraint: .nonNeg,
      name: "y"),
    Multiply(name: "z"),
    ReLU(maxValue: 6, negativeSlope: 0.1, threshold: 0.5, name: "aa"),
    UpSampling2D(Size2D(2, 3), name: "ab"),
    Checkpointed(name: "ad") { Dense(2) },
    Frozen(Dense(2, name: "ag"), paths: ["kernel"]),
    Quantized(
      Dense(2, name: "ah"),
      products: [
        QuantizedProduct(
          kernel: "kernel", featureAxes: 1, input: QuantizedRange(scale: 0.5, isSigned: true))
      ]),
    QuantizationAware(
      Dense(2, name: "ai"),
      products: [
        QuantizedProduct(
          kernel: "kernel", featureAxes: 1, input: QuantizedRange(scale: 0.25, isSigned: false))
      ], momentum: 0.5),
    ReversibleNormalization(
      Dense(2, name: "norm"), center: [1, 2], scale: [3, 4], level: .mean, scalesWindows: true),
    SeriesBasis(.seasonality, order: 3, length: 5, name: "basis"),
    OrderedQuantiles(name: "ordered"),
    ZeroPadding2D(Padding2D(top: 1, bottom: 2, left: 3, right: 4), name: "ac"),
    LSTM(
      4, activation: .softsign, recurrentActivation: .hardSigmoid, useBias: false,
      kernelInitializer: .heNormal, recurrentInitializer: .glorotNormal, biasInitializer: .ones,
      unitForgetBias: false, kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2),
      biasRegularizer: .l1(0.3), activityRegularizer: .l1(0.1), kernelConstraint: .nonNeg,
      recurrentConstraint: .unitNorm, biasConstraint: .nonNeg, dropout: 0.1, recurrentDropout: 0.2,
      returnSequences: true, returnState: true, goBackwards: true, statefulBatchSize: 2, name: "ad"),
    GRU(
      4, activation: .softsign, recurrentActivation: .hardSigmoid, useBias: false,
      kernelInitializer: .heNormal, recurrentInitializer: .glorotNormal, biasInitializer: .ones,
      resetAfter: false, kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2),
      dropout: 0.1, recurrentDropout: 0.2, returnSequences: true, returnState: true,
      goBackwards: true, statefulBatchSize: 2, name: "ae"),
    SimpleRNN(
      4, activation: .relu, useBias: false, kernelInitializer: .heNormal,
      recurrentInitializer: .glorotNormal, biasInitializer: .ones, kernelRegularizer: .l2(0.1),
      recurrentRegularizer: .l2(0.2), dropout: 0.1, recurrentDropout: 0.2, returnSequences: true,
      returnState: true, goBackwards: true, statefulBatchSize: 2, name: "af"),
    ActivityRegularization(l1: 0.1, l2: 0.2, name: "ba"),
    AdaptiveAveragePooling1D(3, name: "bb"),
    AdaptiveAveragePooling2D(Size2D(2, 3), name: "bc"),
    AdaptiveAveragePooling3D(Size3D(2, 3, 4), name: "bd"),
    AdaptiveMaxPooling1D(3, name: "be"),
    AdaptiveMaxPooling2D(Size2D(2, 3), name: "bf"),
    AdaptiveMaxPooling3D(Size3D(2, 3, 4), name: "bg"),
    AlphaDropout(0.1, name: "bh"),
    Average(name: "bi"),
    AveragePooling1D(3, strides: 1, padding: .same, name: "bj"),
    AveragePooling3D(Size3D(2, 3, 4), strides: 1, padding: .same, name: "bk"),
    Conv1D(
      4, kernel: 3, strides: 2, padding: .causal, dilationRate: 1, groups: 2, activation: .relu,
      useBias: false, kernelInitializer: .heNormal, biasInitializer: .ones,
      kernelRegularizer: .l1(0.1), name: "bl"),
    Conv1DTranspose(4, kernel: 3, strides: 2, kernelRegularizer: .l1(0.1), name: "bm"),
    Conv3D(4, kernel: Size3D(2, 3, 4), strides: 2, kernelRegularizer: .l1(0.1), name: "bn"),
    Conv3DTranspose(
      4, kernel: Size3D(2, 3, 4), strides: 2, kernelRegularizer: .l1(0.1), name: "bo"),
    Cropping1D(Padding1D(1, 2), name: "bp"),
    Cropping2D(Padding2D(2, 1), name: "bq"),
    Cropping3D(Padding3D(before: 1, after: Size3D(1, 2, 3)), name: "br"),
    DepthwiseConv1D(kernel: 3, strides: 2, depthwiseRegularizer: .l1(0.1), name: "bs"),
    Dot(axes: [1, 2], normalize: true, name: "bt"),
    ELU(0.5, name: "bu"),
    GaussianDropout(0.1, name: "bv"),
    GaussianNoise(0.5, name: "bw"),
    GaussianSampling(weight: 0.5, name: "zf"),
    GlobalAveragePooling3D(keepDimensions: true, name: "bx"),
    GlobalMaxPooling1D(keepDimensions: true, name: "by"),
    GlobalMaxPooling3D(keepDimensions: true, name: "bz"),
    GroupNormalization(4, epsilon: 1e-5, center: false, scale: false, name: "ca"),
    MaxPooling1D(3, strides: 1, padding: .same, name: "cb"),
    MaxPooling3D(Size3D(2, 3, 4), strides: 1, padding: .same, name: "cc"),
    Maximum(name: "cd"),
    Minimum(name: "ce"),
    PReLU(
      alphaInitializer: .ones, alphaRegularizer: .l2(0.1), alphaConstraint: .nonNeg,
      sharedAxes: [1], name: "cf"),
    Permute([2, 1], name: "cg"),
    RMSNormalization(axis: 1, epsilon: 1e-5, name: "ch"),
    RepeatVector(4, name: "ci"),
    SeparableConv1D(
      4, kernel: 3, strides: 2, depthwiseRegularizer: .l1(0.1), pointwiseRegularizer: .l1(0.1),
      name: "cj"),
    Softmax(axis: 1, name: "ck"),
    SpatialDropout1D(0.1, name: "cl"),
    SpatialDropout2D(0.1, name: "cm"),
    SpatialDropout3D(0.1, name: "cn"),
    ClassToken(
      tokenInitializer: .ones, tokenRegularizer: .l2(0.1), tokenConstraint: .nonNeg, name: "za"),
    LayerScale(
      gammaInitializer: .constant(0.5), gammaRegularizer: .l1(0.1), gammaConstraint: .maxNorm(2),
      name: "zb"),
    ReverseChannels(name: "zc"),
    StochasticDepth(0.5, name: "zd"),
    SpectralNormalization(Dense(2), powerIterations: 2, name: "co"),
    Subtract(name: "cp"),
    UnitNormalization(axes: [1, 2], name: "cq"),
    UpSampling1D(3, interpolation: .bilinear, name: "cr"),
    UpSampling3D(Size3D(2, 3, 4), interpolation: .bilinear, name: "cs"),
    ZeroPadding1D(Padding1D(1, 2), name: "ct"),
    ZeroPadding3D(Padding3D(before: 1, after: Size3D(1, 2, 3)), name: "cu"),
    Bidirectional(GRU(3, goBackwards: true), mergeMode: .ave, name: "da"),
    ConvLSTM1D(
      4, kernel: 3, strides: 2, padding: .same, dilationRate: 3, kernelRegularizer: .l2(0.1),
      recurrentRegularizer: .l2(0.2), name: "db"),
    ConvLSTM2D(
      4, kernel: Size2D(2, 3), strides: 2, padding: .same, dilationRate: 3,
      kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2), name: "dc"),
    ConvLSTM3D(
      4, kernel: 3, strides: 2, padding: .same, dilationRate: 3, kernelRegularizer: .l2(0.1),
      recurrentRegularizer: .l2(0.2), name: "dd"),
    ConvLSTM1DCell(
      4, kernel: 3, kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2), name: "de"),
    ConvLSTM2DCell(
      4, kernel: 3, kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2), name: "df"),
    ConvLSTM3DCell(
      4, kernel: 3, kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2), name: "dg"),
    EinsumDense(
      "abc,cd->abd", outputShape: [nil, 4], biasAxes: "d", activation: .relu,
      kernelInitializer: .ones, biasInitializer: .ones, kernelRegularizer: .l2(0.1), name: "dh"),
    GRUCell(4, kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2), name: "di"),
    LSTMCell(4, kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2), name: "dj"),
    Masking(-1, name: "dk"),
    RNN(
      LSTMCell(4), returnSequences: true, returnState: true, goBackwards: true,
      statefulBatchSize: 2, name: "dl"),
    SimpleRNNCell(4, kernelRegularizer: .l2(0.1), recurrentRegularizer: .l2(0.2), name: "dm"),
    StackedRNNCells([LSTMCell(4), GRUCell(3)], name: "dn"),
    TimeDistributed(Dense(2), name: "do"),
    AdditiveAttention(useScale: false, dropout: 0.1, useCausalMask: true, name: "ea"),
    Attention(
      useScale: true, scoreMode: .concat, dropout: 0.1, useCausalMask: true, name: "eb"),
    GroupedQueryAttention(
      headDimension: 2, queryHeads: 4, keyValueHeads: 2, dropout: 0.1, useBias: false,
      useCausalMask: true, kernelInitializer: .ones, biasInitializer: .ones,
      kernelRegularizer: .l2(0.1), name: "ec"),
    PositionEmbedding(9, embeddingsInitializer: .ones, name: "ed"),
    RotaryEmbedding(maxWavelength: 100, name: "ee"),
    SinePositionEncoding(maxWavelength: 100, name: "ef"),
    CategoryEncoding(5, outputMode: .count, name: "fa"),
    CenterCrop(3, 4, name: "fb"),
    Discretization([0, 1.5], outputMode: .oneHot, name: "fc"),
    Hashing(7, maskValue: 1, outputMode: .oneHot, name: "fd"),
    IntegerLookup([3, 5], numOovIndices: 2, maskToken: 1, outputMode: .oneHot, name: "fe"),
    RandomBrightness(RandomFactor(0.1, 0.2), valueRange: [0, 1], name: "ff"),
    RandomContrast(0.1, valueRange: [0, 1], name: "fg"),
    RandomCrop(3, 4, name: "fh"),
    RandomFlip(.vertical, name: "fi"),
    RandomRotation(0.1, fillMode: .wrap, interpolation: .nearest, name: "fj"),
    RandomTranslation(
      0.1, widthFactor: 0.2, fillMode: .wrap, interpolation: .nearest, name: "fk"),
    RandomZoom(0.1, widthFactor: 0.2, fillMode: .wrap, interpolation: .nearest, name: "fl"),
    DecisionTrees(trees: 4, nodes: 9, depth: 2, outputs: 6, groups: 2, name: "ga"),
    GaussianDensities(3, name: "gb"),
    GaussianDensities(2, covariance: .full, name: "gd"),
    NearestNeighbors(points: 5, outputs: 2, neighbors: 3, weighting: .distance, name: "gc"),
    ONNXGraph(
      ONNXBody(
        inputs: ["x"], outputs: ["y"],
        nodes: [
          ONNXNode(name: "product", op: "MatMul", inputs: ["x", "w"], outputs: ["p"]),
          ONNXNode(name: "", op: "Mul", inputs: ["p", "two"], outputs: ["q"]),
          ONNXNode(
            name: "slope", op: "LeakyRelu", inputs: ["q"], outputs: ["y"],
            attributes: ["alpha": .float(0.3)]),
        ], constants: ["two": ONNXConstant(HostTensor(Float(2)))]),
      operatorSet: 17,
      weights: [
        ONNXGraph.Weight(value: "w", name: "fc/w", shape: [2, 4], order: [1, 0], isState: false)
      ], channelsLast: ["z"], isOneByOne: true, name: "hd"),
    Resizing(3, 4, interpolation: .nearest, cropToAspectRatio: true, name: "fm"),
    FeatureScaling(center: [1, 2, 3, 4], scale: [0.5, 1, 2, 4], name: "ha"),
    Imputation([1, 2, 3, 4], name: "hb"),
    PriorShift(
      trained: [0.1, 0.2, 0.3, 0.4], field: [0.4, 0.3, 0.2, 0.1], fromLogits: true, name: "hc"),
    AnomalyThreshold(
      0.25, falseAlarmRate: 0.05, samples: 30, mapThreshold: 0.5, name: "hd"),
    GaussianFilter(1.5, name: "he"),
    PatchGaussians(channels: [2, 0], name: "hf"),
    PatchMemory(patches: 5, neighbors: 2, name: "hg"),
    ReconstructionError(name: "hh"),
  ]

  /// The sample of a kind.
  public static func layer(of kind: String) -> (any Layer)? {
    all.first { type(of: $0).kind == kind }
  }

  /// Types of inputs, batch axis first, of the sample of a kind that has no golden case.
  public static func inputs(of kind: String) -> [TensorType] {
    func one(_ shape: Shape, _ dtype: DType = .float32) -> [TensorType] {
      [TensorType(dtype, shape)]
    }
    return switch kind {
    case "Hashing": one([2, 3], .int32)
    case "GaussianSampling", "ReconstructionError": one([3, 4]) + one([3, 4])
    case "AnomalyThreshold": one([3, 1])
    case "GaussianFilter", "PatchGaussians", "PatchMemory": one([2, 3, 4, 5])
    case "ClassToken", "PositionEmbedding", "SpatialDropout1D": one([2, 5, 3])
    case "ReversibleNormalization": one([2, 5, 2])
    case "SeriesBasis": one([3, 7])
    case "SpatialDropout2D": one([2, 3, 4, 5])
    case "SpatialDropout3D": one([2, 3, 4, 3, 5])
    case "ConvLSTM3D": one([1, 2, 3, 4, 3, 2])
    case "ConvLSTM3DCell":
      one([1, 5, 4, 6, 2]) + one([1, 3, 2, 4, 4]) + one([1, 3, 2, 4, 4])
    case _ where kind.hasPrefix("Random"): one([2, 6, 7, 3])
    default: one([3, 4])
    }
  }

  private static func functional() -> any Layer {
    let x = Input([4], dtype: .float64)
    let model = try? Model(inputs: ["x": x], outputs: ["y": Dense(2)(x)], name: "p")
    return model ?? Sequential([], name: "impossible")
  }
}
