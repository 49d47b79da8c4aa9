internal import Foundation
internal import MoruArchive

/// A number for each of some classes, as it is written on the command line: `good=1,defect=10`.
public struct LabelledNumbers: Sendable, Equatable {
  /// The numbers by label.
  public let values: [String: Double]

  /// Reads numbers by label.
  ///
  /// - Parameter option: Where they were written, for messages.
  /// - Throws: `WorkflowError.option` for a part that is not `CLASS=NUMBER`, and a class that is named
  ///   twice.
  public init(parsing text: String, option: String) throws(WorkflowError) {
    var values: [String: Double] = [:]
    for part in text.split(separator: ",") {
      // A class's name may hold the sign itself: the last one counts.
      guard let sign = part.lastIndex(of: "="),
        let number = Double(part[part.index(after: sign)...].trimmingCharacters(in: .whitespaces))
      else {
        throw .option(
          option,
          reason: "\(quoted(String(part))) is not CLASS=NUMBER. "
            + "Write one for each class, separated by commas.")
      }
      let label = part[..<sign].trimmingCharacters(in: .whitespaces)
      guard values.updateValue(number, forKey: label) == nil else {
        throw .option(option, reason: "class \(quoted(label)) is named twice. Name it once.")
      }
    }
    self.values = values
  }
}
