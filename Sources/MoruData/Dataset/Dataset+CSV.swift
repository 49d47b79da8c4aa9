public import Foundation
public import MoruTensors

extension Dataset {
  /// A CSV or TSV file as a data set for classification or regression.
  ///
  /// Categories and vocabularies, and with an imputing `missing` also the fills, are learned from
  /// all rows. To learn them from a training part alone, fit a `TableEncoding` with `rows` and use
  /// its `dataset(from:)`.
  ///
  /// - Shapes: one feature `input`, Float32 `[rows] + shape`.
  /// - Parameters:
  ///   - target: The column to be predicted.
  ///   - features: The columns to predict from; all others if nil.
  ///   - categorical: Columns whose numbers are names, not amounts.
  ///   - lookup: Columns with a lookup of their own, which learns its vocabulary unless it has one.
  ///   - text: Columns of texts, whose vectorizations learn their vocabularies unless they have one.
  ///   - shape: The shape of one sample, such as `[8, 8, 1]` for a row of 64 pixels; `[width]` if
  ///     nil.
  ///   - format: How the file is read.
  /// - Throws: `DataError` naming file, line and column.
  public static func csv(
    at url: URL, target: String?, features: [String]? = nil,
    task: TableEncoding.Task = .automatic, categorical: Set<String> = [],
    lookup: [String: StringLookup] = [:], text: [String: TextVectorization] = [:],
    missing: TableEncoding.MissingPolicy = .error, shape: Shape? = nil,
    as format: TableFormat = TableFormat()
  ) throws(DataError) -> Dataset {
    let table = try Table(
      at: url, as: format, asText: categorical.union(lookup.keys).union(text.keys))
    return try TableEncoding(
      fitting: table, target: target, features: features, task: task, categorical: categorical,
      lookup: lookup, text: text, missing: missing, shape: shape
    ).dataset(from: table)
  }
}
