internal import MoruArchive
internal import MoruData
internal import MoruGraph
internal import MoruLayers
internal import MoruTensors

extension TrainingConfiguration.Candidate {
  /// The model that learns from some data: layers that take their statistics from data have them.
  ///
  /// - Parameter place: The candidate's place in the configuration, for errors.
  /// - Throws: `PlacedError` if the layers are not defined for the data.
  func layer(learningFrom data: Dataset, at place: Int) throws -> any Layer {
    do {
      let adapted = try Self.adapted(layers.map(\.layer), to: data)
      let model = Sequential(adapted)
      _ = try model.declaration(inputs: data.signature.map(\.type))
      return model
    } catch let error as GraphError {
      throw PlacedError(
        DoesNotFit(candidate: "\(name)", error: error),
        at: [AnyKey(stringValue: "candidates"), AnyKey(intValue: place)])
    }
  }

  /// Why a candidate cannot learn from the data.
  private struct DoesNotFit: Error, CustomStringConvertible {
    let candidate: String
    let error: GraphError

    var description: String { "candidate \"\(candidate)\": \(error)" }
  }

  private static func adapted(_ layers: [any Layer], to data: Dataset) throws -> [any Layer] {
    try layers.map { layer in
      switch layer {
      case let normalization as Normalization where normalization.mean.isEmpty:
        guard let values = data.features.first?.values else { return layer }
        return try normalization.adapted(to: values)
      case let sequence as Sequential:
        var copy = Sequential(try adapted(sequence.layers, to: data), name: sequence.name)
        copy.identity = sequence.identity
        return copy
      default: return layer
      }
    }
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
