import MoruGraph
public import MoruTensors
import Synchronization

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
    let type: TensorType?
    private let operands: Mutex<[Symbol]>

    var inputs: [Symbol] { operands.withLock { $0 } }

    init(layer: (any Layer)?, inputs: [Symbol], type: TensorType? = nil) {
      self.layer = layer
      self.type = type
      operands = Mutex(inputs)
    }

    /// Releases the calls behind this one in a loop: recursion would overflow the stack on networks
    /// of some ten thousand layers in a row.
    deinit {
      var pending = take().map(\.call)
      while var call = pending.popLast() {
        if isKnownUniquelyReferenced(&call) { pending += call.take().map(\.call) }
      }
    }

    private func take() -> [Symbol] {
      operands.withLock { operands in
        defer { operands = [] }
        return operands
      }
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

  /// Calls a layer of several outputs, such as a model, on placeholders.
  ///
  /// - Parameter inputs: What it is called on.
  /// - Parameter count: How many of its outputs are wanted, from the first on.
  public func callAsFunction(_ inputs: [Symbol], outputs count: Int) -> [Symbol] {
    let call = Symbol.Call(layer: self, inputs: inputs)
    return (0..<max(count, 0)).map { Symbol(call, index: $0) }
  }
}
