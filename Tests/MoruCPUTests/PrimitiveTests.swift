import MoruGraph
import MoruTensors
import Testing

/// Every primitive agrees with the reference, for every element type it is defined for.
@Suite struct PrimitiveTests {
  static let numeric: [DType] = [.float32, .float64, .bfloat16, .int32, .int64, .uint8]
  static let floating: [DType] = [.float32, .float64]
  static let shapes: [Shape] = [[], [1], [7], [3, 5], [2, 0, 3], [65, 33], [5, 1, 1027]]

  @Test(arguments: Unary.allCases)
  func unary(_ rule: Unary) async throws {
    for dtype in DType.allCases {
      guard (try? rule.infer([TensorType(dtype, [1])])) != nil else { continue }
      for shape in Self.shapes {
        try await check(.unary(rule), [sample(dtype, shape)])
      }
    }
  }

  @Test(arguments: Binary.allCases)
  func binary(_ rule: Binary) async throws {
    for dtype in DType.allCases {
      guard (try? rule.infer([TensorType(dtype, [1]), TensorType(dtype, [1])])) != nil else {
        continue
      }
      for shape in Self.shapes {
        try await check(.binary(rule), [sample(dtype, shape), sample(dtype, shape, seed: 2)])
      }
    }
  }

  @Test(arguments: Comparison.allCases)
  func compare(_ rule: Comparison) async throws {
    for dtype in DType.allCases {
      for shape in Self.shapes {
        try await check(.compare(rule), [sample(dtype, shape), sample(dtype, shape, seed: 2)])
      }
    }
  }

  @Test(arguments: DType.allCases)
  func select(_ dtype: DType) async throws {
    for shape in Self.shapes {
      try await check(
        .select, [sample(.bool, shape), sample(dtype, shape), sample(dtype, shape, seed: 2)])
    }
  }

  @Test(arguments: DType.allCases)
  func convert(_ dtype: DType) async throws {
    for target in DType.allCases {
      for shape in Self.shapes {
        try await check(.convert(target), [sample(dtype, shape, scale: 300)])
      }
    }
  }

  @Test func convertsExtremes() async throws {
    let values: [Double] = [.nan, .infinity, -.infinity, 1e30, -1e30, 2147483647.5, 255.9, -0.5, 0]
    for target in DType.allCases {
      try await check(.convert(target), [HostTensor(values)])
      try await check(.convert(target), [HostTensor(values.map { Float($0) })])
    }
  }

  @Test(arguments: DType.allCases)
  func movesData(_ dtype: DType) async throws {
    let x = sample(dtype, [3, 4, 5])
    let scalar = sample(dtype, [], seed: 9)
    try await check(.reshape([5, 12]), [x])
    try await check(.transpose(Transpose(permutation: [2, 0, 1])), [x])
    try await check(.broadcast(Broadcast(shape: [2, 3, 4, 5], axes: [1, 2, 3])), [x])
    try await check(.broadcast(Broadcast(shape: [7, 3], axes: [])), [scalar])
    try await check(.broadcast(Broadcast(shape: [4, 6], axes: [0, 1])), [sample(dtype, [4, 1])])
    try await check(
      .concatenate(Concatenation(axis: 1)), [x, sample(dtype, [3, 2, 5], seed: 3), x])
    try await check(
      .concatenate(Concatenation(axis: 0)), [sample(dtype, [0, 2]), sample(dtype, [3, 2])])
    try await check(
      .slice(Slice(starts: [1, 0, 2], limits: [3, 4, 5], strides: [1, 2, 3])), [x])
    try await check(.slice(Slice(starts: [1, 0, 2], limits: [1, 4, 5], strides: [1, 2, 3])), [x])
    try await check(
      .pad(Pad(low: [1, 0, 2], high: [0, 3, 1], interior: [0, 1, 2])), [x, scalar])
    try await check(.pad(Pad(low: [1], high: [2], interior: [3])), [sample(dtype, [0]), scalar])
    try await check(.reverse(Reverse(axes: [0, 2])), [x])
    for indices in [
      HostTensor([Int32(2), 0, -5, 9]), try HostTensor([Int64(1), 3, 0, 2], shape: [2, 2]),
    ] {
      try await check(.gather(Gather(axis: 1)), [x, indices])
    }
    try await check(.gather(Gather(axis: 0)), [x, HostTensor([Int32]())])
  }

