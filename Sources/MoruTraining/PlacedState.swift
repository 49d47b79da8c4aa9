import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// A training's state and data on the executor, in the order in which step graphs list them.
struct PlacedState {
  /// Paths of the weights, in the order of `weights`.
  let weightPaths: [String]
  private let executor: any Executor
  private let stateCount: Int
  private let sumCounts: [Int]
  /// The state's tensors, the seed's key, then the columns.
  let all: [any Resident]

  init(
    _ state: TrainingState, key: Seed, columns: Columns, executor: any Executor
  ) async throws {
    let leaves = state.leaves
    let constants = leaves.compactMap(\.constant)
    let values =
      constants.count == leaves.count ? constants : try await executor.values(of: leaves)
    let keyTensor = HostTensor([Int64(bitPattern: key.key)])
    all = try await executor.place(values + [keyTensor] + columns.values)
    weightPaths = state.weights.parameters.keys.sorted() + state.weights.state.keys.sorted()
    stateCount = leaves.count
    sumCounts = state.sums.figures.map(\.count)
    self.executor = executor
  }

  /// The weights, in the order of `weightPaths`.
  var weights: [any Resident] { Array(all[..<weightPaths.count]) }

  /// The factor of the learning rate: the second tensor of the optimizer's state.
  var rateScale: any Resident { all[weightPaths.count + 1] }

  private var sums: [any Resident] {
    Array(all[(stateCount - sumCounts.reduce(0, +))..<stateCount])
  }

  /// Sets the sums of all figures to 0.
  func resetSums() async throws {
    try await executor.write(sums.map { _ in HostTensor(Double(0)) }, to: sums)
  }

  /// The figures of the steps since the sums were last reset.
  func figures(_ objective: Objective) async throws -> [String: Double] {
    let values = try await executor.read(sums).map { try $0.array(of: Double.self)[0] }
    return FigureSums.values(values, counts: sumCounts, objective: objective)
  }
}
