import MoruGraph
import MoruTensors

extension Sample {
  static let moving: [Sample] = [
    reshapes, transposes, broadcasts, reversals, slices, paddings, concatenations, barriers,
  ].flatMap { $0 }

  private static let anywhere = "all numbers"

  private static let reshapes: [Sample] = {
    let cases: [(Shape, Shape)] = [
      ([2, 6], [3, 4]), ([], [1, 1]), ([0, 4], [2, 0, 5]), ([1], []),
    ]
    return cases.flatMap { from, to in
      each("reshape \(from) to \(to)", isExact: true, smoothDomain: anywhere, .reshape(to)) {
        [Values.spread(from, $0)]
      }
    }
  }()

  private static let barriers: [Sample] = [[2, 3], [], [0, 2]].flatMap { (shape: Shape) in
    each("barrier of \(shape)", isExact: true, smoothDomain: anywhere, .barrier(Barrier())) {
      [Values.spread(shape, $0), Values.spread([3], $0)]
    }
  }

  private static let transposes: [Sample] = {
    let cases: [(Shape, [Int])] = [
      ([2, 3, 4], [2, 0, 1]), ([3, 5], [1, 0]), ([], []), ([0, 2], [1, 0]),
      ([1, 2, 1, 3], [3, 2, 1, 0]),
    ]
    return cases.flatMap { shape, order in
      each(
        "transpose \(shape) by \(order)", isExact: true, smoothDomain: anywhere,
        .transpose(Transpose(permutation: order))
      ) { [Values.spread(shape, $0)] }
    }
  }()

  private static let broadcasts: [Sample] = {
    let cases: [(Shape, Shape, [Int])] = [
      ([3], [2, 3], [1]), ([], [2, 2], []), ([2, 1], [2, 4], [0, 1]), ([2], [2, 3], [0]),
      ([1, 3, 1], [2, 4, 3, 5], [0, 2, 3]), ([1], [0], [0]), ([2], [2, 0], [0]),
    ]
    return cases.flatMap { from, to, axes in
      each(
        "broadcast \(from) to \(to) along \(axes)", isExact: true, smoothDomain: anywhere,
        .broadcast(Broadcast(shape: to, axes: axes))
      ) { [Values.spread(from, $0)] }
    }
  }()

  private static let reversals: [Sample] = {
    let cases: [(Shape, [Int])] = [
      ([5], [0]), ([2, 3, 4], [0, 2]), ([2, 3], []), ([0, 3], [0]),
    ]
    return cases.flatMap { shape, axes in
      each(
        "reverse \(shape) along \(axes)", isExact: true, smoothDomain: anywhere,
        .reverse(Reverse(axes: axes))
      ) { [Values.spread(shape, $0)] }
    }
  }()

  private static let slices: [Sample] = {
    let cases: [(Shape, Slice)] = [
      ([7], Slice(starts: [1], limits: [6], strides: [1])),
      ([7], Slice(starts: [0], limits: [7], strides: [3])),
      ([4, 5], Slice(starts: [1, 0], limits: [3, 5], strides: [1, 2])),
      ([5], Slice(starts: [2], limits: [2], strides: [1])),
      ([], Slice(starts: [], limits: [], strides: [])),
      ([3, 4, 2], Slice(starts: [2, 3, 1], limits: [3, 4, 2], strides: [1, 5, 1])),
    ]
    return cases.flatMap { shape, rule in
      each(
        "slice \(shape) \(rule.attributes)", isExact: true, smoothDomain: anywhere, .slice(rule)
      ) { [Values.spread(shape, $0)] }
    }
  }()

  private static let paddings: [Sample] = {
    let cases: [(Shape, Pad)] = [
      ([3], Pad(low: [1], high: [2], interior: [0])),
      ([2, 3], Pad(low: [0, 1], high: [2, 0], interior: [1, 2])),
      ([0], Pad(low: [2], high: [1], interior: [3])),
      ([], Pad(low: [], high: [], interior: [])),
      ([2, 2], Pad(low: [0, 0], high: [0, 0], interior: [0, 0])),
    ]
    return cases.flatMap { shape, rule in
      each(
        "pad \(shape) \(rule.attributes)", isExact: true, smoothDomain: anywhere, .pad(rule)
      ) { [Values.spread(shape, $0), Values.tensor([1.5], [], $0)] }
    }
  }()

  private static let concatenations: [Sample] = {
    let cases: [([Shape], Int)] = [
      ([[2, 3], [1, 3], [4, 3]], 0), ([[2, 1], [2, 4]], 1), ([[3]], 0), ([[0, 2], [2, 2]], 0),
      ([[2, 0], [2, 0]], 0), ([[0, 2], [0, 1]], 1), ([[2, 1, 2], [2, 3, 2]], 1),
    ]
    return cases.flatMap { shapes, axis in
      each(
        "concatenate \(shapes) along \(axis)", isExact: true, smoothDomain: anywhere,
        .concatenate(Concatenation(axis: axis))
      ) { dtype in
        shapes.enumerated().map { Values.spread($1, dtype, seed: Seed(UInt64($0))) }
      }
    }
  }()
}
