/// What a metric makes of the counts at a threshold: metrics are written once for any rule.
public protocol ThresholdRule: Sendable {
  /// The rule's word in metrics' names and files: `recall`.
  static var word: String { get }
  /// Whether greater is better.
  static var isBetterGreater: Bool { get }
  /// The figure of one threshold.
  static func value(_ counts: ThresholdCounts) -> Double
}

extension ThresholdRule {
  public static var isBetterGreater: Bool { true }
}

/// `true positives / yeses`; 0 if there is no yes.
public enum PrecisionRule: ThresholdRule {
  public static let word = "precision"
  public static func value(_ counts: ThresholdCounts) -> Double { counts.precision }
}

/// `true positives / positives`; 0 if nothing is true.
public enum RecallRule: ThresholdRule {
  public static let word = "recall"
  public static func value(_ counts: ThresholdCounts) -> Double { counts.recall }
}

/// The recall by its other name.
public enum SensitivityRule: ThresholdRule {
  public static let word = "sensitivity"
  public static func value(_ counts: ThresholdCounts) -> Double { counts.recall }
}

/// `true negatives / negatives`; 0 if everything is true.
public enum SpecificityRule: ThresholdRule {
  public static let word = "specificity"
  public static func value(_ counts: ThresholdCounts) -> Double { counts.specificity }
}

/// How often yes was said rightly.
public enum TruePositivesRule: ThresholdRule {
  public static let word = "truePositives"
  public static func value(_ counts: ThresholdCounts) -> Double { counts.truePositives }
}

/// How often yes was said wrongly.
public enum FalsePositivesRule: ThresholdRule {
  public static let word = "falsePositives"
  public static let isBetterGreater = false
  public static func value(_ counts: ThresholdCounts) -> Double { counts.falsePositives }
}

/// How often no was said rightly.
public enum TrueNegativesRule: ThresholdRule {
  public static let word = "trueNegatives"
  public static func value(_ counts: ThresholdCounts) -> Double { counts.trueNegatives }
}

/// How often no was said wrongly.
public enum FalseNegativesRule: ThresholdRule {
  public static let word = "falseNegatives"
  public static let isBetterGreater = false
  public static func value(_ counts: ThresholdCounts) -> Double { counts.falseNegatives }
}
