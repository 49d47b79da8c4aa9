import MoruGraph
import MoruTensors

extension Sample {
  static let contracting: [Sample] = dots + convolutions

  private static let dots: [Sample] = {
    let cases: [(String, Shape, Shape, DotGeneral)] = [
      ("matrices", [3, 5], [5, 4], DotGeneral(leftContracting: [1], rightContracting: [0])),
      (
        "first transposed", [5, 3], [5, 4], DotGeneral(leftContracting: [0], rightContracting: [0])
      ),
      (
        "second transposed", [3, 5], [4, 5], DotGeneral(leftContracting: [1], rightContracting: [1])
      ),
      ("vectors", [5], [5], DotGeneral(leftContracting: [0], rightContracting: [0])),
      ("outer", [2], [3], DotGeneral(leftContracting: [], rightContracting: [])),
      ("scalars", [], [], DotGeneral(leftContracting: [], rightContracting: [])),
      (
        "batched", [2, 3, 4], [2, 4, 5],
        DotGeneral(leftBatch: [0], rightBatch: [0], leftContracting: [2], rightContracting: [1])
      ),
      (
        "batch last", [3, 4, 2], [5, 2, 4],
        DotGeneral(leftBatch: [2], rightBatch: [1], leftContracting: [1], rightContracting: [2])
      ),
      (
        "two batches", [2, 3, 2, 4], [3, 2, 4, 1],
        DotGeneral(
          leftBatch: [0, 1], rightBatch: [1, 0], leftContracting: [3], rightContracting: [2])
      ),
      (
        "two contracted", [2, 3, 4], [4, 5, 2],
        DotGeneral(leftContracting: [0, 2], rightContracting: [2, 0])
      ),
      (
        "stack by matrix", [2, 3, 4], [4, 5],
        DotGeneral(leftContracting: [2], rightContracting: [0])
      ),
      (
        "nothing contracted", [3, 0], [0, 2],
        DotGeneral(leftContracting: [1], rightContracting: [0])
      ),
      ("no rows", [0, 3], [3, 2], DotGeneral(leftContracting: [1], rightContracting: [0])),
      (
        "past blocks", [33, 17], [17, 19], DotGeneral(leftContracting: [1], rightContracting: [0])
      ),
    ]
    let special = each(
      "dot of special", of: [.float32, .float64],
      .dot(DotGeneral(leftContracting: [1], rightContracting: [0]))
    ) {
      [
        Values.tensor([1, .nan, 0, .infinity, 1, 1], [3, 2], $0),
        Values.tensor([1, 0, 2, 3], [2, 2], $0),
      ]
    }
    return special
      + cases.flatMap { name, left, right, rule in
        each(
          "dot \(name)", smoothDomain: left.elementCount > 100 ? nil : "all numbers", .dot(rule)
        ) { [Values.spread(left, $0), Values.spread(right, $0, seed: 2)] }
      }
  }()

  private struct Picture {
    let name: String
    let input: Shape
    let kernel: Shape
    let rule: Convolution
  }

  private static func plain(
    _ strides: [Int], _ padding: [Padding], dilation: [Int]? = nil, groups: Int = 1
  ) -> Convolution {
    Convolution(
      strides: strides, padding: padding, dilation: dilation ?? strides.map { _ in 1 },
      groups: groups)
  }

  private static let none = Padding(0, 0)

  private static let pictures: [Picture] = [
    Picture(
      name: "valid", input: [2, 4, 5, 2], kernel: [3, 2, 2, 3], rule: plain([1, 1], [none, none])),
    Picture(
      name: "same", input: [1, 4, 5, 2], kernel: [3, 3, 2, 2],
      rule: plain([1, 1], [Padding(1, 1), Padding(1, 1)])),
    Picture(
      name: "strided", input: [1, 6, 5, 1], kernel: [2, 3, 1, 2],
      rule: plain([2, 3], [Padding(0, 1), Padding(1, 2)])),
    Picture(
      name: "strides that leave a rest", input: [1, 6, 4, 1], kernel: [2, 1, 1, 1],
      rule: plain([3, 3], [none, none])),
    Picture(
      name: "dilated", input: [1, 6, 7, 1], kernel: [2, 3, 1, 2],
      rule: plain([1, 2], [Padding(1, 0), Padding(2, 1)], dilation: [3, 2])),
    Picture(
      name: "grouped", input: [1, 3, 4, 4], kernel: [2, 2, 2, 6],
      rule: plain([1, 1], [none, Padding(1, 0)], groups: 2)),
    Picture(
      name: "depthwise", input: [2, 3, 3, 3], kernel: [2, 2, 1, 6],
      rule: plain([1, 1], [Padding(1, 1), none], groups: 3)),
    Picture(
      name: "pointwise", input: [2, 2, 3, 4], kernel: [1, 1, 4, 3],
      rule: plain([1, 1], [none, none])),
    Picture(
      name: "of a sequence", input: [2, 7, 2], kernel: [3, 2, 3], rule: plain([2], [Padding(2, 0)])),
    Picture(
      name: "of a volume", input: [1, 3, 3, 4, 1], kernel: [2, 2, 2, 1, 2],
      rule: plain([1, 2, 1], [none, Padding(1, 1), none])),
    Picture(
      name: "of no pictures", input: [0, 3, 3, 2], kernel: [2, 2, 2, 2],
      rule: plain([1, 1], [none, none])),
    Picture(
      name: "of padding alone", input: [1, 1, 1, 1], kernel: [1, 1, 1, 1],
      rule: plain([2, 2], [Padding(2, 2), Padding(1, 3)])),
    Picture(
      name: "to no features", input: [1, 3, 3, 2], kernel: [2, 2, 2, 0],
      rule: plain([1, 1], [none, none])),
  ]

  private static let convolutions: [Sample] = pictures.flatMap { picture in
    let rule = picture.rule
    let spatial = rule.strides.count
    let inputSizes = Array(picture.input[1...spatial])
    let window = Array(picture.kernel[..<spatial])
    func output(_ dtype: DType) -> Shape {
      let operands = [TensorType(dtype, picture.input), TensorType(dtype, picture.kernel)]
      return (try? Primitive.convolution(rule).rule.infer(operands))?.first?.shape ?? []
    }
    return each(
      "convolution \(picture.name)", smoothDomain: "all numbers", .convolution(rule)
    ) {
      [Values.spread(picture.input, $0), Values.spread(picture.kernel, $0, seed: 2)]
    }
      + each(
        "convolutionInputGradient \(picture.name)", smoothDomain: "all numbers",
        .convolutionInputGradient(
          ConvolutionInputGradient(convolution: rule, inputSizes: inputSizes))
      ) {
        [Values.spread(output($0), $0), Values.spread(picture.kernel, $0, seed: 2)]
      }
      + each(
        "convolutionKernelGradient \(picture.name)", smoothDomain: "all numbers",
        .convolutionKernelGradient(ConvolutionKernelGradient(convolution: rule, window: window))
      ) {
        [Values.spread(picture.input, $0), Values.spread(output($0), $0, seed: 2)]
      }
  }
}
