import Foundation
import Moru

/// Writes what a row's program does, with the least times of its steps in 20 runs, as JSON: for
/// `runner/explain.py`.
func explain(_ name: String) async throws {
  guard let workload = Catalog.workloads.first(where: { $0.name == name }),
    let (program, inputs) = try await workload.program()
  else {
    try FileHandle.standardError.write(
      contentsOf: Data("\(name) is no row with a program; --list names the rows\n".utf8))
    exit(1)
  }
  let executor = CPUExecutor.cpu
  let explanation = Explanation(
    ceiling: try await executor.ceiling(),
    program: try await executor.explanation(of: program, timing: inputs, runs: 20))
  try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(explanation))
}

private struct Explanation: Encodable {
  let ceiling: MachineCeiling
  let program: ProgramExplanation
}
