import Foundation
import Moru

/// The base of the experiment: CIFAR-10, learned here.
struct PhotoBase {
  /// Training epochs.
  static let epochs = 10
  /// How it learns.
  static let optimizer: any Optimizer = .adam(learningRate: .oneCycle(greatest: 5e-3))
  /// Samples in a step.
  static let batchSize = 128
  /// Decides its weights and the order of pictures.
  static let seed: Seed = 0
  /// Where it is kept for the next run; removing the folder trains it anew.
  static let package = URL(filePath: ".build/experiments/cifar10.moru")

  /// The archive of pictures could not be unpacked.
  private struct Damaged: Error, CustomStringConvertible {
    let archive: String
    let status: Int32

    var description: String {
      "\(archive) could not be unpacked: tar ended with status \(status). Fetch the file again."
    }
  }

  let model: TrainedModel
  /// The share of CIFAR-10's test pictures that it tells right.
  let accuracy: Double

  /// Loads the base, or trains it on the pictures of `cifar10/cifar10_jpg.tar.gz`.
  init(data: URL) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cifar10-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let archive = data.appending(path: "cifar10/cifar10_jpg.tar.gz").path
    let tar = try Process.run(
      URL(filePath: "/usr/bin/env"), arguments: ["tar", "xzf", archive, "-C", folder.path])
    tar.waitUntilExit()
    guard tar.terminationStatus == 0 else {
      throw Damaged(archive: archive, status: tar.terminationStatus)
    }
    let pictures = folder.appending(path: "cifar10")
    let test = try Dataset.images(at: pictures.appending(path: "test"))
    if FileManager.default.fileExists(atPath: Self.package.path) {
      model = try ModelPackage.load(from: Self.package)
    } else {
      model = try await PhotoNetwork.model(side: 32, classes: 10).fit(
        Dataset.images(at: pictures.appending(path: "train")), epochs: Self.epochs,
        batchSize: Self.batchSize, optimizer: Self.optimizer, loss: .sparseCategoricalCrossentropy,
        metrics: [.accuracy], callbacks: [.progress], seed: Self.seed)
      try FileManager.default.createDirectory(
        at: Self.package.deletingLastPathComponent(), withIntermediateDirectories: true)
      try ModelPackage.save(model, to: Self.package)
    }
    accuracy = try await model.evaluate(test)[.accuracy]
  }
}
