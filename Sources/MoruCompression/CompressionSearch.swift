import MoruCPU
public import MoruData
public import MoruGraph
public import MoruModels
public import MoruTensors

/// Tries ways to make a model smaller, each ever stronger, as long as it keeps to the limits.
public struct CompressionSearch: Sendable {
  /// A smaller model, and what it comes to.
  public struct Trial: Sendable {
    /// The way, as `Compression.title`.
    public let way: String
    /// How much was taken away.
    public let share: Double
    /// What is left.
    public let model: TrainedModel
    /// What it costs and is worth.
    public let figures: CompressionFigures
    /// How much worse it is than the model as it was.
    public let drop: Double
  }

  /// The ways.
  public var ways: [any Compression]
  /// How much of the accuracy may be lost, or by what share the loss may grow; without end if nil.
  public var maxDrop: Double?
  /// The greatest number of packed bytes; any if nil.
  public var targetSize: Int?
  /// Where models are trained and timed.
  public var executor: any Executor = .cpu

  /// A search of a smaller model.
  public init(ways: [any Compression], maxDrop: Double? = nil, targetSize: Int? = nil) {
    self.ways = ways
    self.maxDrop = maxDrop
    self.targetSize = targetSize
  }

  /// Tries the ways.
  ///
  /// A way ends with the first trial that loses more than `maxDrop`, or, if that is not limited, with the
  /// first of at most `targetSize`. Shares at which a way finds nothing to remove are left out.
  ///
  /// - Parameters:
  ///   - model: The model as it is.
  ///   - data: What smaller models learn from.
  ///   - judged: What they are judged on, which they do not learn from.
  ///   - seed: Decides every random choice.
  ///   - progress: Told of each trial.
  /// - Returns: The model's own figures, every trial, and the one that was chosen: of those within the
  ///   limits the smallest, or, if only the size is limited, the one that loses least; nil if there is none.
  /// - Throws: `CompressionError`; what training throws.
  public func callAsFunction(
    _ model: TrainedModel, learningFrom data: Dataset, judgedOn judged: Dataset, seed: Seed,
    progress: @Sendable (Trial) -> Void = { _ in }
  ) async throws -> (before: CompressionFigures, trials: [Trial], chosen: Trial?) {
    if let maxDrop, !(maxDrop >= 0 && maxDrop.isFinite) {
      throw CompressionError.outOfRange("maxDrop", found: "\(maxDrop)", allowed: "at least 0")
    }
    if let targetSize, targetSize < 1 {
      throw CompressionError.outOfRange("targetSize", found: "\(targetSize)", allowed: "at least 1")
    }
    let before = try await model.compressionFigures(on: judged, executor: executor)
    var trials: [Trial] = []
    var refusals: [CompressionError] = []
    for way in ways {
      let name = type(of: way).name
      for share in way.shares {
        let smaller: TrainedModel
        do {
          smaller = try await way.compressed(
            model, share: share, on: data, seed: seed.child(name), executor: executor)
        } catch let error as CompressionError {
          guard case .nothingToCompress = error else { throw error }
          if !refusals.contains(error) { refusals.append(error) }
          continue
        }
        let figures = try await smaller.compressionFigures(on: judged, executor: executor)
        let trial = Trial(
          way: way.title, share: share, model: smaller, figures: figures,
          drop: figures.drop(from: before))
        trials.append(trial)
        progress(trial)
        if isTooMuch(trial) || (maxDrop == nil && isSmall(trial)) { break }
      }
    }
    if trials.isEmpty, let refusal = refusals.first {
      throw refusals.count == 1 ? refusal : CompressionError.nothingInAnyWay(refusals)
    }
    let allowed = trials.filter { !isTooMuch($0) && isSmall($0) }
    let chosen =
      maxDrop == nil
      ? allowed.min {
        ($0.drop, $0.figures.footprint.packedBytes) < ($1.drop, $1.figures.footprint.packedBytes)
      }
      : allowed.min {
        ($0.figures.footprint.packedBytes, $0.drop) < ($1.figures.footprint.packedBytes, $1.drop)
      }
    return (before, trials, chosen)
  }

  /// A drop that is no number is too much in any case.
  private func isTooMuch(_ trial: Trial) -> Bool { !(trial.drop <= maxDrop ?? .infinity) }

  private func isSmall(_ trial: Trial) -> Bool {
    targetSize.map { trial.figures.footprint.packedBytes <= $0 } ?? true
  }
}
