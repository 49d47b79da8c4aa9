import MoruGraph
import MoruTensors

/// Calls `body` with the places of input, kernel and output element of every product in a
/// convolution. The three primitives are linear in each, and sum the same products at other places.
private func forEachProduct(
  _ rule: Convolution, input: Shape, kernel: Shape, output: Shape,
  _ body: (_ input: Int, _ kernel: Int, _ output: Int) -> Void
) {
  let spatial = rule.strides.indices
  let (channels, features) = (input[spatial.count + 1], output[spatial.count + 1])
  let groupChannels = kernel[spatial.count]
  let pixels = Shape(Array(input[1...spatial.count]))
  let windows = Shape(Array(kernel[..<spatial.count])).everyIndex
  let targets = Shape(Array(output[1...spatial.count])).everyIndex
  let strides = pixels.strides
  for batch in 0..<input[0] {
    for (target, start) in targets.enumerated() {
      for (tap, offset) in windows.enumerated() {
        let index = spatial.map {
          start[$0] * rule.strides[$0] + offset[$0] * rule.dilation[$0] - rule.padding[$0].low
        }
        guard spatial.allSatisfy({ index[$0] >= 0 && index[$0] < pixels[$0] }) else { continue }
        let pixel = batch * pixels.elementCount + spatial.reduce(0) { $0 + index[$1] * strides[$1] }
        for feature in 0..<features {
          let firstChannel = feature / (features / rule.groups) * groupChannels
          for channel in 0..<groupChannels {
            body(
              pixel * channels + firstChannel + channel,
              (tap * groupChannels + channel) * features + feature,
              (batch * targets.count + target) * features + feature)
          }
        }
      }
    }
  }
}

func convolution<T: Number>(
  _ rule: Convolution, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  let (input, kernel) = (operands[0], operands[1])
  let (x, weights): ([T], [T]) = (try input.array(), try kernel.array())
  let output = try outputShape(.convolution(rule), operands)
  var totals = [T.Total](repeating: T.Total(place: 0), count: output.elementCount)
  forEachProduct(rule, input: input.shape, kernel: kernel.shape, output: output) {
    totals[$2] = totals[$2].plus(x[$0].total.times(weights[$1].total))
  }
  return try HostTensor(totals.map { T(total: $0) }, shape: output)
}

func convolutionInputGradient<T: Number>(
  _ rule: ConvolutionInputGradient, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  let (cotangent, kernel) = (operands[0], operands[1])
  let (y, weights): ([T], [T]) = (try cotangent.array(), try kernel.array())
  let input = try outputShape(.convolutionInputGradient(rule), operands)
  var totals = [T.Total](repeating: T.Total(place: 0), count: input.elementCount)
  forEachProduct(rule.convolution, input: input, kernel: kernel.shape, output: cotangent.shape) {
    totals[$0] = totals[$0].plus(y[$2].total.times(weights[$1].total))
  }
  return try HostTensor(totals.map { T(total: $0) }, shape: input)
}

func convolutionKernelGradient<T: Number>(
  _ rule: ConvolutionKernelGradient, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  let (input, cotangent) = (operands[0], operands[1])
  let (x, y): ([T], [T]) = (try input.array(), try cotangent.array())
  let kernel = try outputShape(.convolutionKernelGradient(rule), operands)
  var totals = [T.Total](repeating: T.Total(place: 0), count: kernel.elementCount)
  forEachProduct(rule.convolution, input: input.shape, kernel: kernel, output: cotangent.shape) {
    totals[$1] = totals[$1].plus(x[$0].total.times(y[$2].total))
  }
  return try HostTensor(totals.map { T(total: $0) }, shape: kernel)
}

/// The shape that the primitive's own rule gives.
func outputShape(_ primitive: Primitive, _ operands: [HostTensor]) throws -> Shape {
  try primitive.rule.infer(operands.map(\.type))[0].shape
}
