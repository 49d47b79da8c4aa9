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

  /// The network from `[context, features]` to `[filters]`: what the last step comes to.
  ///
  /// The last step sees every second step behind the first block, every fourth behind the second one, and
  /// no other. So each block leaves every second step out, and where the dilation would double the next
  /// one needs none: all blocks together cost as much as two.
  func network(features: Int) throws -> Model {
    let input = Input([context, features])
    var x = input
    var steps = context
    for block in 0..<blocks {
      // Steps are left out from the last one back.
      let skipped = (steps - 1) % 2
      let kept = shifted(x, by: -skipped)
      let around =
        block == 0 && features != filters
        ? Conv1D(filters, kernel: 1, strides: 2)(kept) : MaxPooling1D(1, strides: 2)(kept)
      let inner = convolved(x)
      let outer = convolved(
        shifted(inner, by: kernel - 1 - skipped), strides: 2, padding: .valid)
      x = Activation(.relu)(Add()([around, outer]))
      steps = (steps + 1) / 2
    }
    let last = Flatten()(shifted(x, by: 1 - steps))
    return try Model(inputs: [input], outputs: [last])
  }

  /// With so many zeros before the first step, or so many steps less.
  private func shifted(_ x: Symbol, by steps: Int) -> Symbol {
    if steps == 0 { return x }
    return steps > 0
      ? ZeroPadding1D(Padding1D(steps, 0))(x) : Cropping1D(Padding1D(-steps, 0))(x)
  }

  private func convolved(
    _ x: Symbol, strides: Size1D = 1, padding: PaddingMode = .causal, dilation: Size1D = 1
  ) -> Symbol {
    let y = Conv1D(
      filters, kernel: Size1D(kernel), strides: strides, padding: padding,
      dilationRate: dilation, activation: .relu, kernelInitializer: .heNormal)(x)
    return dropout > 0 ? Dropout(dropout)(y) : y
  }

  /// `[context, features] → [context, filters]`, each step made of itself and those before it.
  func sequence(_ input: Symbol, features: Int) -> Symbol {
    var x = input
    for block in 0..<blocks {
      let dilation = Size1D(1 << block)
      let around = block == 0 && features != filters ? Conv1D(filters, kernel: 1)(x) : x
      let inner = convolved(x, dilation: dilation)
      x = Activation(.relu)(Add()([around, convolved(inner, dilation: dilation)]))
    }
    return x
  }
}

extension ForecastArchitecture {
  /// The convolutions of a TCN: with all steps that they make, `[context, features] → [context, filters]`,
  /// and with the last one alone, `[context, features] → [filters]`.
  package static func causalConvolutions(
    filters: Int, kernel: Int, context: Int, features: Int
  ) throws -> (allSteps: Model, lastStep: Model) {
    let convolutions = TemporalConvolution(
      filters: filters, kernel: kernel, dropout: 0, context: context)
    let input = Input([context, features])
    return (
      try Model(inputs: [input], outputs: [convolutions.sequence(input, features: features)]),
      try convolutions.network(features: features)
    )
  }
}
