import MoruArchive
import MoruTensors

/// Which values of a figure are better.
public enum MonitorMode: String, Codable, Sendable, CaseIterable {
  /// What the figure itself says: less for losses and errors, more for accuracies.
  case auto
  /// Smaller ones.
  case min
  /// Greater ones.
  case max

  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let mode = MonitorMode(rawValue: name) else {
      throw PlacedError(
        ConfigurationError.unknown(name, of: "mode", among: Self.allCases.map(\.rawValue)),
        at: decoder.codingPath)
    }
    self = mode
  }
}

/// A figure that is watched and its best value so far.
struct Monitor: Sendable {
  let figure: String
  let mode: MonitorMode
  /// What counts as a gain, at least 0, in the figure's unit.
  let minDelta: Double
  /// The best value so far; nil for none.
  var best: Double?
  private var isGreaterBetter = false

  init(_ figure: String, mode: MonitorMode, minDelta: Double = 0) {
    self.figure = figure
    self.mode = mode
    self.minDelta = minDelta
  }

  /// Forgets the best value and learns from a training which values are better.
  ///
  /// - Throws: `TrainingError.unknownFigure` if the training does not make the figure.
  mutating func begin(_ training: TrainingControl, best: Double? = nil) throws(TrainingError) {
    guard training.figureNames.contains(figure) else {
      throw training.unknownFigure(figure)
    }
    guard minDelta >= 0 else {
      throw .outOfRange("minDelta", allowed: "at least 0")
    }
    self.best = best
    isGreaterBetter = isGreaterBetter(among: training.isBetterGreater)
  }

  /// Whether greater values of the figure are better.
  ///
  /// - Parameter figures: What figures say of themselves.
  func isGreaterBetter(among figures: [String: Bool]) -> Bool {
    switch mode {
    case .auto: figures[figure] == true
    case .min: false
    case .max: true
    }
  }

  /// Whether a value is better than another by more than the least difference; any value but NaN is
  /// better than none.
  func isBetter(_ value: Double, than other: Double?) -> Bool {
    guard let other else { return !value.isNaN }
    return isGreaterBetter ? value - minDelta > other : value + minDelta < other
  }

  /// Takes a value as the best one if it is.
  mutating func improves(with value: Double) -> Bool {
    guard isBetter(value, than: best) else { return false }
    best = value
    return true
  }
}

extension TrainingControl {
  /// The error that a training does not make a figure.
  func unknownFigure(_ name: String) -> TrainingError {
    .unknownFigure(name, known: figureNames, nearest: nearest(name, among: figureNames))
  }
}

/// What a callback keeps of its numbers when a training is backed up.
extension [String: HostTensor] {
  /// A number by its name; nil for one that is not there.
  subscript(number name: String) -> Double? {
    get { self[name].flatMap { try? $0.array(of: Double.self).first } }
    set { self[name] = newValue.map { HostTensor($0) } }
  }
}
