import Foundation

/// Answers the runner, which says line by line in JSON on standard input what to do next:
/// `prepare` a row, `measure` it for some seconds, or its bare step, tell its `peak` of memory,
/// `release` it.
struct Worker {
  private struct Request: Decodable {
    let command: String
    let row: String?
    let seconds: Double?
  }

  private struct Answer: Encodable {
    var error: String?
    var parameters: Int?
    var figure: Double?
    var milliseconds: [Double]?
    var bytes: Int?
  }

  private enum Failure: Error, CustomStringConvertible {
    case unknownRow(String)
    case unknownCommand(String)
    case nothingPrepared

    var description: String {
      switch self {
      case .unknownRow(let name): "There is no row \"\(name)\"."
      case .unknownCommand(let name): "There is no command \"\(name)\"."
      case .nothingPrepared: "No row was prepared."
      }
    }
  }

  private var session: (any Session)?

  /// Answers until standard input ends.
  mutating func run() async throws {
    while let line = readLine() {
      let answer: Answer
      do {
        answer = try await respond(to: JSONDecoder().decode(Request.self, from: Data(line.utf8)))
      } catch {
        answer = Answer(error: "\(error)")
      }
      try FileHandle.standardOutput.write(
        contentsOf: JSONEncoder().encode(answer) + Data("\n".utf8))
    }
  }

  private mutating func respond(to request: Request) async throws -> Answer {
    switch request.command {
    case "prepare":
      session = try await workload(request.row ?? "").start()
      return Answer(parameters: session?.parameterCount, figure: session?.figure)
    case "tune": return Answer()  // Moru has found its own way when it compiled.
    case "measure":
      guard let session else { throw Failure.nothingPrepared }
      return Answer(milliseconds: try await session.measure(for: .seconds(request.seconds ?? 0)))
    case "measure_bare":
      guard let session else { throw Failure.nothingPrepared }
      return Answer(
        milliseconds: try await session.measureBare(for: .seconds(request.seconds ?? 0)))
    case "release":
      try await session?.end()
      session = nil
      return Answer()
    case "peak":
      return Answer(bytes: try session?.peakBytes())
    default: throw Failure.unknownCommand(request.command)
    }
  }

  private func workload(_ name: String) throws -> any Workload {
    guard let found = Catalog.workloads.first(where: { $0.name == name }) else {
      throw Failure.unknownRow(name)
    }
    return found
  }
}