  @Test(arguments: numeric)
  func reduces(_ dtype: DType) async throws {
    for kind in Reduce.Kind.allCases {
      for axes in [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2], []] {
        let rule = Reduce(kind: kind, axes: axes)
        try await check(.reduce(rule), [sample(dtype, [3, 4, 5], scale: 1.2)])
        try await check(.reduce(rule), [sample(dtype, [3, 0, 5])])
        try await check(.reduce(rule), [sample(dtype, [2, 1, 700], scale: 1.2)], tolerance: 1e-5)
      }
    }
    try await check(
      .reduce(Reduce(kind: .sum, axes: [0])), [sample(dtype, [3000, 40])], tolerance: 1e-5)
    try await check(
      .reduce(Reduce(kind: .sum, axes: [1])), [sample(dtype, [40, 3000])], tolerance: 1e-5)
    try await check(
      .reduce(Reduce(kind: .sum, axes: [0, 1])), [sample(dtype, [300, 400])], tolerance: 1e-5)
  }

  @Test(arguments: numeric)
  func runsAlongAnAxis(_ dtype: DType) async throws {
    for axis in 0..<3 {
      try await check(.argMax(ArgMax(axis: axis)), [sample(dtype, [3, 4, 5])])
      for (exclusive, reversed) in [(false, false), (true, false), (false, true), (true, true)] {
        let rule = CumulativeSum(axis: axis, isExclusive: exclusive, isReversed: reversed)
        try await check(.cumulativeSum(rule), [sample(dtype, [3, 4, 5])])
      }
    }
    let indices = HostTensor([Int32(2), 0, -5, 9])
    for axis in 0..<2 {
      let updates = sample(dtype, axis == 0 ? [4, 3] : [3, 4])
      try await check(.scatterAdd(ScatterAdd(axis: axis, size: 3)), [indices, updates])
    }
    try await check(
      .scatterAdd(ScatterAdd(axis: 0, size: 3)), [HostTensor([Int64]()), sample(dtype, [0, 2])])
    try await check(.iota(Iota(type: TensorType(dtype, [3, 5]), axis: 1)), [])
    try await check(.iota(Iota(type: TensorType(dtype, [0, 5]), axis: 0)), [])
  }

  @Test(arguments: floating)
  func drawsRandomNumbers(_ dtype: DType) async throws {
    let seed = HostTensor([Int64(0x1234_5678_9ABC_DEF0), (7 << 33) + 5])
    for count in [0, 1, 2, 3, 5, 1001, 100_003] {
      let rule = RandomUniform(type: TensorType(dtype, [count]), stream: 3)
      try await check(.randomUniform(rule), [seed], tolerance: 0)
    }
  }

  @Test(arguments: numeric)
  func multipliesMatrices(_ dtype: DType) async throws {
    let rules: [(DotGeneral, Shape, Shape)] = [
      (DotGeneral(leftContracting: [1], rightContracting: [0]), [3, 4], [4, 5]),
      (DotGeneral(leftContracting: [0], rightContracting: [1]), [4, 3], [5, 4]),
      (DotGeneral(leftContracting: [0], rightContracting: [0]), [33, 17], [33, 9]),
      (DotGeneral(leftContracting: [1], rightContracting: [0]), [1, 4], [4, 1]),
      (DotGeneral(leftContracting: [0], rightContracting: [0]), [4], [4]),
      (DotGeneral(leftContracting: [], rightContracting: []), [4], [3]),
      (DotGeneral(leftContracting: [1], rightContracting: [0]), [3, 0], [0, 2]),
      (
        DotGeneral(
          leftBatch: [0], rightBatch: [0], leftContracting: [2], rightContracting: [1]),
        [2, 3, 4], [2, 4, 5]
      ),
      (
        DotGeneral(
          leftBatch: [2], rightBatch: [1], leftContracting: [0], rightContracting: [2]),
        [4, 3, 2], [5, 2, 4]
      ),
      (DotGeneral(leftContracting: [2, 0], rightContracting: [0, 2]), [3, 2, 5], [5, 4, 3]),
      (DotGeneral(leftContracting: [2], rightContracting: [0]), [3, 2, 5], [5, 4]),
    ]
    for (rule, left, right) in rules {
      try await check(.dot(rule), [sample(dtype, left), sample(dtype, right, seed: 2)])
    }
  }
}
