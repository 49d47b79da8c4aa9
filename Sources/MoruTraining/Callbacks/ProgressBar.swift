import Foundation
import MoruArchive

/// Shows each epoch's progress and figures on standard error: a live bar on a terminal, a line for
/// each epoch elsewhere.
public struct ProgressBar: Callback {
  private let title: String
  private let isLive: Bool

  /// Progress under a title, such as the model's name.
  public init(_ title: String = "") {
    self.title = title.isEmpty ? "" : title + " "
    isLive = isatty(FileHandle.standardError.fileDescriptor) == 1
  }

  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {
    guard isLive else { return }
    write("\r\u{1B}[K" + Self.line(progress, title: title, epochs: training.epochs))
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    let figures = training.figureNames.compactMap { name in
      report.figures[name].map { "\(name) \($0.significant)" }
    }
    let head = "\(title)epoch \(report.epoch)/\(training.epochs)"
    let time =
      String(format: "%.2f s", report.seconds)
      + (report.dataSeconds.map { String(format: " (%.2f s for data)", $0) } ?? "")
    let line = ([head, time] + figures).joined(separator: "  ")
    write((isLive ? "\r\u{1B}[K" : "") + line + "\n")
  }

  /// The bar as text: epoch, bar, steps, loss, time left.
  static func line(_ progress: StepProgress, title: String, epochs: Int) -> String {
    let width = 24
    let filled = width * progress.step / max(progress.steps, 1)
    let bar =
      String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
    let perStep = progress.elapsed / Double(max(progress.step, 1))
    let left = perStep * Double(progress.steps - progress.step)
    let seconds = Double(left.components.seconds) + Double(left.components.attoseconds) * 1e-18
    return "\(title)epoch \(progress.epoch)/\(epochs) \(bar) \(progress.step)/\(progress.steps)"
      + "  loss \(progress.meanLoss.significant)  " + String(format: "%.1f s left", seconds)
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

extension Callback where Self == ProgressBar {
  /// Shows each epoch's progress and figures on standard error.
  public static var progress: Self { .init() }
  /// Shows each epoch's progress and figures on standard error, under a title.
  public static func progress(_ title: String) -> Self { .init(title) }
}
