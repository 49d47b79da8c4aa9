import MoruGraph
public import MoruLayers
public import MoruTensors

/// Weights that depend on their names alone, as `Tests/Golden/generator/zoo.py` makes them.
public enum NamedValues {
  /// Numbers from 0 to 1: SplitMix64 from the name's FNV-1a hash, the upper 24 bits of each; turned
  /// into `offset + factor · (2x − 1)`.
  private static func numbers(
    _ name: String, _ count: Int, offset: Double, factor: Double
  ) -> [Float] {
    var seed: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return [Float](unsafeUninitializedCapacity: count) { target, filled in
      var state = seed
      for place in 0..<count {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        let number = Double((z ^ (z >> 31)) >> 40) / 16_777_216
        target[place] = Float(offset + factor * (2 * number - 1))
      }
      filled = count
    }
  }

  /// A weight by its name.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - shape: The weight's shape.
  ///   - fanIn: How many inputs an output of a kernel has; 0 for what is no kernel.
  ///   - gain: How many times the variance of a kernel's input its output has.
  public static func value(
    _ name: String, _ shape: Shape, fanIn: Int, gain: Double
  ) throws -> HostTensor {
    let last = name.split(whereSeparator: { "/.".contains($0) }).last.map(String.init)
    let (offset, factor): (Double, Double) =
      switch last {
      case _ where fanIn > 0: (0, (3 * gain / Double(fanIn)).squareRoot())
      case "moving_variance", "running_var": (1, 0.5)
      case "gamma", "weight", "layer_scale": (1, 0.25)
      default: (0, 0.1)
      }
    return try HostTensor(numbers(name, shape.elementCount, offset: offset, factor: factor))
      .reshaped(to: shape)
  }

  /// How many inputs an output of a weight in our layout has; 0 for what is no kernel.
  public static func fanIn(_ shape: Shape) -> Int {
    guard shape.rank >= 2 else { return 0 }
    let isDepthwise = shape.rank == 4 && shape[3] == 1
    return (isDepthwise ? shape.prefix(2) : shape.dropLast()).reduce(1, *)
  }

  /// The weights of a model of ours, by path.
  public static func weights(of model: Model, gain: Double = 2) throws -> [String: HostTensor] {
    Dictionary(
      uniqueKeysWithValues: try model.declaration(inputs: model.inputs).weights.map { weight in
        // Of layers in layers the innermost, as Keras names weights.
        let name = weight.path.split(separator: "/").suffix(2).joined(separator: "/")
        let shape = weight.type.shape
        return (weight.path, try value(name, shape, fanIn: fanIn(shape), gain: gain))
      })
  }

  /// Tensors by torchvision's names, each of its shape.
  public static func torchTensors(
    _ shapes: [String: Shape], gain: Double
  ) throws -> [String: HostTensor] {
    try Dictionary(
      uniqueKeysWithValues: shapes.map { name, shape in
        let isKernel = name.hasSuffix("weight") && shape.rank >= 2
        let fanIn = isKernel ? shape.dropFirst().reduce(1, *) : 0
        return (name, try value(name, shape, fanIn: fanIn, gain: gain))
      })
  }

  /// A batch of pictures of numbers from `offset − factor` to `offset + factor`.
  public static func picture(
    _ shape: Shape, count: Int = 1, offset: Double = 0, factor: Double = 1
  ) throws -> HostTensor {
    let all = Shape([count] + shape.dimensions)
    return try HostTensor(numbers("picture", all.elementCount, offset: offset, factor: factor))
      .reshaped(to: all)
  }
}
