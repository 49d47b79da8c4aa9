import GoldenKit
import MoruArchive
import MoruGraph
import MoruLayers
import MoruTensors
import Testing

@Suite("Messages of every layer") struct LayerMessageTests {
  /// The error of a model of one layer, without the place in the source.
  private func text(_ layer: any Layer, _ inputs: [Shape]) -> String {
    let samples = inputs.map { Shape(Array($0.dropFirst())) }
    let symbols = samples.map { Input($0) }
    do {
      let model = try Model(inputs: symbols, outputs: [layer(symbols)])
      _ = try model.declaration(inputs: samples.map { TensorType(.float32, $0) })
      return "accepted"
    } catch {
      return "\(error)".replacing(/\ \([^ ]*:\d+\)/, with: "")
    }
  }

  /// What the samples of some kinds say of inputs that they are not made for: of a wrong rank, or of one
  /// input too many if they take any rank.
  private struct Misuse {
    let inputs: [Shape]
    let says: String
    let kinds: [String]

    init(_ inputs: [Shape], _ says: String, _ kinds: String) {
      self.inputs = inputs
      self.says = says
      self.kinds = kinds.split(separator: " ").map(String.init)
    }
  }

  private static let misuses = [
    Misuse(
      [[1, 5, 5]],
      "its input has shape [1, 5, 5], not [batch, features]. Flatten the samples first.",
      "DecisionTrees GaussianDensities NearestNeighbors"),
    Misuse(
      [[1, 3], [1, 4]], "it takes one input, not 2. Merge the inputs first.",
      "Activation ActivityRegularization AlphaDropout CategoryEncoding Discretization Dropout ELU "
        + "Embedding Flatten GaussianDropout GaussianNoise Hashing IntegerLookup LeakyReLU ReLU "
        + "Rescaling StochasticDepth"),
    Misuse(
      [[1, 5]], "its input has rank 2, not 3. Pass [batch, time, features].",
      "AdaptiveAveragePooling1D AdaptiveMaxPooling1D AveragePooling1D Bidirectional ClassToken "
        + "Cropping1D GRU GlobalAveragePooling1D GlobalMaxPooling1D LSTM Masking MaxPooling1D PositionEmbedding RNN "
        + "SimpleRNN SinePositionEncoding SpatialDropout1D UpSampling1D ZeroPadding1D"),
    Misuse(
      [[1, 5]],
      "its input has rank 2, not 3. Pass [batch, time, features]; Reshape adds a channel axis.",
      "Conv1D Conv1DTranspose DepthwiseConv1D SeparableConv1D"),
    Misuse(
      [[1, 5, 5]], "its input has rank 3, not 4. Pass [batch, height, width, channels].",
      "AdaptiveAveragePooling2D AdaptiveMaxPooling2D AveragePooling2D CenterCrop ConvLSTM2DCell "
        + "Cropping2D GaussianFilter GlobalAveragePooling2D GlobalMaxPooling2D MaxPooling2D "
        + "PatchGaussians RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation "
        + "RandomTranslation RandomZoom Resizing SpatialDropout2D UpSampling2D ZeroPadding2D"),
    Misuse(
      [[1, 5, 5]],
      "its input has rank 3, not 4. Pass [batch, height, width, channels]; Reshape adds a channel "
        + "axis.",
      "Conv2D Conv2DTranspose DepthwiseConv2D SeparableConv2D"),
    Misuse(
      [[1, 5, 5, 5]], "its input has rank 4, not 5. Pass [batch, depth, height, width, channels].",
      "AdaptiveAveragePooling3D AdaptiveMaxPooling3D AveragePooling3D ConvLSTM3DCell Cropping3D "
        + "GlobalAveragePooling3D GlobalMaxPooling3D MaxPooling3D SpatialDropout3D UpSampling3D "
        + "ZeroPadding3D"),
    Misuse(
      [[1, 5, 5, 5]],
      "its input has rank 4, not 5. Pass [batch, depth, height, width, channels]; Reshape adds a "
        + "channel axis.",
      "Conv3D Conv3DTranspose"),
    Misuse(
      [[1]], "its input has rank 1, not 2. Pass [batch, features].",
      "GRUCell LSTMCell SimpleRNNCell StackedRNNCells"),
    Misuse(
      [[1, 5]], "its input has rank 2, not 3. Pass [batch, time, channels].", "ConvLSTM1DCell"),
    Misuse(
      [[1, 5]], "its input has rank 2, not 4. Pass [batch, time, time, channels].", "ConvLSTM1D"),
    Misuse(
      [[1, 5, 5]], "its input has rank 3, not 5. Pass [batch, time, height, width, channels].",
      "ConvLSTM2D"),
    Misuse(
      [[1]], "its input has rank 1, not 6. Pass [batch, time, depth, height, width, channels].",
      "ConvLSTM3D"),
    Misuse(
      [[1]], "its input has no feature axis. Pass [batch, …, features].",
      "Checkpointed Dense Frozen Model PReLU QuantizationAware Quantized Sequential "
        + "SpectralNormalization UnitNormalization"
    ),
    Misuse(
      [[1]], "its input has no channel axis. Pass [batch, …, channels].",
      "BatchNormalization LayerScale ReverseChannels"),
    Misuse([[1]], "its input has no channels. Pass [batch, …, channels].", "GroupNormalization"),
    Misuse(
      [[1, 5]],
      "axes [1, 2] are not different axes after the batch axis. Choose axes in 1..<2, or −1 for the "
        + "last.",
      "LayerNormalization"),
    Misuse(
      [[1]], "axis 1 is no axis after the batch axis. Pass [batch, …, features].",
      "RMSNormalization"),
    Misuse(
      [[1, 3]], "it was adapted to 2 features. Adapt it to data of the same features.",
      "Normalization"),
    Misuse(
      [[1, 3]], "it was fitted to 4 features. Pass [batch, …, 4].", "FeatureScaling Imputation"),
    Misuse(
      [[1, 5]],
      "it takes means and the logarithms of variances, [batch, …] each, of equal shapes. Pass two "
        + "outputs of layers of equal size.", "GaussianSampling"),
    Misuse(
      [[1, 5]],
      "it takes what was given and what was given back, [batch, …] each, of equal shapes. Pass two "
        + "outputs of layers of equal size.", "ReconstructionError"),
    Misuse(
      [[1, 5]],
      "it does not look at one picture of features. Pass [batch, height, width, features].",
      "PatchMemory"),
    Misuse(
      [[1, 5]],
      "it takes a score [batch, 1] and perhaps a map. Pass one score a sample first.",
      "AnomalyThreshold"),
    Misuse([[1, 3]], "it shifts 4 classes. Pass [batch, 4].", "PriorShift"),
    Misuse(
      [[1, 3]], "it was fitted to 2 features. Pass [batch, time, 2].", "ReversibleNormalization"),
    Misuse(
      [[1, 3]],
      "its input does not end in 7 coefficients. Put a Dense layer of 7 units before it.",
      "SeriesBasis"),
    Misuse([[1]], "its input has no quantiles. Pass [batch, …, quantiles].", "OrderedQuantiles"),
    Misuse([[1], [1]], "there is no axis 1 in shape [1]. Choose an axis in 0..<1.", "Concatenate"),
    Misuse([[1]], "there is no axis 1 in shape [1]. Choose an axis in -1..<1.", "Softmax"),
    Misuse(
      [[1, 3], [1, 4]],
      "shapes [1, 3] and [1, 4] differ. Make the shapes equal, or 1 where they should broadcast.",
      "Add Average Maximum Minimum Multiply Subtract"),
    Misuse(
      [[1, 5]], "it takes two inputs and an axis of each, not 1 and 2. Pass two inputs.", "Dot"),
    Misuse(
      [[1, 5, 4]],
      "its inputs are not two to three sequences. Pass [batch, time, features]: the query, then the "
        + "value, then the key.",
      "AdditiveAttention Attention"),
    Misuse(
      [[1, 5]],
      "its inputs are not one to three sequences. Pass [batch, time, features]: the query, then the "
        + "value, then the key.",
      "GroupedQueryAttention MultiHeadAttention"),
    Misuse(
      [[1, 5]],
      "abc,cd->abd names 3 axes of a tensor of rank 2. Write a letter for each axis, or pass a tensor "
        + "of 3 axes.",
      "EinsumDense"),
    Misuse(
      [[1, 5]],
      "its input has rank 2, not 3. Pass an axis for each of [2, 1] after the batch axis.",
      "Permute"),
    Misuse([[1, 2, 3]], "its input has rank 3, not 2. Pass [batch, features].", "RepeatVector"),
    Misuse(
      [[1, 5]],
      "samples of shape [5] do not fill [2, 3]. Choose a target shape of as many elements.",
      "Reshape"),
    Misuse(
      [[1, 4]], "its input has rank 2, less than 3. Pass [batch, time, …, features].",
      "RotaryEmbedding"),
    Misuse(
      [[1, 5]], "its input has rank 2, less than 3. Pass [batch, time, …].", "TimeDistributed"),
    Misuse(
      [[1, 5]],
      "axis 1 of the first has 5 elements, axis 1 of the second 4. Make the inner sizes equal.",
      "ONNXGraph"),
  ]

