import MoruGraph
import MoruLayers
import MoruTensors
import Testing

@Suite("Errors name the layer, the types and a next step") struct ErrorTextTests {
  private static func float32(_ shape: Shape) -> TensorType { TensorType(.float32, shape) }

  /// The text of drawing `layer` inside a model, without the place in the source.
  private static func text(_ layer: any Layer, _ inputs: [TensorType]) -> String {
    let symbols = inputs.map { Input($0.shape, dtype: $0.dtype) }
    do {
      let model = try Model(inputs: symbols, outputs: [layer(symbols)])
      _ = try model.declaration(inputs: inputs)
      return "accepted"
    } catch {
      return "\(error)".replacing(/\ \([^ ]*:\d+\)/, with: "")
    }
  }

  static let cases: [(any Layer, [TensorType], String)] = [
    (
      Dense(3), [float32([])],
      "dense (Dense): f32[1] do not fit: its input has no feature axis. Pass [batch, …, features]."
    ),
    (
      Dense(0), [float32([2])],
      "dense (Dense): f32[1, 2] do not fit: it has 0 units. Ask for at least one."
    ),
    (
      Dense(.max), [float32([2])],
      "dense (Dense, weights):  do not fit: the weight dense/kernel of shape "
        + "[2, 9223372036854775807] is larger than any memory. Choose smaller sizes."
    ),
    (
      Conv2D(8, kernel: 3), [float32([28, 28])],
      "conv2d (Conv2D): f32[1, 28, 28] do not fit: its input has rank 3, not 4. "
        + "Pass [batch, height, width, channels]; Reshape adds a channel axis."
    ),
    (
      Conv2D(8, kernel: 3, groups: 3), [float32([28, 28, 4])],
      "conv2d (Conv2D): f32[1, 28, 28, 4] do not fit: 4 channels and 8 filters do not divide into "
        + "3 groups. Choose groups that divide both."
    ),
    (
      Conv2D(8, kernel: 0), [float32([28, 28, 4])],
      "conv2d (Conv2D): f32[1, 28, 28, 4] do not fit: its sizes and counts are not all between 1 "
        + "and 16777216. Choose sizes and counts of at least 1."
    ),
    (
      MaxPooling2D(), [float32([8])],
      "max_pooling2d (MaxPooling2D): f32[1, 8] do not fit: its input has rank 2, not 4. "
        + "Pass [batch, height, width, channels]."
    ),
    (
      AveragePooling2D(2, strides: 0), [float32([8, 8, 1])],
      "average_pooling2d (AveragePooling2D): f32[1, 8, 8, 1] do not fit: its window or strides are "
        + "not between 1 and 16777216. Choose sizes of at least 1."
    ),
    (
      GlobalAveragePooling2D(), [float32([8])],
      "global_average_pooling2d (GlobalAveragePooling2D): f32[1, 8] do not fit: its input has rank "
        + "2, not 4. Pass [batch, height, width, channels]."
    ),
    (
      BatchNormalization(), [float32([])],
      "batch_normalization (BatchNormalization): f32[1] do not fit: its input has no channel axis. "
        + "Pass [batch, …, channels]."
    ),
    (
      Normalization(), [float32([3])],
      "normalization (Normalization): f32[1, 3] do not fit: it has not seen data yet. "
        + "Call adapted(to:) with the training inputs."
    ),
    (
      Normalization(mean: [1, 2], variance: [1, 1]), [float32([3])],
      "normalization (Normalization): f32[1, 3] do not fit: it was adapted to 2 features. "
        + "Adapt it to data of the same features."
    ),
    (
      Dropout(1.5), [float32([3])],
      "dropout (Dropout): f32[1, 3] do not fit: its rate is 1.5. "
        + "Choose a rate of at least 0, below 1."
    ),
    (
      Reshape([2, 2]), [float32([3])],
      "reshape (Reshape): f32[1, 3] do not fit: samples of shape [3] do not fill [2, 2]. "
        + "Choose a target shape of as many elements."
    ),
    (
      Add(), [float32([3]), float32([4])],
      "add (Add, add): f32[1, 3] and f32[1, 4] do not fit: shapes [1, 3] and [1, 4] differ. "
        + "Make the shapes equal, or 1 where they should broadcast."
    ),
    (
      Concatenate(axis: 1), [float32([3, 2]), float32([3, 4])],
      "concatenate (Concatenate, concatenate): f32[1, 3, 2] and f32[1, 3, 4] do not fit: "
        + "they differ in more than axis 1. Make the other axes and element types equal."
    ),
    (
      DepthwiseConv2D(kernel: 3, depthMultiplier: 0), [float32([8, 8, 2])],
      "depthwise_conv2d (DepthwiseConv2D): f32[1, 8, 8, 2] do not fit: its sizes and counts are "
        + "not all between 1 and 16777216. Choose sizes and counts of at least 1."
    ),
    (
      SeparableConv2D(4, kernel: 3), [float32([8, 8])],
      "separable_conv2d (SeparableConv2D): f32[1, 8, 8] do not fit: its input has rank 3, not 4. "
        + "Pass [batch, height, width, channels]; Reshape adds a channel axis."
    ),
    (
      SeparableConv2D(4, kernel: 9), [float32([8, 8, 2])],
      "separable_conv2d (SeparableConv2D, convolution): f32[1, 8, 8, 2] and f32[9, 9, 1, 2] do not "
        + "fit: a window of 9 does not fit into 8 elements along spatial axis 0. "
        + "Use a smaller kernel, same padding, or larger pictures."
    ),
    (
      Conv2DTranspose(0, kernel: 3), [float32([8, 8, 2])],
      "conv2d_transpose (Conv2DTranspose): f32[1, 8, 8, 2] do not fit: its sizes and counts are "
        + "not all between 1 and 16777216. Choose sizes and counts of at least 1."
    ),
    (
      LayerNormalization(axes: [0]), [float32([3])],
      "layer_normalization (LayerNormalization): f32[1, 3] do not fit: axes [0] are not different "
        + "axes after the batch axis. Choose axes in 1..<2, or −1 for the last."
    ),
    (
      LayerNormalization(axes: [1, -1]), [float32([3])],
      "layer_normalization (LayerNormalization): f32[1, 3] do not fit: axes [1, -1] are not "
        + "different axes after the batch axis. Choose axes in 1..<2, or −1 for the last."
    ),
    (
      MultiHeadAttention(heads: 0, keyDimension: 3), [float32([5, 3])],
      "multi_head_attention (MultiHeadAttention): f32[1, 5, 3] do not fit: heads and dimensions are "
        + "not all between 1 and 16777216. Choose numbers of at least 1."
    ),
    (
      MultiHeadAttention(heads: 2, keyDimension: 3), [float32([5])],
      "multi_head_attention (MultiHeadAttention): f32[1, 5] do not fit: its inputs are not one to "
        + "three sequences. Pass [batch, time, features]: the query, then the value, then the key."
    ),
    (
      MultiHeadAttention(heads: 2, keyDimension: 3),
      [float32([5, 3]), float32([4, 3]), float32([3, 3])],
      "multi_head_attention (MultiHeadAttention): f32[1, 5, 3] and f32[1, 4, 3] and f32[1, 3, 3] do "
        + "not fit: batch sizes differ, or value and key differ in time steps. "
        + "Pass as many keys as values, and one of each for each sample."
    ),
    (
      MultiHeadAttention(heads: 2, keyDimension: 3, dropout: 1), [float32([5, 3])],
      "multi_head_attention (MultiHeadAttention): f32[1, 5, 3] do not fit: its dropout is 1.0. "
        + "Choose a rate of at least 0, below 1."
    ),
    (
      Embedding(0, 3), [TensorType(.int32, [4])],
      "embedding (Embedding): i32[1, 4] do not fit: its table is empty. "
        + "Choose dimensions of at least 1."
    ),
    (
      LeakyReLU(-1), [float32([3])],
      "leaky_re_lu (LeakyReLU): f32[1, 3] do not fit: its slope is -1.0. "
        + "Choose a slope of at least 0."
    ),
    (
      ReLU(threshold: -1), [float32([3])],
      "re_lu (ReLU): f32[1, 3] do not fit: maxValue, negativeSlope and threshold are not all at "
        + "least 0. Choose numbers of at least 0."
    ),
    (
      ZeroPadding2D(Padding2D(-1, 0)), [float32([8, 8, 1])],
      "zero_padding2d (ZeroPadding2D): f32[1, 8, 8, 1] do not fit: its padding is not between 0 and "
        + "16777216. Choose numbers of at least 0."
    ),
    (
      UpSampling2D(2), [float32([8])],
      "up_sampling2d (UpSampling2D): f32[1, 8] do not fit: its input has rank 2, not 4. "
        + "Pass [batch, height, width, channels]."
    ),
    (
      GlobalMaxPooling2D(), [float32([8])],
      "global_max_pooling2d (GlobalMaxPooling2D): f32[1, 8] do not fit: its input has rank 2, not "
        + "4. Pass [batch, height, width, channels]."
    ),
    (
      GlobalAveragePooling1D(), [float32([8])],
      "global_average_pooling1d (GlobalAveragePooling1D): f32[1, 8] do not fit: its input has rank "
        + "2, not 3. Pass [batch, time, features]."
    ),
    (
      Multiply(), [float32([3]), float32([4])],
      "multiply (Multiply, multiply): f32[1, 3] and f32[1, 4] do not fit: shapes [1, 3] and [1, 4] "
        + "differ. Make the shapes equal, or 1 where they should broadcast."
    ),
    (
      Flatten(), [float32([3]), float32([4])],
      "flatten (Flatten): f32[1, 3] and f32[1, 4] do not fit: it takes one input, not 2. "
        + "Merge the inputs first."
    ),
  ]

