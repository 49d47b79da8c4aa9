import MoruArchive
import MoruData
import MoruGraph
package import MoruModels
package import MoruTensors

extension Dataset {
  /// The features that a model takes, in its order: those of its inputs' names, or, if no feature
  /// has such a name, as many as it takes by their places.
  ///
  /// - Parameter anyLength: Whether the first axis of samples of several may have another length.
  /// - Throws: `TrainingError.missing` with the nearest name; `ModelError.inputType` for a feature
  ///   of another type than the input.
  package func inputs(
    of signature: ModelSignature, anyLength: Bool = false
  ) throws -> [HostTensor] {
    let places = try pairs(
      signature.inputs.map(\.name), with: features.map(\.name), what: .feature)
    return try zip(signature.inputs, places).map { input, place in
      let values = features[place].values
      let ignored = anyLength && input.shape.rank > 1 ? 2 : 1
      guard values.dtype == input.dtype, values.shape.rank == input.shape.rank + 1,
        values.shape.dropFirst(ignored).elementsEqual(input.shape.dropFirst(ignored - 1))
      else {
        throw ModelError.inputType(
          name: input.name, expected: input.batchDescription, found: "\(values.type)")
      }
      return values
    }
  }

  /// The target of each part of an objective: that of its output's name, or, if no target has such
  /// a name, the one at its place among as many.
  ///
  /// - Throws: `TrainingError.noTarget` or `.missing` with the nearest name.
  func targets(of objective: BoundObjective) throws(TrainingError) -> [Target] {
    guard !targets.isEmpty else { throw .noTarget }
    return try pairs(objective.parts.map(\.output), with: targets.map(\.name), what: .target)
      .map { targets[$0] }
  }
}

/// For each wanted name the place of the given one that is meant.
func pairs(
  _ wanted: [String], with given: [String], what: TrainingError.Column
) throws(TrainingError) -> [Int] {
  let places = wanted.map { given.firstIndex(of: $0) }
  if places.allSatisfy({ $0 == nil }), given.count == wanted.count { return Array(given.indices) }
  for (name, place) in zip(wanted, places) where place == nil {
    throw .missing(what, name, found: given, nearest: nearest(name, among: given))
  }
  return places.compactMap { $0 }
}
