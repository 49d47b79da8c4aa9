public import MoruData
import MoruTensors

extension Dataset {
  /// The same samples, whose only feature is what is to be given back: for autoencoders.
  ///
  /// - Parameter factor: What each number is multiplied by: 1/255 brings bytes to [0, 1].
  /// - Returns: A feature and a target, both Float32, of one name each: `input`, `output`.
  /// - Throws: `GenerativeError.features` for several features; `DataError` as for any data set.
  public func reconstructing(scaledBy factor: Double = 1) throws -> Dataset {
    guard features.count == 1 else { throw GenerativeError.features(features.map(\.name)) }
    let given = features[0].values
    let numbers = try given.converted(to: .float32).array(of: Float.self)
    let values = try HostTensor(
      factor == 1 ? numbers : numbers.map { $0 * Float(factor) }, shape: given.shape)
    return try Dataset(
      source: source, features: [Feature(name: features[0].name, values: values)],
      targets: .tensor(values), sampleWeights: sampleWeights)
  }
}