  @Test("of every layer that can be given the wrong thing", arguments: cases.indices)
  func snapshots(place: Int) {
    let (layer, inputs, text) = Self.cases[place]
    #expect(Self.text(layer, inputs) == text)
  }

  @Test("axes that do not exist do not trap", arguments: [-9, -3, 2, 7])
  func axes(axis: Int) {
    let text = Self.text(Concatenate(axis: axis), [Self.float32([3]), Self.float32([3])])
    #expect(text.hasPrefix("concatenate (Concatenate, concatenate): "), "\(text)")
  }

  @Test("the innermost layer is named with its whole path, and the caller's line")
  func place() {
    let model = Sequential {
      Sequential(name: "features") {
        Flatten()
        Conv2D(4, kernel: 3)
      }
      Dense(3)
    }
    var text = ""
    do {
      _ = try model.declaration(inputs: [Self.float32([8, 8, 1])])
    } catch {
      text = "\(error)"
    }
    #expect(text.hasPrefix("features/conv2d (Conv2D): f32[1, 64] do not fit"))
    #expect(text.contains(/\(ErrorTextTests\.swift:\d+\)/), "\(text)")
  }

  @Test("a shared layer that is called on inputs of unequal size says so")
  func sharedLayer() throws {
    let dense = Dense(2, name: "embed")
    let (x, y) = (Input([3]), Input([4]))
    let model = try Model(inputs: [x, y], outputs: [dense(x), dense(y)])
    #expect {
      _ = try model.declaration(inputs: [Self.float32([3]), Self.float32([4])])
    } throws: {
      "\($0)".contains(
        "the weight embed/kernel is f32[3, 2] since the layer's first call, this call needs "
          + "f32[4, 2]. Call a shared layer on inputs of equal size, or give it weights of its own: "
          + ".fresh().")
    }
  }

  @Test("models say how many inputs they have")
  func inputCount() throws {
    let x = Input([3])
    let model = try Model(inputs: x, outputs: Dense(2)(x))
    #expect {
      _ = try model.declaration(inputs: [Self.float32([3]), Self.float32([3])])
    } throws: {
      "\($0)".contains("it was given 2 inputs and takes 1. Pass one tensor for each input.")
    }
  }

  @Test("weights that are missing or of another shape are named")
  func weights() throws {
    let model = Sequential { Dense(2) }
    let declaration = try model.declaration(inputs: [Self.float32([3])])
    var values = declaration.initialValues(seed: 0)
    values["dense/bias"] = HostTensor.zeros([5])
    #expect(
      throws: LayerError.weightMismatch(
        "dense/bias", expected: Self.float32([2]), found: Self.float32([5]))
    ) { _ = try declaration.weights(from: values) }
    values["dense/bias"] = nil
    #expect {
      _ = try declaration.weights(from: values)
    } throws: {
      "\($0)" == "The weight dense/bias of type f32[2] has no value. "
        + "Load weights that were saved from the same architecture."
    }
    var empty = Weights()
    let y = model(.zeros([1, 3]), &empty)
    #expect(y.error?.description.contains("the weight dense/kernel has no value") == true)
    var wrong = Weights(parameters: ["dense/kernel": .zeros([4, 2])])
    let z = model(.zeros([1, 3]), &wrong)
    #expect(
      z.error?.description.contains(
        "the weight dense/kernel is f32[4, 2] where the layer declares f32[3, 2]") == true)
  }

  @Test("losses that are given targets of another shape or type")
  func losses() {
    func text(_ loss: any Loss, _ target: TensorType, _ prediction: TensorType) -> String {
      let values = loss.values(
        target: .placeholder(target), prediction: .placeholder(prediction))
      let text = values.error?.description ?? "accepted"
      return text.replacing(/\ \([^ ]*:\d+\)/, with: "")
    }
    let scores = Self.float32([8, 3])
    #expect(
      text(.meanSquaredError, Self.float32([8, 2]), scores)
        == "meanSquaredError: f32[8, 2] and f32[8, 3] do not fit: targets and predictions differ "
        + "in shape. Make the model's output [2] per sample.")
    #expect(
      text(.sparseCategoricalCrossentropy, Self.float32([8]), scores)
        == "sparseCategoricalCrossentropy: f32[8] and f32[8, 3] do not fit: targets are not one "
        + "class number for each row of scores. Pass whole-number targets of shape [8], or use "
        + "categoricalCrossentropy for one-hot ones.")
    #expect(
      text(.categoricalCrossentropy, TensorType(.int32, [8]), scores)
        == "categoricalCrossentropy: i32[8] and f32[8, 3] do not fit: targets are class numbers, "
        + "not distributions. Use sparseCategoricalCrossentropy for class numbers.")
    // Outputs that say another thing than the loss asks for.
    func outputText(_ loss: any Loss, _ output: Tensor) -> String {
      let error = loss.values(target: .placeholder(output.type), prediction: output).error
      guard case .unfit(_, _, let mismatch, _) = error else { return "accepted" }
      return "\(mismatch.reason). \(mismatch.remedy)"
    }
    let logits = Tensor.placeholder(scores)
    #expect(
      outputText(.binaryCrossentropy, softmax(logits))
        == "the output is a softmax, which lets one label win over the others. Use sigmoid if a "
        + "sample may have several labels, or categoricalCrossentropy if it has one.")
    #expect(
      outputText(.categoricalCrossentropy, sigmoid(logits))
        == "a sigmoid output does not sum to 1 over the classes. Use softmax over several classes if "
        + "each sample has one of them, or sigmoid with binaryCrossentropy if it may have several "
        + "labels.")
    #expect(
      outputText(.categoricalCrossentropy(fromLogits: true), softmax(logits))
        == "the output is a softmax, not logits. Leave out fromLogits, or the softmax.")
    #expect(
      outputText(.binaryFocalCrossentropy(fromLogits: true), sigmoid(logits))
        == "the output is a sigmoid, not logits. Leave out fromLogits, or the sigmoid.")
    #expect(
      outputText(.categoricalCrossentropy, .placeholder(Self.float32([8, 1])))
        .hasPrefix("the output has one class. Use softmax over several classes"))
    #expect(
      outputText(.categoricalFocalCrossentropy(alpha: [1, 2]), softmax(logits))
        == "alpha has 2 numbers. Give one for each class, or one for all of them.")
    #expect(
      outputText(.ctc, logits)
        == "targets are not label sequences, or outputs not scores for each time step. "
        + "Pass whole-number targets [batch, labels] and logits [batch, time, classes].")
    #expect(
      outputText(.triplet, logits)
        == "it compares embeddings by their samples' classes. "
        + "Pass whole-number targets [batch] and predictions [batch, features].")
    for loss in lossCatalog {
      #expect(text(loss, Self.float32([]), Self.float32([])) != "", "no trap on scalars")
    }
  }

  @Test("losses say what is wrong with the targets of a data set")
  func targets() throws {
    func text(_ loss: any Loss, _ targets: [[Float]]) throws -> String {
      let complaint = loss.complaint(about: try HostTensor(targets), output: [3])
      return complaint.map { "\($0.reason). \($0.remedy)" } ?? "accepted"
    }
    #expect(try text(.categoricalCrossentropy, [[0, 1, 0], [0.5, 0.25, 0.25]]) == "accepted")
    #expect(
      try text(.categoricalCrossentropy, [[0, 1, 0], [1, 1, 0]])
        == "a sample has several labels: its target sums to 2.0. Use sigmoid with "
        + "binaryCrossentropy if samples may have any number of labels, or make each target sum "
        + "to 1.")
    #expect(
      try text(.categoricalCrossentropy, [[0, 0, 0]])
        .hasPrefix("a sample's target sums to 0.0, not 1. Use sigmoid"))
    #expect(try text(.binaryCrossentropy, [[0, 1, 1], [0, 0, 0]]) == "accepted")
    func words(_ loss: any Loss, _ targets: [Int32]) -> String {
      let complaint = loss.complaint(about: HostTensor(targets), output: [5, 3])
      return complaint.map { "\($0.reason). \($0.remedy)" } ?? "accepted"
    }
    #expect(words(.sparseCategoricalCrossentropy, [0, 2, 1]) == "accepted")
    #expect(words(.sparseCategoricalCrossentropy(ignoreClass: -1), [0, -1, 1]) == "accepted")
    #expect(
      words(.sparseCategoricalCrossentropy, [0, 3, -1])
        == "a target is class 3, and the output has the classes 0..<3. Give the last layer a unit for "
        + "each class, or ignoreClass for a number that means none.")
    #expect(
      try text(.binaryCrossentropy, [[0, 2]])
        == "a target is 2.0, and labels are 0 for no and 1 for yes. Use meanSquaredError for "
        + "numbers, or sparseCategoricalCrossentropy for class numbers.")
    #expect(
      try text(.poisson, [[3, -1]])
        == "a target is -1.0, and the loss is made for numbers of at least 0. "
        + "Use meanSquaredError or huber for numbers of any sign.")
  }
}
