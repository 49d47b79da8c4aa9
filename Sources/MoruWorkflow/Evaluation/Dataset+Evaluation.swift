public import Foundation
internal import MoruArchive
public import MoruData
internal import MoruGraph
public import MoruModels
internal import MoruTensors

extension Dataset {
  /// Data with known answers, read as a model's own preprocessing says.
  ///
  /// Of IDX files the test part is taken. Pictures and tables are brought to the model's input as
  /// they are for predictions, and classes are found by name. Of a model of several outputs the columns
  /// of a table have the outputs' names.
  ///
  /// - Throws: `DataError` naming file, line and column; `WorkflowError.unknownLabel` for a class
  ///   that the model does not know, `.unfit` for data of a kind or shape that it does not take.
  public static func forEvaluation(of model: TrainedModel, at url: URL) throws -> Dataset {
    try SampleSet.read(for: model, at: url, isTraining: false, memoryBytes: .max).loaded()
  }

  /// Data that a model is to learn on from, read as for an evaluation; of IDX files the training part is
  /// taken.
  ///
  /// - Throws: As `forEvaluation(of:at:)`.
  public static func forTraining(of model: TrainedModel, at url: URL) throws -> Dataset {
    try SampleSet.read(for: model, at: url, isTraining: true, memoryBytes: .max).loaded()
  }
}

extension SampleSet {
  /// Data with known answers, read as `Dataset.forEvaluation(of:at:)` does; pictures that would take too
  /// much memory stay in their files.
  ///
  /// - Parameter memoryBytes: What pictures may take in memory.
  /// - Throws: As `Dataset.forEvaluation(of:at:)`.
  public static func forEvaluation(
    of model: TrainedModel, at url: URL, memoryBytes: Int = standardMemoryBytes
  ) throws -> SampleSet {
    try read(for: model, at: url, isTraining: false, memoryBytes: memoryBytes)
  }

  fileprivate static func read(
    for model: TrainedModel, at url: URL, isTraining: Bool, memoryBytes: Int
  ) throws -> SampleSet {
    guard let input = model.signature.inputs.first, model.signature.inputs.count == 1 else {
      throw ModelError.inputNames(
        expected: model.signature.inputs.map(\.name), found: [url.lastPathComponent])
    }
    func unfit(_ error: ModelError) -> WorkflowError {
      .unfit(source: url.lastPathComponent, reason: "\(error)")
    }
    func otherType(_ found: Dataset) -> WorkflowError {
      unfit(
        .inputType(
          name: input.name, expected: input.batchDescription,
          found: found.features.map { "\($0.values.type)" }.joined()))
    }
    switch try DataFormat.find(at: url) {
    case .csv:
      if input.content.series != nil {
        throw WorkflowError.unfit(
          source: url.lastPathComponent,
          reason:
            "A model of time series is judged by moru forecast, which walks along the series, or by moru "
            + "anomaly judge if it tells anomalies."
        )
      }
      guard let encoding = input.content.table else {
        throw unfit(.content(expected: input.wanted, found: "a table"))
      }
      return try SampleSet(
        encoding.target == nil || model.signature.outputs.count > 1
          ? .table(at: url, encoding, model.signature, input)
          : encoding.dataset(from: encoding.table(at: url)))
    case .idx:
      let parts = try Dataset.mnist(at: url, labels: model.signature.labels)
      let part = isTraining ? parts.train : parts.test
      guard let found = part.signature.first, found.type == input.type else {
        throw otherType(part)
      }
      return SampleSet(part)
    case .texts:
      guard let encoding = input.content.table else {
        throw unfit(.content(expected: input.wanted, found: "a folder of texts"))
      }
      return SampleSet(try encoding.dataset(from: Table(textsAt: url)))
    case .numpy:
      let arrays = try Dataset.numpy(at: url, forModelWith: model.signature)
      guard arrays.signature.map(\.type) == [input.type] else { throw otherType(arrays) }
      return SampleSet(arrays)
    case .images:
      guard input.content.image != nil else {
        throw unfit(.content(expected: input.wanted, found: "a folder of pictures"))
      }
      return try pictures(at: url, model, input, memoryBytes: memoryBytes)
    }
  }

