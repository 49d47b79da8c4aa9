extension LayerCatalog {
  /// The layers of this module, one line each.
  public static let standard = LayerCatalog([
    Activation.self,
    Add.self,
    AveragePooling2D.self,
    BatchNormalization.self,
    Checkpointed.self,
    Concatenate.self,
    Conv2D.self,
    Conv2DTranspose.self,
    Dense.self,
    DepthwiseConv2D.self,
    Dropout.self,
    Embedding.self,
    Flatten.self,
    GRU.self,
    GlobalAveragePooling1D.self,
    GlobalAveragePooling2D.self,
    GlobalMaxPooling2D.self,
    LSTM.self,
    LayerNormalization.self,
    LeakyReLU.self,
    MaxPooling2D.self,
    Model.self,
    MultiHeadAttention.self,
    Multiply.self,
    Normalization.self,
    ReLU.self,
    Rescaling.self,
    Reshape.self,
    SeparableConv2D.self,
    Sequential.self,
    SimpleRNN.self,
    UpSampling2D.self,
    ZeroPadding2D.self,
  ])
}

/// Every loss with its standard settings, one line each.
public let lossCatalog: [any Loss] = [
  BinaryCrossentropy(),
  CategoricalCrossentropy(),
  Huber(),
  MeanAbsoluteError(),
  MeanSquaredError(),
  SparseCategoricalCrossentropy(),
]
