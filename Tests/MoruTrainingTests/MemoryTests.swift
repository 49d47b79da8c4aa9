import Foundation
import Testing

@Suite("Memory of a training") struct MemoryTests {
  /// The memory that a process has in use at each stage of some work, above what it had before, in
  /// multiples of a square of `features` numbers.
  private func memory(features: Int, _ work: String) throws -> [String: Double] {
    let process = Process()
    // The program lies beside the bundle of these tests.
    let products = Bundle.main.executableURL?.deletingLastPathComponent()
    process.executableURL = products?.appending(path: "MemoryProbe")
    process.arguments = [String(features), work]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var figures: [String: Double] = [:]
    for words in text.split(separator: "\n").map({ $0.split(separator: " ") })
    where words.count == 2 { figures[String(words[0])] = Double(words[1]) }
    let start = try #require(figures["before"])
    return figures.mapValues { ($0 - start) / Double(features * features * 4) }
  }

  /// Weights and gradient are there at once; a copy of the weights would make it three.
  @Test("gradient descent takes the weights, their gradient, and no copy of either")
  func gradientDescent() throws {
    let peaks = try memory(features: 4096, "sgd")
    for stage in ["fit", "predict", "save"] {
      let peak = try #require(peaks[stage])
      #expect(peak > 1 && peak < 2.5, "\(stage): \(peak) times the weights")
    }
  }

  @Test("Adam takes its two moments besides")
  func adam() throws {
    let peak = try #require(try memory(features: 4096, "adam")["save"])
    #expect(peak > 3 && peak < 4.5, "\(peak) times the weights")
  }

  @Test("samples are not there twice")
  func samples() throws {
    let peaks = try memory(features: 4096, "data")
    for stage in ["fit", "evaluate", "predict"] {
      let peak = try #require(peaks[stage])
      #expect(peak < 0.5, "\(stage): \(peak) times the samples")
    }
  }

  @Test("released models give their memory back to the system, every time")
  func models() throws {
    let resident = try memory(features: 7168, "models")
    for round in 1...3 {
      let loaded = try #require(resident["loaded\(round)"])
      let released = try #require(resident["released\(round)"])
      #expect(loaded > 0.9, "\(loaded) times the weights in round \(round)")
      #expect(released < 0.15, "\(released) times the weights after round \(round)")
    }
  }
}
