public import Foundation
import MoruArchive
import MoruInsight
public import MoruTensors
public import MoruTraining

/// Saves what a generator makes of the same noise after each epoch, as pictures in a grid:
/// `epoch-0001.png` and so on in a folder.
public struct SampleGrid: Callback {
  private let folder: URL
  private let count: Int
  private let classes: [Int]?
  private let frequency: Int
  private let magnification: Int
  private let seed: Seed

  /// Saves grids of pictures.
  ///
  /// - Parameters:
  ///   - folder: It is made if missing; pictures in it are replaced.
  ///   - count: Pictures in the grid, at least 1.
  ///   - classes: The class of each, for a conditional GAN.
  ///   - frequency: After how many epochs, at least 1, a grid is saved each time.
  ///   - magnification: Pixels that an element becomes along each side, 1 to 64.
  ///   - seed: Decides the noise.
  public init(
    _ folder: URL, count: Int = 64, classes: [Int]? = nil, frequency: Int = 1,
    magnification: Int = 1, seed: Seed = 0
  ) {
    self.folder = folder
    self.count = count
    self.classes = classes
    self.frequency = max(frequency, 1)
    self.magnification = magnification
    self.seed = seed
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // What cannot be drawn is refused before anything is trained.
    _ = try await grid(of: training, after: 0)
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    guard report.epoch.isMultiple(of: frequency) else { return }
    let grid = try await grid(of: training, after: report.epoch)
    let number = String(format: "%04d", report.epoch)
    try AtomicFile.write(
      grid.pngData(), to: folder.appending(path: "epoch-\(number).png"))
  }

  private func grid(of training: TrainingControl, after epoch: Int) async throws -> PictureGrid {
    let made = try await training.model(after: epoch).generate(count, classes: classes, seed: seed)
    return try PictureGrid(pictures: made, magnification: magnification)
  }
}
