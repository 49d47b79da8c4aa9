public import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruMetrics

/// What a person asks of an evaluation, in their own words: classes by name.
public struct EvaluationSetting: Sendable, Equatable {
  /// The class that is looked for, such as the defect; the rarer of two if nil.
  public var positive: String?
  /// The classes' shares of the field, `good=0.999,defect=0.001`, or that of the class looked for.
  public var fieldRatio: String?
  /// What a right answer gains and a wrong one costs, by class: `good=1,defect=10`.
  public var stakes: String?
  /// A table of costs: a row for each true class, a column for each predicted class.
  public var costs: URL?
  /// Data on which the rule of least expected cost is chosen.
  public var validation: URL?
  /// Columns of the table by whose values the samples are parted; `folder` for pictures.
  public var slices: [String]

  /// What a person asks of an evaluation.
  public init(
    positive: String? = nil, fieldRatio: String? = nil, stakes: String? = nil, costs: URL? = nil,
    validation: URL? = nil, slices: [String] = []
  ) {
    self.positive = positive
    self.fieldRatio = fieldRatio
    self.stakes = stakes
    self.costs = costs
    self.validation = validation
    self.slices = slices
  }

  /// The place of the class that is looked for.
  ///
  /// - Parameter supports: The number of samples of each class.
  func positivePlace(_ labels: [String], supports: [Int], source: String) throws -> Int? {
    if let positive { return try place(of: positive, labels, source) }
    guard labels.count == 2 else { return nil }
    return supports[1] <= supports[0] ? 1 : 0
  }

  /// The field's ratio; nil if none is given.
  func field(_ labels: [String], positive: Int?, source: String) throws -> ClassShares? {
    guard let fieldRatio else { return nil }
    if let share = Double(fieldRatio) {
      guard labels.count == 2, let positive else {
        throw WorkflowError.option(
          "--field-ratio",
          reason: "\(fieldRatio) is one share for \(labels.count) classes. "
            + "Write CLASS=SHARE for each class, separated by commas.")
      }
      return try ClassShares((0...1).map { $0 == positive ? share : 1 - share })
    }
    return try ClassShares(numbers("--field-ratio", fieldRatio, labels, source))
  }

  /// What answers cost; nil if nobody says.
  func costMatrix(_ labels: [String], source: String) throws -> CostMatrix? {
    if let stakes { return try CostMatrix(stakes: numbers("--stakes", stakes, labels, source)) }
    guard let costs else { return nil }
    let table = try Table(at: costs)
    guard let heads = table.columns.first, table.rowCount > 0 else {
      throw WorkflowError.unfit(
        source: table.source,
        reason:
          "no costs. Give a first column of true classes, and a column for each predicted one.")
    }
    var rows: [[Double]] = []
    for label in labels {
      guard let row = (0..<table.rowCount).first(where: { heads.text(at: $0) == label }) else {
        throw WorkflowError.unfit(
          source: table.source, reason: "no row for class \(quoted(label)). Add one.")
      }
      rows.append(
        try labels.map { predicted in
          let column = try table.column(predicted)
          guard let number = column.text(at: row).flatMap(Double.init) else {
            throw WorkflowError.unfit(
              source: table.place(ofRow: row),
              reason: "no number in column \(quoted(predicted)). Write what the answer costs.")
          }
          return number
        })
    }
    return try CostMatrix(costs: rows)
  }

  /// `a=1,b=2` as a number for each class.
  private func numbers(
    _ option: String, _ text: String, _ labels: [String], _ source: String
  ) throws -> [Double] {
    let numbers = try LabelledNumbers(parsing: text, option: option).values
    for label in numbers.keys.sorted() { _ = try place(of: label, labels, source) }
    return try labels.map { label in
      guard let number = numbers[label] else {
        throw WorkflowError.option(
          option,
          reason: "nothing for class \(quoted(label)). Write CLASS=NUMBER for each class.")
      }
      return number
    }
  }

  private func place(of label: String, _ labels: [String], _ source: String) throws -> Int {
    guard let place = labels.firstIndex(of: label) else {
      throw WorkflowError.unknownLabel(
        source: source, label: label, nearest: nearest(label, among: labels))
    }
    return place
  }
}
