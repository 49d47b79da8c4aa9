/// A layer whose kernel `[…, inputs, outputs]` leads from all input features to as many outputs as are
/// asked for.
package protocol SizedLayer: Layer {
  /// How many features or channels it makes.
  var outputs: Int { get }
  /// What it ends in.
  var activation: ActivationFunction { get }
  /// Whether each output depends on all inputs.
  var isDense: Bool { get }

  /// The same layer, identity included, with another number of outputs.
  func with(outputs: Int) -> Self

  /// Two layers that do together what this one does with a kernel of a given rank: one like it, without
  /// bias and activation, to `rank` outputs, and one that mixes those.
  func factors(rank: Int) -> [any Layer]
}

extension Dense: SizedLayer {
  package var outputs: Int { units }
  package var isDense: Bool { true }

  package func with(outputs: Int) -> Dense {
    var copy = self
    copy.units = outputs
    return copy
  }

  package func factors(rank: Int) -> [any Layer] {
    [
      Dense(rank, useBias: false, kernelRegularizer: kernel.regularizer, name: "inner"),
      Dense(
        units, activation: activation, useBias: useBias, kernelRegularizer: kernel.regularizer,
        biasRegularizer: bias.regularizer, activityRegularizer: activityRegularizer, name: "outer"),
    ]
  }
}

extension ConvolutionLayer: SizedLayer {
  package var outputs: Int { filters }
  package var isDense: Bool { groups == 1 }

  package func with(outputs: Int) -> ConvolutionLayer {
    var copy = self
    copy.filters = outputs
    return copy
  }

  package func factors(rank: Int) -> [any Layer] {
    [
      ConvolutionLayer(
        rank, kernel: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate,
        useBias: false, kernelRegularizer: kernel.regularizer, name: "inner"),
      ConvolutionLayer(
        filters, kernel: 1, activation: activation, useBias: useBias,
        kernelRegularizer: kernel.regularizer, biasRegularizer: bias.regularizer,
        activityRegularizer: activityRegularizer, name: "outer"),
    ]
  }
}

/// A layer that looks at each input feature by itself and makes `depthMultiplier` of it, by a kernel `[…,
/// inputs, depthMultiplier]`.
package protocol DepthwiseLayer: Layer {
  /// How many features become of one.
  var depthMultiplier: Int { get }
  /// What it ends in.
  var activation: ActivationFunction { get }
}

extension DepthwiseConvolutionLayer: DepthwiseLayer {}
