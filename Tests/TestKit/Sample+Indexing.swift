import MoruGraph
import MoruTensors

extension Sample {
  static let indexing: [Sample] = [DType.int32, .int64].flatMap { gathers($0) + scatters($0) }

  /// Indices outside the axis are among them: they are clamped.
  private static func gathers(_ indices: DType) -> [Sample] {
    let cases: [(Shape, axis: Int, form: Shape, places: [Double])] = [
      ([5], 0, [3], [4, 0, 0]), ([4, 3], 0, [2, 2], [3, 1, 1, 0]), ([2, 5, 3], 1, [], [2]),
      ([3, 2], 1, [4], [-7, 1, 9, 0]), ([4, 2], 0, [0], []), ([0, 3], 1, [2], [1, 2]),
    ]
    return cases.flatMap { shape, axis, form, places in
      each(
        "gather \(shape) axis \(axis) at \(indices.shortName)\(places)", isExact: true,
        smoothDomain: "all numbers", .gather(Gather(axis: axis))
      ) { [Values.spread(shape, $0), Values.tensor(places, form, indices)] }
    }
  }

  private static func scatters(_ indices: DType) -> [Sample] {
    let cases: [(Shape, ScatterAdd, form: Shape, places: [Double])] = [
      ([3], ScatterAdd(axis: 0, size: 5), [3], [4, 0, 0]),
      ([2, 2, 3], ScatterAdd(axis: 0, size: 4), [2, 2], [3, 1, 1, 0]),
      ([2, 3], ScatterAdd(axis: 1, size: 5), [], [2]),
      ([3, 4], ScatterAdd(axis: 1, size: 2), [4], [-7, 1, 9, 0]),
      ([0, 2], ScatterAdd(axis: 0, size: 3), [0], []),
    ]
    return cases.flatMap { shape, rule, form, places in
      each(
        "scatterAdd \(shape) \(rule.attributes) at \(indices.shortName)\(places)",
        smoothDomain: "all numbers", .scatterAdd(rule)
      ) { [Values.tensor(places, form, indices), Values.spread(shape, $0)] }
    }
  }
}
