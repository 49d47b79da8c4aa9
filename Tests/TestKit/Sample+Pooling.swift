import MoruGraph
import MoruTensors

extension Sample {
  static let pooling: [Sample] = {
    let cases: [(String, Shape, PoolingWindow)] = [
      (
        "plain", [2, 4, 6, 3],
        PoolingWindow(sizes: [2, 2], strides: [2, 2], padding: [none, none])
      ),
      (
        "overlapping", [1, 5, 5, 2],
        PoolingWindow(sizes: [3, 2], strides: [1, 2], padding: [none, none])
      ),
      (
        "padded", [1, 4, 5, 2],
        PoolingWindow(sizes: [3, 3], strides: [2, 1], padding: [Padding(1, 2), Padding(2, 0)])
      ),
      (
        "with gaps", [1, 7, 5, 1],
        PoolingWindow(sizes: [1, 2], strides: [3, 3], padding: [none, none])
      ),
      (
        "of a sequence", [2, 7, 2],
        PoolingWindow(sizes: [3], strides: [2], padding: [Padding(1, 1)])
      ),
      (
        "of a volume", [1, 3, 4, 2, 2],
        PoolingWindow(sizes: [2, 2, 2], strides: [1, 2, 1], padding: [none, none, Padding(1, 0)])
      ),
      (
        "of no pictures", [0, 4, 4, 3],
        PoolingWindow(sizes: [2, 2], strides: [2, 2], padding: [none, none])
      ),
    ]
    let special = pooled(
      "of special", PoolingWindow(sizes: [2], strides: [2], padding: [none]), smoothDomain: nil
    ) {
      Values.tensor(
        [1, .nan, .nan, .nan, -.infinity, -.infinity, .infinity, 2, 3, 3], [1, 10, 1], $0)
    }
    return special
      + cases.flatMap { name, shape, window in
        pooled(name, window, smoothDomain: "no two alike") { Values.spread(shape, $0) }
      }
  }()

  private static let none = Padding(0, 0)

  private static func pooled(
    _ name: String, _ window: PoolingWindow, smoothDomain: String?, _ input: (DType) -> HostTensor
  ) -> [Sample] {
    func output(_ dtype: DType) -> Shape {
      let rule = Primitive.maxPool(MaxPool(window: window)).rule
      return (try? rule.infer([input(dtype).type]))?.first?.shape ?? []
    }
    let inputSizes = Array(input(.float64).shape.dropFirst().dropLast())
    return each(
      "maxPool \(name)", isExact: true, smoothDomain: smoothDomain,
      .maxPool(MaxPool(window: window))
    ) { [input($0)] }
      + each(
        "maxPoolGradient \(name)", smoothDomain: smoothDomain,
        .maxPoolGradient(MaxPoolGradient(window: window))
      ) { [input($0), Values.spread(output($0), $0, seed: 2)] }
      + each(
        "maxPoolGather \(name)", isExact: true, smoothDomain: smoothDomain,
        .maxPoolGather(MaxPoolGather(window: window))
      ) { [input($0), Values.spread(input($0).shape, $0, seed: 2)] }
      + each(
        "averagePool \(name)", smoothDomain: smoothDomain,
        .averagePool(AveragePool(window: window))
      ) { [input($0)] }
      + each(
        "averagePoolGradient \(name)", smoothDomain: smoothDomain,
        .averagePoolGradient(AveragePoolGradient(window: window, inputSizes: inputSizes))
      ) { [Values.spread(output($0), $0)] }
  }
}
