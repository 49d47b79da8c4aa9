import Foundation
import MoruArchive

/// Writes the figures of each epoch as a row of a CSV file.
public struct CSVLogger: Callback {
  private let path: String
  private var text = ""

  /// Writes to the file `path`, which is replaced.
  public init(_ path: String) { self.path = path }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    text = (["epoch"] + training.figureNames + ["seconds"]).joined(separator: ",") + "\n"
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    let figures = training.figureNames.map { name in
      report.figures[name].map { "\($0)" } ?? ""
    }
    text += (["\(report.epoch)"] + figures + ["\(report.seconds)"]).joined(separator: ",") + "\n"
    // The whole file each time, in one step: a reader never sees half a row.
    try AtomicFile.write(Data(text.utf8), to: URL(filePath: path))
  }
}

extension Callback where Self == CSVLogger {
  /// Writes the figures of each epoch as a row of the CSV file `path`.
  public static func csvLogger(_ path: String) -> Self { .init(path) }
}
