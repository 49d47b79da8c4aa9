import MoruGraph
import MoruTensors

extension Sample {
  static let reducing: [Sample] = [reductions, edges, greatest, cumulative].flatMap { $0 }

  private static let reductions: [Sample] = Reduce.Kind.allCases.flatMap { kind in
    let cases: [(Shape, [Int])] = [
      ([6], [0]), ([3, 4], [0]), ([3, 4], [1]), ([2, 3, 4], [0, 2]), ([2, 3, 2], [0, 1, 2]),
      ([2, 3], []), ([0, 3], [0]), ([0, 3], [1]), ([3, 0], [1]), ([], []),
    ]
    return cases.flatMap { shape, axes in
      each(
        "reduce \(kind) of \(shape) over \(axes)", isExact: kind == .maximum || kind == .minimum,
        smoothDomain: "no two alike", .reduce(Reduce(kind: kind, axes: axes))
      ) {
        // Not around 0: a sum that cancels has no digits left to compare.
        [Values.spread(shape, $0, in: -1.3...3)]
      }
    }
  }

  private static let edges: [Sample] =
    Reduce.Kind.allCases.flatMap { kind in
      each(
        "reduce \(kind) of special", of: [.float32, .float64],
        .reduce(Reduce(kind: kind, axes: [1]))
      ) {
        [
          Values.tensor(
            [1, .nan, 2, .infinity, 1, 2, -.infinity, 0, 1, .nan, .infinity, -.infinity], [4, 3],
            $0)
        ]
      }
    }
    + [
      each(
        "product with zeros", smoothDomain: "all numbers",
        .reduce(Reduce(kind: .product, axes: [1]))
      ) { [Values.tensor([2, 3, 4, 0, 3, 4, 0, 0, 4], [3, 3], $0)] },
      each("maximum of equals", .reduce(Reduce(kind: .maximum, axes: [0]))) {
        [Values.vector([1, 3, 3, 2], $0)]
      },
      each("sum past the limit", of: [.uint8, .int32], .reduce(Reduce(kind: .sum, axes: [0]))) {
        [Values.vector([2_147_483_647, 200, 200], $0)]
      },
    ].flatMap { $0 }

  private static let greatest: [Sample] = [
    [0, 1, 2].flatMap { axis in
      each("argMax along \(axis)", isExact: true, .argMax(ArgMax(axis: axis))) {
        [Values.spread([3, 4, 2], $0)]
      }
    },
    each("argMax of equals", isExact: true, .argMax(ArgMax(axis: 0))) {
      [Values.vector([1, 3, 3, 2], $0)]
    },
    each("argMax of no rows", isExact: true, .argMax(ArgMax(axis: 1))) {
      [Values.spread([0, 3], $0)]
    },
    each("argMax of special", of: [.float32, .float64], isExact: true, .argMax(ArgMax(axis: 1))) {
      let low = -Double.infinity
      return [
        Values.tensor(
          [1, .nan, 2, .nan, 5, .nan, low, low, low, 3, .infinity, .infinity], [4, 3], $0)
      ]
    },
  ].flatMap { $0 }

  private static let cumulative: [Sample] = {
    let cases: [(Shape, Int)] = [([5], 0), ([2, 4, 3], 1), ([0], 0), ([2, 0], 1), ([3, 2], 0)]
    return cases.flatMap { shape, axis in
      [false, true].flatMap { isExclusive in
        [false, true].flatMap { isReversed in
          let rule = CumulativeSum(axis: axis, isExclusive: isExclusive, isReversed: isReversed)
          return each(
            "cumulativeSum \(shape) \(rule.attributes)", smoothDomain: "all numbers",
            .cumulativeSum(rule)
          ) { [Values.spread(shape, $0)] }
        }
      }
    }
  }()
}