  private static func pictures(
    at url: URL, _ model: TrainedModel, _ input: ModelInput, memoryBytes: Int
  ) throws -> SampleSet {
    let labels = model.signature.labels ?? []
    var classes: [Int32] = []
    var items: [ImageFolder.Item] = []
    for folder in try PictureParts.find(at: url) {
      let places = try folder.classes.map { name in
        guard let place = labels.firstIndex(of: name) else {
          throw WorkflowError.unknownLabel(
            source: folder.name, label: name, nearest: nearest(name, among: labels))
        }
        return Int32(place)
      }
      classes += folder.items.map { places[Int($0.label)] }
      items += folder.items
    }
    let files = SampleFiles(items, name: input.name, shape: input.shape, dtype: input.dtype) {
      try input.encode(image: ImageFile.read(at: $0.url)).reshaped(to: input.shape)
    }
    let samples = try SampleSet(
      source: url.lastPathComponent, files: files,
      targets: [Dataset.Target(values: .classes(classes, labels: labels))])
    return files.byteCount > memoryBytes ? samples : SampleSet(try samples.loaded())
  }
}

extension Dataset {
  /// A table whose columns have the outputs' names: a class or a number for each; for labels of which a
  /// sample may have several a column for each label, 1 where it is given. An output without columns
  /// is not judged.
  fileprivate static func table(
    at url: URL, _ encoding: TableEncoding, _ signature: ModelSignature, _ input: ModelInput
  ) throws -> Dataset {
    let names = signature.outputs.filter { $0.classLabels != nil }.map(\.name)
    let table = try Table(at: url, asText: encoding.textColumns.union(names))
    var targets: [Target] = []
    for output in signature.outputs {
      switch output.meaning {
      case .labelSet(let labels, _) where labels.contains(where: table.names.contains):
        let columns = try labels.map { label in
          try Target(values: encoding.targets(in: label, labels: nil, of: table)).tensor
            .array(of: Float.self)
        }
        let rows = (0..<table.rowCount).map { row in columns.map { $0[row] } }
        targets.append(
          Target(name: output.name, values: .labelSets(try HostTensor(rows), labels: labels)))
      case .probabilities, .scores, .probability, .value, .labelSet, .forecast, .numbers:
        guard table.names.contains(output.name) else { continue }
        targets.append(
          Target(
            name: output.name,
            values: try encoding.targets(in: output.name, labels: output.classLabels, of: table)))
      }
    }
    guard !targets.isEmpty else {
      throw WorkflowError.noAnswers(
        source: table.source, outputs: signature.outputs.map(\.name))
    }
    return try Dataset(
      source: table.source,
      features: [
        Feature(name: input.name, values: encoding.encode(table).converted(to: input.dtype))
      ],
      targets: targets, encoding: encoding)
  }

  /// The arrays of a `.npz` file that have the names of the model's input and first output; without such
  /// names the first one whose samples fit, and the last other one.
  fileprivate static func numpy(
    at url: URL, forModelWith signature: ModelSignature
  ) throws -> Dataset {
    guard let input = signature.inputs.first, let output = signature.outputs.first else {
      throw WorkflowError.noAnswers(source: url.lastPathComponent, outputs: [])
    }
    let arrays = try NumPy.readArchive(at: url)
    func found(_ name: String) -> String? { arrays.first { $0.name == name }?.name }
    let feature =
      found(input.name)
      ?? arrays.first {
        $0.array.shape.rank > 0 && Array($0.array.shape.dropFirst()) == input.shape.dimensions
      }?.name
    let target = found(output.name) ?? arrays.last { $0.name != feature }?.name
    guard let feature, let target else {
      throw WorkflowError.noAnswers(source: url.lastPathComponent, outputs: [output.name])
    }
    return try numpy(at: url, target: target, features: [feature], labels: signature.labels)
  }
}

extension ModelSignature {
  /// The names of the classes that the first output with classes tells apart; nil if none does.
  public var labels: [String]? { outputs.lazy.compactMap(\.classLabels).first }
}
