public import MoruData
public import MoruLayers
public import MoruModels
public import MoruTensors

/// A learner of windows that are brought to one level and scale first, and whose forecasts are brought back:
/// what the training windows say of centre and scale becomes a ``ReversibleNormalization`` around the model.
///
/// The first feature of each step is the target, as ``SeriesEncoding`` makes windows.
public struct NormalizedWindows: Learner {
  /// What learns from windows of one scale.
  public let learner: any Learner
  /// What a window's target loses.
  public let level: ReversibleNormalization.Level
  /// Whether a window's target is divided by its mean distance from the level, as series of unlike size
  /// need it.
  public let scalesWindows: Bool

  public var name: String { learner.name }

  /// A learner behind a normalization of windows.
  public init(
    _ learner: any Learner, level: ReversibleNormalization.Level = .last,
    scalesWindows: Bool = false
  ) {
    self.learner = learner
    self.level = level
    self.scalesWindows = scalesWindows
  }

  /// - Throws: `ForecastingError.setting` unless the data are windows with targets of several steps; what
  ///   the learner throws.
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    let windows = try WindowValues(data)
    let (center, scale) = windows.centerAndScale
    let inner = try await learner.fit(
      normalized(data, windows, center: center, scale: scale), seed: seed)
    return try TrainedModel(
      layer: ReversibleNormalization(
        inner.layer, center: center, scale: scale, level: level, scalesWindows: scalesWindows),
      weights: inner.weights,
      signature: ModelSignature(
        inputs: [ModelInput(data.signature[0], of: data)], outputs: inner.signature.outputs),
      training: inner.training)
  }

  /// What the layer makes of the windows on the way in, and its reverse of the targets.
  private func normalized(
    _ data: Dataset, _ windows: WindowValues, center: [Double], scale: [Double]
  ) throws -> Dataset {
    let (steps, features, horizon) = (windows.steps, windows.features, windows.horizon)
    var values = windows.values
    for place in values.indices {
      let feature = place % features
      values[place] = (values[place] - center[feature]) / scale[feature]
    }
    var targets = windows.targets.map { ($0 - center[0]) / scale[0] }
    for window in 0..<data.count {
      let places = (0..<steps).map { (window * steps + $0) * features }
      let level =
        switch self.level {
        case .none: 0.0
        case .last: places.last.map { values[$0] } ?? 0
        case .mean: places.map { values[$0] }.mean
        }
      let width =
        scalesWindows
        ? max(
          places.map { abs(values[$0] - level) }.mean, ReversibleNormalization.leastWindowScale)
        : 1
      for place in places { values[place] = (values[place] - level) / width }
      for place in window * horizon..<(window + 1) * horizon {
        targets[place] = (targets[place] - level) / width
      }
    }
    return try Dataset(
      source: data.source,
      features: [
        Dataset.Feature(
          name: data.features[0].name,
          values: HostTensor(values.map(Float.init), shape: data.features[0].values.shape))
      ],
      targets: .tensor(HostTensor(targets.map(Float.init), shape: [data.count, horizon])))
  }
}

/// The numbers of windows `[windows, steps, features]` and their targets `[windows, horizon]`.
private struct WindowValues {
  let steps: Int
  let features: Int
  let horizon: Int
  let values: [Double]
  let targets: [Double]

  init(_ data: Dataset) throws {
    guard data.features.count == 1, data.features[0].values.shape.rank == 3, data.count > 0,
      case .tensor(let tensor)? = data.target, tensor.shape.rank == 2
    else {
      throw ForecastingError.setting(
        "windows", problem: "are not [windows, context, features] with targets [windows, horizon]",
        advice: "Make them by SeriesEncoding.")
    }
    let shape = data.features[0].values.shape
    (steps, features, horizon) = (shape[1], shape[2], tensor.shape[1])
    values = try data.features[0].values.converted(to: .float64).array()
    targets = try tensor.converted(to: .float64).array()
  }

  /// The mean and standard deviation of each feature over all steps; 1 for one that does not vary.
  var centerAndScale: (center: [Double], scale: [Double]) {
    let columns = (0..<features).map { feature in
      stride(from: feature, to: values.count, by: features).map { values[$0] }
    }
    return (
      columns.map(\.mean),
      columns.map { column in
        let deviation = column.standardDeviation
        // Rounding of equal numbers is no variation.
        return deviation > 1e-7 * abs(column.mean) && deviation > 0 ? deviation : 1
      }
    )
  }
}
