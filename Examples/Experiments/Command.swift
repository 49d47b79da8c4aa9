import ArgumentParser
import Foundation
import Moru

/// Runs an experiment: `swift run -c release Experiments dcgan --data DIR`.
@main
struct Command: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Experiments",
    abstract: "Trains a model and prints its section of docs/results.md.",
    discussion: "Benchmarks/experiments writes all sections.")

  @Argument(help: "The experiment's name.")
  var name: String

  @Option(help: "The folder of the data sets: mnist, fashion_mnist and so on inside.")
  var data: String

  @Option(name: .shortAndLong, help: "The folder for pictures.")
  var output = "docs/images"

  func validate() throws {
    guard experiments.contains(where: { $0.name == name }) else {
      let known = experiments.map { $0.name }.joined(separator: ", ")
      throw ValidationError("There is no experiment '\(name)'. There are: \(known).")
    }
  }

  static func main() async {
    WaitingThreads.giveWay()
    await Self.main(nil)
  }

  func run() async throws {
    let folder = URL(filePath: output, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for experiment in experiments where experiment.name == name {
      let data = URL(filePath: data, directoryHint: .isDirectory)
      print(try await experiment.init(data: data, pictures: folder).run())
    }
  }
}
