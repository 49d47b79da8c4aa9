internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruWorkflow

/// `moru data augment`
struct DataAugmentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augment",
    abstract: "Draw the pictures that a training will see.",
    discussion: """
      CONFIG is a training configuration with training.augmentation. Each row of the sheet shows a \
      sample as it is and in the first epochs.

      Example: moru data augment training.yaml --sheet sheet.png
      """)

  @Argument(help: ArgumentHelp("The configuration file.", valueName: "config.yaml"))
  var config: String
  @Option(help: ArgumentHelp("The PNG file to write.", valueName: "file"))
  var sheet: String
  @Option(help: ArgumentHelp("Samples to show.", valueName: "n"))
  var samples = 6
  @Option(help: ArgumentHelp("Epochs to show of each.", valueName: "n"))
  var epochs = 7

  func validate() throws {
    for (name, number) in [("--samples", samples), ("--epochs", epochs)] where number < 1 {
      throw ValidationError("\(name) must be at least 1, not \(number).")
    }
  }

  func run() async throws {
    let drawn = try TrainingConfiguration.load(config).contactSheet(
      samples: samples, epochs: epochs)
    try AtomicFile.write(drawn.pngData(), to: URL(filePath: sheet))
    Output(isJSON: false).text("Drew \(drawn.rows.count) samples in \(epochs) epochs: \(sheet)")
  }
}
