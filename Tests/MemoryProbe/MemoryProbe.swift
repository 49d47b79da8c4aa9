import Foundation
import Moru

/// Trains, asks and saves one wide layer, and prints the most memory that the process has had in
/// use, in bytes: before, after `fit`, after `predict`, after saving. A process of its own, because
/// the system keeps the figure for a whole process.
///
/// Arguments: the number of features, which is also that of units, and `sgd` or `adam`.
@main struct MemoryProbe {
  static func main() async throws {
    let arguments = CommandLine.arguments
    let features = arguments.count > 1 ? Int(arguments[1]) ?? 512 : 512
    let optimizer: any Optimizer =
      arguments.last == "adam" ? Adam(learningRate: 1e-4) : SGD(learningRate: 1e-4)
    // What a first training brings in once: code, threads, the processor's name.
    _ = try await train(features: 16, optimizer)
    report("before")
    let trained = try await train(features: features, optimizer)
    report("fit")
    _ = try await Predictor(trained).predict([.zeros([1, features])])
    report("predict")
    let folder = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try trained.save(folder.appending(path: "wide.moru").path)
    report("save")
  }

  private static func train(
    features: Int, _ optimizer: any Optimizer
  ) async throws -> TrainedModel {
    let samples = try Dataset(
      source: "ones",
      features: [.init(values: HostTensor(repeating: Float(1), shape: [8, features]))],
      targets: .values([Float](repeating: 1, count: 8)))
    return try await Sequential {
      Dense(features, activation: .tanh)
      Dense(1)
    }.fit(samples, epochs: 2, batchSize: 4, optimizer: optimizer, loss: .meanSquaredError)
  }

  private static func report(_ stage: String) {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    let kibibytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    print("\(stage) \(kibibytes * 1024)")
  }
}
