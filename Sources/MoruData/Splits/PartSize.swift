/// How large a part of samples is: a share, such as `0.2`, or a number, such as `100`.
public enum PartSize: Sendable, Equatable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// Between 0 and 1.
  case share(Double)
  /// At least 1.
  case count(Int)

  public init(floatLiteral value: Double) { self = .share(value) }

  public init(integerLiteral value: Int) { self = .count(value) }

  /// So many of `count`; nil for what is no part.
  func number(of count: Int, rounded rule: FloatingPointRoundingRule) -> Int? {
    switch self {
    case .share(let share):
      share > 0 && share < 1
        ? Int(Split.product(share, of: count).rounded(rule)) : nil
    case .count(let number): (1..<max(count, 2)).contains(number) ? number : nil
    }
  }
}

/// The sizes of a training and a test part, as scikit-learn finds them.
public struct PartSizes: Sendable, Equatable {
  /// How many are learned from.
  public let train: Int
  /// How many are judged on.
  public let test: Int

  /// - Parameter test: `standard` if nil and there is no `train` either, else what `train` leaves.
  /// - Throws: `DataError.folds` for parts that are empty or too large together.
  init(
    test: PartSize?, train: PartSize?, standard: Double, of count: Int, named noun: String,
    by splitter: String
  ) throws(DataError) {
    let testNumber = (test ?? (train == nil ? .share(standard) : nil))?
      .number(of: count, rounded: .up)
    let trainNumber = train?.number(of: count, rounded: .down)
    let isGiven = (test == nil || testNumber != nil) && (train == nil || trainNumber != nil)
    let judged = testNumber ?? count - (trainNumber ?? 0)
    let learned = trainNumber ?? count - judged
    guard isGiven, judged > 0, learned > 0, judged + learned <= count else {
      throw .folds(
        splitter: splitter,
        problem: "\(counted(learned, noun)) to learn from and \(judged) to judge on, "
          + "of \(count)",
        advice: "Use shares between 0 and 1, or numbers, that leave both parts something.")
    }
    (self.train, self.test) = (learned, judged)
  }
}
