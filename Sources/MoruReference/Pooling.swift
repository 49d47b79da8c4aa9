import MoruGraph
import MoruTensors

/// For each pooled element, in row-major order, the places of the elements in its window.
private func windows(_ window: PoolingWindow, input: Shape, pooled: Shape) -> [[Int]] {
  let spatial = window.sizes.indices
  let strides = input.strides
  let offsets = Shape(window.sizes).everyIndex
  return pooled.everyIndex.map { place in
    let (batch, channel) = (place[0], place[spatial.count + 1])
    return offsets.compactMap { offset in
      let index = spatial.map {
        place[$0 + 1] * window.strides[$0] + offset[$0] - window.padding[$0].low
      }
      guard spatial.allSatisfy({ index[$0] >= 0 && index[$0] < input[$0 + 1] }) else { return nil }
      return spatial.reduce(batch * strides[0] + channel) { $0 + index[$1] * strides[$1 + 1] }
    }
  }
}

/// For each pooled element the place of its window's first NaN, else of its first greatest element.
private func winners<T: Number>(
  _ window: PoolingWindow, _ x: HostTensor, pooled: Shape, of type: T.Type
) throws -> [Int] {
  let elements: [T] = try x.array()
  return windows(window, input: x.shape, pooled: pooled).map { places in
    places[firstGreatest(places.map { elements[$0] })]
  }
}

/// The elements of the last operand at the places where the windows of the first have their
/// greatest: `[x]` for the pooled, `[x, source]` for a gather.
func maxPool<T: Number>(
  _ window: PoolingWindow, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  let x = operands[0]
  let pooled = try outputShape(.maxPool(MaxPool(window: window)), [x])
  let elements: [T] = try operands[operands.count - 1].array()
  let result = try winners(window, x, pooled: pooled, of: type).map { elements[$0] }
  return try HostTensor(result, shape: pooled)
}

func maxPoolGradient<T: Floating>(
  _ window: PoolingWindow, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  let (x, cotangent) = (operands[0], operands[1])
  var totals = [Double](repeating: 0, count: x.count)
  let places = try winners(window, x, pooled: cotangent.shape, of: type)
  for (place, element) in zip(places, try cotangent.array(of: T.self)) {
    totals[place] += Double(element)
  }
  return try HostTensor(totals.map { T($0) }, shape: x.shape)
}

func averagePool<T: Floating>(
  _ window: PoolingWindow, _ x: HostTensor, of type: T.Type
) throws -> HostTensor {
  let pooled = try outputShape(.averagePool(AveragePool(window: window)), [x])
  let elements: [T] = try x.array()
  let means = windows(window, input: x.shape, pooled: pooled).map { places in
    T(places.reduce(0) { $0 + Double(elements[$1]) } / Double(places.count))
  }
  return try HostTensor(means, shape: pooled)
}

func averagePoolGradient<T: Floating>(
  _ rule: AveragePoolGradient, _ cotangent: HostTensor, of type: T.Type
) throws -> HostTensor {
  let input = try outputShape(.averagePoolGradient(rule), [cotangent])
  let elements: [T] = try cotangent.array()
  var totals = [Double](repeating: 0, count: input.elementCount)
  for (places, element) in zip(
    windows(rule.window, input: input, pooled: cotangent.shape), elements)
  {
    for place in places { totals[place] += Double(element) / Double(places.count) }
  }
  return try HostTensor(totals.map { T($0) }, shape: input)
}
