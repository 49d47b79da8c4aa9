import Foundation
import Moru

/// Works with one wide layer or many samples and prints the memory that the process has in use, in
/// bytes, after each stage. A process of its own, because the system keeps figures for a whole
/// process.
///
/// Arguments: the number of features, and what is done:
/// - `sgd`, `adam`: a layer of as many units is trained, asked and saved; figures are peaks so far;
/// - `data`: one unit learns from as many samples, is evaluated and asked; figures are peaks so
/// far;
/// - `pictures`: so many pictures of a folder, which is named next, are streamed in batches;
///   figures are peaks so far;
/// - `models`: a layer of as many units is loaded, asked and released, three times; figures are
///   what is there at that time.
@main struct MemoryProbe {
  static func main() async throws {
    let arguments = CommandLine.arguments
    let features = arguments.count > 1 ? Int(arguments[1]) ?? 512 : 512
    switch arguments.last {
    case "data": try await learnFromSamples(features)
    case "models": try await loadAndRelease(features)
    case let folder? where arguments.count > 3 && arguments[2] == "pictures":
      try await stream(features, from: folder)
    case "adam": try await train(features, Adam(learningRate: 1e-4))
    default: try await train(features, SGD(learningRate: 1e-4))
    }
  }

  private static func train(_ features: Int, _ optimizer: any Optimizer) async throws {
    // What a first training brings in once: code, threads, the processor's name.
    _ = try await wideModel(features: 16, optimizer)
    report("before", "VmHWM:")
    let trained = try await wideModel(features: features, optimizer)
    report("fit", "VmHWM:")
    _ = try await Predictor(trained).predict([.zeros([1, features])])
    report("predict", "VmHWM:")
    try await inFolder { try trained.save($0) }
    report("save", "VmHWM:")
  }

  private static func learnFromSamples(_ count: Int) async throws {
    let few = try samples(16, features: 16)
    _ = try await unit(few).predict(few)
    let many = try samples(count, features: count)
    report("before", "VmHWM:")
    let trained = try await unit(many)
    report("fit", "VmHWM:")
    _ = try await trained.evaluate(many)
    report("evaluate", "VmHWM:")
    _ = try await trained.predict(many)
    report("predict", "VmHWM:")
  }

  private static func stream(_ count: Int, from folder: String) async throws {
    report("before", "VmHWM:")
    let pictures = try ImageFolder(at: URL(filePath: folder))
    report("list", "VmHWM:")
    let size = Resize(height: 128, width: 128)
    var streamed = 0
    for try await batch in pictures.samples(augmentedBy: [size, HorizontalFlip()]).prefix(count)
      .batched(32).prefetched().pass()
    {
      streamed += batch.count
    }
    print("streamed \(streamed)")
    report("stream", "VmHWM:")
  }

  private static func loadAndRelease(_ features: Int) async throws {
    let sgd = SGD(learningRate: 1e-4)
    try await inFolder { path in
      try await wideModel(features: 16, sgd).save(path)
      try await ask(path, features: 16)
    }
    report("before", "VmRSS:")
    try await inFolder { path in
      try await wideModel(features: features, sgd).save(path)
      for round in 1...3 {
        try await ask(path, features: features) { report("loaded\(round)", "VmRSS:") }
        // The executor frees what is released when its thread comes to it.
        while await CPUExecutor.shared.memoryByteCount > 0 { await Task.yield() }
        report("released\(round)", "VmRSS:")
      }
    }
  }

  private static func ask(
    _ path: String, features: Int, then report: () -> Void = {}
  ) async throws {
    let predictor = Predictor(try TrainedModel.load(path))
    _ = try await predictor.predict([.zeros([1, features])])
    report()
    withExtendedLifetime(predictor) {}
  }

  private static func wideModel(
    features: Int, _ optimizer: any Optimizer
  ) async throws -> TrainedModel {
    try await Sequential {
      Dense(features, activation: .tanh)
      Dense(1)
    }.fit(
      samples(8, features: features), epochs: 2, batchSize: 4, optimizer: optimizer,
      loss: .meanSquaredError)
  }

  private static func unit(_ samples: Dataset) async throws -> TrainedModel {
    try await Sequential { Dense(1) }.fit(
      samples, epochs: 1, optimizer: SGD(learningRate: 1e-4), loss: .meanSquaredError,
      validation: .data(samples))
  }

  private static func samples(_ count: Int, features: Int) throws -> Dataset {
    try Dataset(
      source: "ones",
      features: [.init(values: HostTensor(repeating: Float(1), shape: [count, features]))],
      targets: .values([Float](repeating: 1, count: count)))
  }

  private static func inFolder(_ body: (_ path: String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appending(path: "wide.moru").path)
  }

  private static func report(_ stage: String, _ figure: String) {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(figure) } ?? ""
    let kibibytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    print("\(stage) \(kibibytes * 1024)")
  }
}