  @Test("tell wrong ranks and numbers of inputs", arguments: misuses.indices)
  func misuse(place: Int) throws {
    let misuse = Self.misuses[place]
    for kind in misuse.kinds {
      let layer = try #require(LayerSamples.layer(of: kind))
      let text = text(layer, misuse.inputs)
      #expect(text.hasPrefix(layer.name ?? ""), "\(kind): \(text)")
      #expect(text.hasSuffix(" do not fit: " + misuse.says), "\(kind): \(text)")
    }
  }

  @Test("no layer of the catalogue is left out")
  func coverage() {
    #expect(
      Self.misuses.flatMap(\.kinds).sorted() == LayerCatalog.standard.kinds.keys.sorted())
  }

  @Test("no rank and no number of inputs traps", arguments: LayerSamples.all.indices)
  func ranks(place: Int) throws {
    let layer = LayerSamples.all[place]
    var inputs = (1...7).flatMap { rank in
      [1, 5].map { [Shape([1] + [Int](repeating: $0, count: rank - 1))] }
    }
    inputs += [
      [[1, 5], [1, 5], [1, 4]], [[1, 5, 3], [1, 2, 4]], [[1, 0, 3]], [[1, 4, 0, 2]],
    ]
    for shapes in inputs {
      let text = text(layer, shapes)
      guard text != "accepted" else { continue }
      #expect(text.hasPrefix(layer.name ?? ""), "\(text)")
      #expect(text.contains("do not fit: ") && text.hasSuffix("."), "\(text)")
    }
    var weights = Weights()
    let error = layer([], &weights)[0].error
    #expect("\(error as Any)".contains("do not fit"), "\(error as Any)")
  }

  private static let cases: [(any Layer, [Shape], String)] = [
    (
      Cropping1D(Padding1D(2, 3)), [[1, 5, 2]],
      "cropping1d (Cropping1D): f32[1, 5, 2] do not fit: cropping [2] before and [3] after leaves "
        + "nothing. Choose numbers of at least 0 that leave an element."
    ),
    (
      Subtract(), [[1, 3]],
      "subtract (Subtract): f32[1, 3] do not fit: it takes two inputs, not 1. "
        + "Pass what to subtract from first."
    ),
    (
      Dot(axes: 1), [[1, 3], [1, 4]],
      "dot (Dot): f32[1, 3] and f32[1, 4] do not fit: axes [1, 1] are not axes of equal size after "
        + "equal batch axes. Choose axes along which both inputs have the same size."
    ),
    (
      Permute([1, 1]), [[1, 3, 4]],
      "permute (Permute): f32[1, 3, 4] do not fit: [1, 1] is no order of the axes 1..<3. "
        + "Name each axis once, from 1 on."
    ),
    (
      GroupNormalization(4), [[1, 3, 6]],
      "group_normalization (GroupNormalization): f32[1, 3, 6] do not fit: 6 channels do not divide "
        + "into 4 groups. Choose groups that divide the channels."
    ),
    (
      SpectralNormalization(Flatten()), [[1, 3]],
      "spectral_normalization (SpectralNormalization): f32[1, 3] do not fit: Flatten has no weight "
        + "named kernel. Wrap a dense or convolution layer."
    ),
    (
      EinsumDense("abc,cd->abd", outputShape: [nil, nil]), [[1, 3, 4]],
      "einsum_dense (EinsumDense): f32[1, 3, 4] do not fit: nothing says how large axis d of "
        + "abc,cd->abd is. Give it in the output shape."
    ),
    (
      GroupedQueryAttention(headDimension: 2, queryHeads: 3, keyValueHeads: 2), [[1, 3, 4]],
      "grouped_query_attention (GroupedQueryAttention): f32[1, 3, 4] do not fit: 3 heads of queries "
        + "do not divide into 2 of keys and values. Choose a number of heads of keys that divides that "
        + "of queries."
    ),
    (
      Discretization([2, 1]), [[1, 3]],
      "discretization (Discretization): f32[1, 3] do not fit: its bin boundaries do not rise. "
        + "Sort them and leave out equal ones."
    ),
    (
      RandomContrast(0.1, valueRange: [1]), [[1, 3, 3, 1]],
      "random_contrast (RandomContrast): f32[1, 3, 3, 1] do not fit: its value range is [1.0]. "
        + "Give the least and the greatest value."
    ),
    (
      Attention(), [[1, 3, 4], [1, 3, 5]],
      "attention (Attention): f32[1, 3, 4] and f32[1, 3, 5] do not fit: query and key differ in "
        + "features. Make them alike, with a Dense layer before one of them."
    ),
    (
      RotaryEmbedding(), [[1, 3, 5]],
      "rotary_embedding (RotaryEmbedding): f32[1, 3, 5] do not fit: its input has 5 features, which "
        + "make no pairs. Pass an even number of features."
    ),
    (
      PReLU(sharedAxes: [2]), [[1, 3]],
      "p_re_lu (PReLU): f32[1, 3] do not fit: axes [2] are not all axes after the batch axis. "
        + "Choose axes in 1..<2."
    ),
    (
      LSTM(2), [[1, 3, 4], [1, 2], [1, 3]],
      "lstm (LSTM): f32[1, 3, 4] and f32[1, 2] and f32[1, 3] do not fit: its initial states are not "
        + "of shape [1, 2], [1, 2]. Pass states for each sample of the batch."
    ),
    (
      StackedRNNCells([]), [[1, 3]],
      "stacked_rnn_cells (StackedRNNCells): f32[1, 3] do not fit: it has no cells. "
        + "Stack at least one."
    ),
    (
      RNN(StackedRNNCells([LSTMCell(2), ConvLSTM2DCell(2, kernel: 3)])), [[1, 3, 4]],
      "rnn (RNN): f32[1, 3, 4] do not fit: its input has rank 2, not 4. "
        + "Pass [batch, height, width, channels]."
    ),
    (
      Bidirectional(LSTM(2, returnState: true)), [[1, 3, 4], [1, 2]],
      "bidirectional (Bidirectional): f32[1, 3, 4] and f32[1, 2] do not fit: it takes one input, or "
        + "one and the states of both directions, not 2. Pass as many states forward as backward."
    ),
    (
      TimeDistributed(Conv2D(2, kernel: 3)), [[1, 3, 4]],
      "time_distributed/conv2d (Conv2D): f32[3, 4] do not fit: its input has rank 2, not 4. "
        + "Pass [batch, height, width, channels]; Reshape adds a channel axis."
    ),
  ]

  @Test("say what was given and what would help", arguments: cases.indices)
  func snapshots(place: Int) {
    let (layer, inputs, text) = Self.cases[place]
    #expect(self.text(layer, inputs) == text)
  }
}
