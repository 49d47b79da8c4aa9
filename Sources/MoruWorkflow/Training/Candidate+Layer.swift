internal import MoruArchive
internal import MoruData
internal import MoruGraph
internal import MoruLayers
internal import MoruTensors

extension TrainingConfiguration.Candidate {
  /// The model that learns from some data: layers that take their statistics from data have them.
  ///
  /// - Parameter path: The candidate's place in the configuration, for errors.
  /// - Throws: `PlacedError` if the layers are not defined for the data; what reading a file throws.
  func layer(learningFrom data: SampleSet, at path: [any CodingKey]) throws -> any Layer {
    do {
      let adapted = try Self.adapted(layers.map(\.layer), to: data)
      let model = Sequential(adapted)
      _ = try model.declaration(inputs: data.signature.map(\.type))
      return model
    } catch let error as GraphError {
      throw PlacedError(
        DoesNotFit(candidate: "\(name)", error: error), at: path)
    }
  }

  /// Why a candidate cannot learn from the data.
  private struct DoesNotFit: Error, CustomStringConvertible {
    let candidate: String
    let error: GraphError

    var description: String { "candidate \"\(candidate)\": \(error)" }
  }

  private static func adapted(_ layers: [any Layer], to data: SampleSet) throws -> [any Layer] {
    try layers.map { layer in
      switch layer {
      case let normalization as Normalization where normalization.mean.isEmpty:
        return try normalization.adapted(to: data)
      case let sequence as Sequential:
        var copy = Sequential(try adapted(sequence.layers, to: data), name: sequence.name)
        copy.identity = sequence.identity
        return copy
      default: return layer
      }
    }
  }
}

extension Normalization {
  /// The same layer with mean and variance of each entry of the last axis of the first feature, to which
  /// samples in files are added up in the order in which those in memory would be.
  fileprivate func adapted(to samples: SampleSet) throws -> Normalization {
    if let data = samples.data {
      return try data.features.first.map { try self.adapted(to: $0.values) } ?? self
    }
    guard let shape = samples.signature.first?.shape, samples.count > 0 else { return self }
    let features = max(shape.last ?? 1, 1)
    let count = Double(samples.count * shape.elementCount / features)
    func sums(_ term: (Double, _ feature: Int) -> Double) throws -> [Double] {
      var sums = [Double](repeating: 0, count: features)
      try samples.forEachPart { part in
        let values = try part.features[0].values.converted(to: .float64).array(of: Double.self)
        for (place, value) in values.enumerated() {
          sums[place % features] += term(value, place % features) / count
        }
      }
      return sums
    }
    let mean = try sums { value, _ in value }
    let variance = try sums { value, feature in
      let distance = value - mean[feature]
      return distance * distance
    }
    var copy = Normalization(mean: mean, variance: variance, name: name)
    copy.identity = identity
    return copy
  }
}

extension ClassWeight {
  /// The weight of each class of some data by its place.
  ///
  /// - Throws: `PlacedError` for a class that the data do not have, or data without classes.
  func weights(for data: Dataset) throws -> [Int: Double] {
    let path = ["training", "classWeight"].map(AnyKey.init(stringValue:))
    guard let labels = data.labels, let counts = data.classCounts else {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "classWeight", in: "training", allowed: "left out for targets that are numbers"),
        at: path)
    }
    switch self {
    case .balanced:
      let total = Double(data.count)
      return Dictionary(
        uniqueKeysWithValues: counts.enumerated().map { place, count in
          (place, total / (Double(labels.count) * Double(max(count, 1))))
        })
    case .weights(let weights):
      var result: [Int: Double] = [:]
      for (label, weight) in weights {
        guard let place = labels.firstIndex(of: label) else {
          throw PlacedError(
            ConfigurationError.unknown(label, of: "class", among: labels),
            at: path + [AnyKey(stringValue: label)])
        }
        result[place] = weight
      }
      return result
    }
  }
}
