public import Foundation
public import MoruData

/// Reports on data before anything is learned from them.
public enum DataInspection {
  /// One report for each part that the data come in: a table or a folder of pictures is one part,
  /// IDX files are two.
  ///
  /// - Parameter target: The column whose classes are counted, for tables.
  /// - Throws: `DataError` naming file, line and column.
  public static func reports(
    at url: URL, target: String?
  ) throws -> [(part: String, report: DataReport)] {
    switch try DataFormat.find(at: url) {
    case .csv: return [("data", try DataReport(Table(at: url), target: target))]
    case .images: return [("data", try DataReport(imagesAt: url))]
    case .idx:
      let (train, test) = try Dataset.mnist(at: url)
      return [("train", DataReport(train)), ("test", DataReport(test))]
    }
  }
}
