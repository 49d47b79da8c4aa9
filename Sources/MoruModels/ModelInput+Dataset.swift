public import MoruData
import MoruTensors

extension ModelInput {
  /// The input of a model that learns from a feature of a data set.
  ///
  /// - Parameter name: The input's name; the feature's if nil.
  public init(_ feature: Dataset.Signature, of data: Dataset, name: String? = nil) {
    self.init(
      name: name ?? feature.name, dtype: feature.dtype, shape: feature.shape,
      content: InputContent(image: Self.image(feature, in: data), table: data.encoding))
  }

  private static func image(_ feature: Dataset.Signature, in data: Dataset) -> ImageEncoding? {
    let shape = feature.shape
    guard shape.rank == 3, shape[2] == 1 || shape[2] == 3 else { return nil }
    return ImageEncoding(
      height: shape[0], width: shape[1], channels: shape[2],
      brightest: feature.dtype == .uint8 ? 255 : greatest(feature.name, in: data),
      interpolation: data.encoding == nil ? .bilinear : .area)
  }

  /// Pictures that come as numbers reach from 0 to the greatest that was seen.
  private static func greatest(_ name: String, in data: Dataset) -> Double {
    let values = data.features.first { $0.name == name }?.values
    let numbers = try? values?.converted(to: .float32).array(of: Float.self)
    return Double(numbers?.max() ?? 255)
  }
}

extension OutputMeaning {
  /// A number as a target of a data set is one, under the name that the table gives it.
  public static func value(of target: Dataset.Target, in data: Dataset) -> OutputMeaning {
    let name = data.encoding?.target?.name ?? (data.targets.count > 1 ? target.name : "value")
    return .value(name: name, unit: nil)
  }
}
