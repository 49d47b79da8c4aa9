import MoruGraph
package import MoruLayers
import MoruTensors

/// A temporal convolutional network: blocks of two causal convolutions whose dilation doubles from block to
/// block, each with a way around, and what the last step comes to.
///
/// A step sees itself and steps before it, `1 + 2 (kernel − 1) (2ⁿ − 1)` of them behind `n` blocks: as many
/// blocks are taken as the window needs.
///
/// - Source: Bai, Kolter & Koltun 2018, arXiv:1803.01271, without weight normalization.
struct TemporalConvolution {
  let filters: Int
  let kernel: Int
  let dropout: Double
  let context: Int

  /// Blocks after which the last step has seen the whole window.
  var blocks: Int {
    guard kernel > 1 else { return 1 }
    var count = 1
    while 1 + 2 * (kernel - 1) * ((1 << count) - 1) < context { count += 1 }
    return count
  }

  /// The network from `[context, features]` to `[filters]`.
  func network(features: Int) throws -> Model {
    let input = Input([context, features])
    let steps = sequence(input, features: features)
    let last = Flatten()(Cropping1D(Padding1D(context - 1, 0))(steps))
    return try Model(inputs: [input], outputs: [last])
  }

  /// `[context, features] → [context, filters]`, each step made of itself and those before it.
  func sequence(_ input: Symbol, features: Int) -> Symbol {
    var x = input
    for block in 0..<blocks {
      let dilation = Size1D(1 << block)
      func convolved(_ x: Symbol) -> Symbol {
        let y = Conv1D(
          filters, kernel: Size1D(kernel), padding: .causal, dilationRate: dilation,
          activation: .relu, kernelInitializer: .heNormal)(x)
        return dropout > 0 ? Dropout(dropout)(y) : y
      }
      let around = block == 0 && features != filters ? Conv1D(filters, kernel: 1)(x) : x
      x = Activation(.relu)(Add()([around, convolved(convolved(x))]))
    }
    return x
  }
}

extension ForecastArchitecture {
  /// The convolutions of a TCN with all steps that they make, `[context, features] → [context, filters]`.
  package static func causalSequence(
    filters: Int, kernel: Int, context: Int, features: Int
  ) throws -> Model {
    let convolutions = TemporalConvolution(
      filters: filters, kernel: kernel, dropout: 0, context: context)
    let input = Input([context, features])
    return try Model(
      inputs: [input], outputs: [convolutions.sequence(input, features: features)])
  }
}
