import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors

/// A training's state and data on the executor, in the order in which step graphs list them.
struct PlacedState: Sendable {
  /// Paths of the weights, in the order of `weights`.
  let weightPaths: [String]
  private let executor: any Executor
  private let stateCount: Int
  private let slotPlaces: [String: Range<Int>]
  private let meanPlaces: Range<Int>
  private let sumCounts: [Int]
  private let zeroSums: [HostTensor]
  /// The state's tensors, the seed's key, then the columns.
  let all: [any Resident]

  /// - Parameter weights: Where the weights' values come from, by path; for the rest of the state
  ///   its own tensors say.
  init(
    _ state: TrainingState, weights: [String: ValueSource], key: Seed, columns: Columns,
    executor: any Executor
  ) async throws {
    let paths = state.weights.parameters.keys.sorted() + state.weights.state.keys.sorted()
    let leaves = state.leaves
    var sources: [ValueSource] = []
    for (place, leaf) in leaves.enumerated() {
      if let source = place < paths.count ? weights[paths[place]] : ValueSource(leaf) {
        sources.append(source)
      } else {
        sources += try await executor.values(of: [leaf]).map { ValueSource($0) }
      }
    }
    let keyTensor = HostTensor([Int64(bitPattern: key.key)])
    all = try await executor.place(
      sources + ([keyTensor] + columns.residentValues).map { ValueSource($0) })
    weightPaths = paths
    stateCount = leaves.count
    var first = paths.count + 2
    var slotPlaces: [String: Range<Int>] = [:]
    for (path, slots) in zip(paths, state.optimizer.slots) {
      slotPlaces[path] = first..<first + slots.count
      first += slots.count
    }
    self.slotPlaces = slotPlaces
    meanPlaces = first..<first + state.optimizer.means.count
    sumCounts = state.sums.figures.map(\.count)
    zeroSums = state.sums.zeros
    self.executor = executor
  }

  /// Everything that changes from step to step.
  var state: [any Resident] { Array(all[..<stateCount]) }

  /// The weights, in the order of `weightPaths`.
  var weights: [any Resident] { Array(all[..<weightPaths.count]) }

  /// What callbacks may see of it and change.
  func training(_ objective: BoundObjective) -> PlacedTraining {
    PlacedTraining(
      weightPaths: weightPaths, weights: weights, iteration: all[weightPaths.count],
      rateScales: [all[weightPaths.count + 1]], slots: slotPlaces.mapValues { Array(all[$0]) },
      means: Array(all[meanPlaces]),
      averaged: Array(all[..<meanPlaces.count]), state: state
    ) { try await figures(objective) }
  }

  private var sums: [any Resident] {
    Array(all[(stateCount - zeroSums.count)..<stateCount])
  }

  /// Sets the sums of all figures to 0.
  func resetSums() async throws {
    try await executor.write(zeroSums, to: sums)
  }

  /// The figures of the steps since the sums were last reset.
  func figures(_ objective: BoundObjective) async throws -> [String: Double] {
    try FigureSums.values(
      await executor.read(sums), counts: sumCounts, objective: objective)
  }
}
