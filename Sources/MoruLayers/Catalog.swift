extension LayerCatalog {
  /// The layers of this module, one line each.
  public static let standard = LayerCatalog([
    Activation.self,
    Add.self,
    AveragePooling2D.self,
    BatchNormalization.self,
    Concatenate.self,
    Conv2D.self,
    Dense.self,
    Dropout.self,
    Flatten.self,
    GlobalAveragePooling2D.self,
    MaxPooling2D.self,
    Model.self,
    Normalization.self,
    Rescaling.self,
    Reshape.self,
    Sequential.self,
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
