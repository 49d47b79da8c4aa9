public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruModels
public import MoruTensors

/// Fits a learner to the training part of each fold and judges it on the other.
///
/// Every fold begins anew: with a seed of its own, and with whatever is fitted to data (encodings,
/// preparations, resampling) fitted to its training part. What a model is asked about comes without
/// targets, so that nothing can look them up. Resampled data, and tables that were encoded as a whole,
/// are refused: their samples know each other.
///
/// ```swift
/// let result = try await crossValidate(learner, samples, by: .stratifiedKFold(5, shuffle: 1))
/// print(result)
/// ```
///
/// - Parameters:
///   - learner: A network with its settings, a classical learner, or a pipeline.
///   - data: The samples, without those that the final model is judged on.
///   - splitter: Which samples are on which side.
///   - groups: Which samples belong together, for splitters that look at groups.
///   - seed: Decides every random choice of the fits.
///   - figures: What each fold comes to, by name; may be called once for each fold and output.
///   - executor: Where models are asked.
/// - Throws: `DataError.folds` if the samples cannot be parted so, `.resampled` and `.fittedToAll` for
///   samples that know each other already; what the learner throws; `TrainingError.noTarget` for
///   samples without answers.
/// - Source: Stone 1974, doi:10.1111/j.2517-6161.1974.tb00994.x.
public func crossValidate(
  _ learner: some Learner, _ data: some FoldableData, by splitter: some Splitter,
  groups: [some Hashable & Comparable], seed: Seed = 0,
  figures: FoldFigures = standardFigures, on executor: any Executor = .cpu
) async throws -> CrossValidation {
  try await crossValidate(
    learner, data, folds: data.folds(by: splitter, groups: groups), seed: seed, figures: figures,
    on: executor)
}

/// Fits a learner to the training part of each fold and judges it on the other, where no samples belong
/// together.
///
/// - Throws: As with groups.
public func crossValidate(
  _ learner: some Learner, _ data: some FoldableData, by splitter: some Splitter, seed: Seed = 0,
  figures: FoldFigures = standardFigures, on executor: any Executor = .cpu
) async throws -> CrossValidation {
  try await crossValidate(
    learner, data, folds: data.folds(by: splitter), seed: seed, figures: figures, on: executor)
}

private func crossValidate(
  _ learner: some Learner, _ data: some FoldableData, folds: [Fold], seed: Seed,
  figures: FoldFigures, on executor: any Executor
) async throws -> CrossValidation {
  var outcomes: [CrossValidation.FoldOutcome] = []
  var gathered = GatheredPredictions(count: data.count)
  let clock = ContinuousClock()
  for (place, fold) in folds.enumerated() {
    let (train, held) = try data.cut(train: fold.train, held: [fold.test])
    let start = clock.now
    let model = try await learner.fit(train, seed: seed.child("fold").child(place))
    let fitted = clock.now
    // A model is asked as it will be later: without the answers.
    let predictions = try await model.predictions(held[0].withoutTargets(), on: executor)
    let predicted = clock.now
    try gathered.add(predictions, at: fold.test)
    outcomes.append(
      CrossValidation.FoldOutcome(
        fold: fold, figures: try model.figures(figures, predictions, of: held[0]),
        fitSeconds: (fitted - start) / .seconds(1),
        predictSeconds: (predicted - fitted) / .seconds(1)))
  }
  return CrossValidation(
    learner: learner.name, folds: outcomes, predictions: try gathered.means(),
    timesPredicted: gathered.times)
}

extension TrainedModel {
  /// What the outputs come to whose answers are known; several are named before their figures.
  fileprivate func figures(
    _ figures: FoldFigures, _ predictions: [String: HostTensor], of held: Dataset
  ) throws -> [String: Double] {
    guard !held.targets.isEmpty else { throw TrainingError.noTarget }
    let isOfMany = signature.outputs.count > 1
    var found: [String: Double] = [:]
    for output in signature.outputs {
      let target = held.targets.first { !isOfMany || $0.name == output.name }
      guard let target, let values = predictions[output.name] else { continue }
      let answers = HeldAnswers(
        output: output, predictions: values, truth: target.values,
        sampleWeights: held.sampleWeights)
      for (name, figure) in try figures(answers) {
        found[isOfMany ? "\(output.name)_\(name)" : name] = figure
      }
    }
    return found
  }
}

/// Predictions put in their samples' places.
private struct GatheredPredictions {
  private struct Sum {
    let shape: [Int]
    let dtype: DType
    var values: [Double]
  }

  private(set) var times: [Int]
  private var sums: [String: Sum] = [:]

  init(count: Int) { times = [Int](repeating: 0, count: count) }

  mutating func add(_ predictions: [String: HostTensor], at places: [Int]) throws {
    for place in places { times[place] += 1 }
    for (name, tensor) in predictions {
      let values = try tensor.converted(to: .float64).array(of: Double.self)
      let shape = Array(tensor.shape.dimensions.dropFirst())
      let width = shape.reduce(1, *)
      var sum =
        sums[name]
        ?? Sum(
          shape: shape, dtype: tensor.dtype,
          values: [Double](repeating: 0, count: times.count * width))
      guard sum.shape == shape else { throw TrainingError.foldsDiffer(output: name) }
      for (row, place) in places.enumerated() {
        for column in 0..<width {
          sum.values[place * width + column] += values[row * width + column]
        }
      }
      sums[name] = sum
    }
  }

  /// Means over the folds that a sample was predicted in; NaN for a sample that no fold judges.
  func means() throws -> [String: HostTensor] {
    try sums.mapValues { sum in
      let width = sum.shape.reduce(1, *)
      let means = sum.values.enumerated().map { place, value in
        let times = times[place / width]
        return times == 0 ? Double.nan : value / Double(times)
      }
      return try HostTensor(means, shape: Shape([times.count] + sum.shape))
        .converted(to: sum.dtype.isFloating ? sum.dtype : .float64)
    }
  }
}
