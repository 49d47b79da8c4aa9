import MoruGraph
import MoruTensors

extension Sample {
  static let creating: [Sample] = [constants, iotas, randoms].flatMap { $0 }

  private static let constants: [Sample] = DType.allCases.flatMap { dtype in
    let shapes: [Shape] = [[5], [0, 3], []]
    return shapes.map { shape in
      let value = Values.spread(shape, dtype)
      return Sample("constant \(value.type)", [], isExact: true) { _ in
        Tensor.applyAll(.constant(value), [])[0]
      }
    }
  }

  private static let iotas: [Sample] = {
    // UInt8 wraps past 255.
    let cases: [(Shape, Int)] = [([3, 4], 1), ([3, 4], 0), ([300], 0), ([0, 2], 1)]
    return cases.flatMap { shape, axis in
      each("iota \(shape) axis \(axis)", isExact: true) {
        .iota(Iota(type: TensorType($0, shape), axis: axis))
      } _: { _ in
        []
      }
    }
  }()

  private static let randoms: [Sample] = {
    let cases: [(Shape, stream: UInt32, step: Int64)] = [
      ([7, 3], 0, 0), ([2, 0], 1, 2), ([5], .max, 0x1_0000_0001), ([], 3, -1),
    ]
    return cases.flatMap { shape, stream, step in
      each("random \(shape) stream \(stream)", isExact: true) {
        .randomUniform(RandomUniform(type: TensorType($0, shape), stream: stream))
      } _: { _ in
        [HostTensor([0x0123_4567_89AB_CDEF, step] as [Int64])]
      }
    }
  }()

  static let unary: [Sample] = Unary.allCases.flatMap { function -> [Sample] in
    let (range, domain) = domain(of: function)
    var samples = each(
      function.rawValue, isExact: isExact(function), smoothDomain: domain, .unary(function)
    ) { [Values.spread([3, 5], $0, in: range)] }
    for shape in [[2, 0, 3], []] as [Shape] {
      samples += each("\(function) \(shape)", isExact: isExact(function), .unary(function)) {
        [Values.spread(shape, $0, in: range)]
      }
    }
    guard function == .absolute || function == .sign else { return samples }
    return samples
      + each(
        "\(function) of negative", isExact: true, smoothDomain: "x < 0", .unary(function)
      ) { [Values.spread([7], $0, in: -2 ... -0.3)] }
  }

  private static func domain(of function: Unary) -> (ClosedRange<Double>, String?) {
    switch function {
    case .absolute, .sign: (0.3...2, "x > 0")
    case .logarithm, .squareRoot, .reciprocalSquareRoot: (0.3...3, "x > 0")
    case .logarithmPlusOne: (-0.6...3, "x > −1")
    case .floor, .ceiling, .roundNearestEven: (0.6...0.9, "between halves and whole numbers")
    case .not, .isFinite: (-2...2, nil)
    default: (-2...2, "all numbers")
    }
  }

  private static func isExact(_ function: Unary) -> Bool {
    switch function {
    case .negate, .absolute, .sign, .floor, .ceiling, .roundNearestEven, .not, .isFinite: true
    default: false
    }
  }

  static let binary: [Sample] = Binary.allCases.flatMap { function in
    let (left, right, domain) = domains(of: function)
    let isExact = [.maximum, .minimum, .and, .or].contains(function)
    return each(
      function.rawValue, isExact: isExact, smoothDomain: domain, .binary(function)
    ) { [Values.spread([3, 5], $0, in: left), Values.spread([3, 5], $0, in: right, seed: 2)] }
      + each("\(function) of nothing", isExact: isExact, .binary(function)) {
        [Values.spread([0], $0), Values.spread([0], $0)]
      }
  }

  private static func domains(
    of function: Binary
  ) -> (ClosedRange<Double>, ClosedRange<Double>, String?) {
    switch function {
    case .divide: (-2...2, 0.5...2, "y > 0")
    case .remainder: (2.1...2.9, 0.9...1, "x / y never whole")
    case .power: (0.3...2, -1.5...2.5, "x > 0")
    case .maximum, .minimum: (-2...2, -1.97...2.03, "x ≠ y")
    case .and, .or: (-2...2, -2...2, nil)
    default: (-2...2, -2...2, "all numbers")
    }
  }

  static let choosing: [Sample] = [
    Comparison.allCases.flatMap { comparison in
      each("compare \(comparison)", isExact: true, .compare(comparison)) {
        [
          Values.vector([-1, 0, 1, 2, 2, 0, 250], $0), Values.vector([1, 0, -1, 2, 3, 1, 250], $0),
        ]
      }
    },
    each("select", isExact: true, smoothDomain: "all numbers", .select) {
      [
        Values.spread([3, 4], .bool, seed: 3), Values.spread([3, 4], $0),
        Values.spread([3, 4], $0, seed: 2),
      ]
    },
    each(
      "convert small to f64 from", isExact: true, smoothDomain: "all numbers", .convert(.float64)
    ) { [Values.spread([5], $0)] },
    DType.allCases.flatMap { target in
      each("convert to \(target.shortName) from", isExact: true, .convert(target)) {
        [Values.vector([-3.7, -1, -0.5, 0, 0.5, 1, 2.5, 100, 255, 256, 3e9, -3e9], $0)]
      }
    },
  ].flatMap { $0 }
}
