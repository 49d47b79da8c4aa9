import Foundation
import MoruArchive

/// Writes the figures of each epoch as a row of a CSV file.
///
/// The columns are `epoch`, the figures, and `seconds`; a figure that an epoch has not is empty.
public struct CSVLogger: Callback {
  private let path: String
  private let separator: String
  private let append: Bool
  private var text = ""

  /// Writes to the file `path`.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - separator: What stands between two columns.
  ///   - append: Whether rows are added to a file that is there, for trainings that go on; else it is
  ///     replaced.
  public init(_ path: String, separator: String = ",", append: Bool = false) {
    self.path = path
    self.separator = separator
    self.append = append
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    let header = line(["epoch"] + training.figureNames + ["seconds"])
    text = header
    guard append, FileManager.default.fileExists(atPath: path) else { return }
    let earlier = try String(contentsOfFile: path, encoding: .utf8)
    guard earlier.hasPrefix(header) || earlier.isEmpty else {
      throw TrainingError.callback(
        "csvLogger", reason: "\(path) has other columns than this training",
        remedy: "Choose another file, or leave out append to replace it.")
    }
    if !earlier.isEmpty { text = earlier.hasSuffix("\n") ? earlier : earlier + "\n" }
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    let figures = training.figureNames.map { name in
      report.figures[name].map { "\($0)" } ?? ""
    }
    text += line(["\(report.epoch)"] + figures + ["\(report.seconds)"])
    // The whole file each time, in one step: a reader never sees half a row.
    try AtomicFile.write(Data(text.utf8), to: URL(filePath: path))
  }

  private func line(_ cells: [String]) -> String { cells.joined(separator: separator) + "\n" }
}

extension Callback where Self == CSVLogger {
  /// Writes the figures of each epoch as a row of the CSV file `path`.
  public static func csvLogger(
    _ path: String, separator: String = ",", append: Bool = false
  ) -> Self {
    .init(path, separator: separator, append: append)
  }
}
