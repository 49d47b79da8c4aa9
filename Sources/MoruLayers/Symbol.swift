import MoruGraph
public import MoruTensors

/// A placeholder of the functional API: a value without its batch axis.
///
/// ```swift
/// let x = Input([28, 28, 1])
/// let y = Dense(10, activation: .softmax)(Flatten()(x))
/// let model = Model(inputs: x, outputs: y)
/// ```
public struct Symbol: Sendable {
  /// A call of a layer, or an input if there is no layer.
  final class Call: Sendable {
    let layer: (any Layer)?
    let inputs: [Symbol]
    let type: TensorType?

    init(layer: (any Layer)?, inputs: [Symbol], type: TensorType? = nil) {
      self.layer = layer
      self.inputs = inputs
      self.type = type
    }
  }

  let call: Call
  let index: Int

  init(_ call: Call, index: Int = 0) {
    self.call = call
    self.index = index
  }
}

/// An input of a functional model.
///
/// - Parameter shape: Shape of one sample, without the batch axis.
/// - Parameter dtype: Type of the elements.
public func Input(_ shape: Shape, dtype: DType = .float32) -> Symbol {
  Symbol(Symbol.Call(layer: nil, inputs: [], type: TensorType(dtype, shape)))
}

extension Layer {
  /// Calls the layer on a placeholder.
  public func callAsFunction(_ x: Symbol) -> Symbol { callAsFunction([x]) }

  /// Calls the layer on several placeholders.
  public func callAsFunction(_ inputs: [Symbol]) -> Symbol {
    Symbol(Symbol.Call(layer: self, inputs: inputs))
  }
}
