import MoruGraph
import MoruLayers
import MoruTensors

/// Branches of different windows side by side, large windows taken apart into rows and columns.
///
/// torchvision multiplies normalized channels by factors and counts the zeros at the border in means;
/// Keras does neither.
extension Architecture {
  static let inceptions = [inceptionV3]

  /// Eleven modules.
  public static let inceptionV3 = Architecture(
    "InceptionV3", inputShape: [299, 299, 3], smallest: 75, definitions: [.keras, .torchvision],
    source: "Szegedy et al. 2015, arXiv:1512.00567",
    preprocessing: { _ in .symmetric },
    torchNames: TorchNames(ignored: ["AuxLogits."], module: inceptionModule)
  ) { input, drawing in
    var inception = Inception(drawing)
    var x = inception.stem(input)
    for (place, pooled) in [32, 64, 64].enumerated() {
      x = inception.squares(x, pooled: pooled, name: "mixed\(place)")
    }
    x = inception.squaresReduced(x, name: "mixed3")
    for (place, width) in [128, 160, 160, 192].enumerated() {
      x = inception.lines(x, width: width, name: "mixed\(place + 4)")
    }
    x = inception.linesReduced(x, name: "mixed8")
    for place in 0..<2 { x = inception.crossed(x, place: place) }
    return drawing.head(x, dropout: drawing.isKeras ? 0 : 0.5)
  }

  /// torchvision's convolutions in the order in which Keras numbers them.
  private static let inceptionParts: [String] = {
    let stem = ["1a_3x3", "2a_3x3", "2b_3x3", "3b_1x1", "4a_3x3"].map { "Conv2d_\($0)" }
    let squares = ["5b", "5c", "5d"].flatMap { module in
      ["1x1", "5x5_1", "5x5_2", "3x3dbl_1", "3x3dbl_2", "3x3dbl_3", "_pool"].map {
        branch(module, $0)
      }
    }
    let squaresReduced = ["3x3", "3x3dbl_1", "3x3dbl_2", "3x3dbl_3"].map { branch("6a", $0) }
    let lines = ["6b", "6c", "6d", "6e"].flatMap { module in
      (["1x1"] + (1...3).map { "7x7_\($0)" } + (1...5).map { "7x7dbl_\($0)" } + ["_pool"]).map {
        branch(module, $0)
      }
    }
    let linesReduced = (["3x3_1", "3x3_2"] + (1...4).map { "7x7x3_\($0)" }).map {
      branch("7a", $0)
    }
    let crossed = ["7b", "7c"].flatMap { module in
      [
        "1x1", "3x3_1", "3x3_2a", "3x3_2b", "3x3dbl_1", "3x3dbl_2", "3x3dbl_3a", "3x3dbl_3b",
        "_pool",
      ].map { branch(module, $0) }
    }
    return stem + squares + squaresReduced + lines + linesReduced + crossed
  }()

  private static func branch(_ module: String, _ part: String) -> String {
    "Mixed_\(module).branch\(part)"
  }

  private static func inceptionModule(_ layer: String) -> String? {
    if layer == "predictions" { return "fc" }
    let number = { (name: String) -> Int? in
      layer == name ? 0 : layer.numbers(in: "\(name)_#")?[0]
    }
    let (place, part) =
      if let place = number("conv2d") { (place, "conv") } else {
        (number("batch_normalization") ?? -1, "bn")
      }
    return inceptionParts.indices.contains(place) ? "\(inceptionParts[place]).\(part)" : nil
  }
}

/// Draws the modules, and numbers their convolutions as Keras does.
private struct Inception {
  private let isKeras: Bool
  private var count = 0

  init(_ drawing: Drawing) { isKeras = drawing.isKeras }

  private mutating func convolution(
    _ x: Symbol, _ filters: Int, _ height: Int, _ width: Int, strides: Size2D = 1,
    padding: BlockPadding = .same
  ) -> Symbol {
    let suffix = count == 0 ? "" : "_\(count)"
    count += 1
    let block = ConvolutionBlock(
      filters, kernel: Size2D(height, width), strides: strides, padding: padding,
      normalization: NormalizationSettings(momentum: isKeras ? 0.99 : 0.9, scale: !isKeras),
      names: LayerNames(
        "conv2d\(suffix)", "batch_normalization\(suffix)", "activation\(suffix)"))
    return block(x)
  }

  /// Convolutions one after the other, of so many channels, heights and widths.
  private mutating func row(
    _ x: Symbol, _ convolutions: [(Int, Int, Int)], lastIsStrided: Bool = false
  ) -> Symbol {
    var y = x
    for (place, (filters, height, width)) in convolutions.enumerated() {
      let isStrided = lastIsStrided && place == convolutions.count - 1
      y = convolution(
        y, filters, height, width, strides: isStrided ? 2 : 1,
        padding: isStrided ? .valid : .same)
    }
    return y
  }

  private func means(_ x: Symbol) -> Symbol {
    isKeras
      ? AveragePooling2D(3, strides: 1, padding: .same)(x)
      : AveragePooling2D(3, strides: 1)(ZeroPadding2D(1)(x))
  }

  private func greatest(_ x: Symbol) -> Symbol { MaxPooling2D(3, strides: 2)(x) }

  mutating func stem(_ x: Symbol) -> Symbol {
    var y = convolution(x, 32, 3, 3, strides: 2, padding: .valid)
    y = convolution(y, 32, 3, 3, padding: .valid)
    y = greatest(convolution(y, 64, 3, 3))
    y = convolution(y, 80, 1, 1, padding: .valid)
    return greatest(convolution(y, 192, 3, 3, padding: .valid))
  }

  /// Windows of 1×1, 5×5, and twice 3×3.
  mutating func squares(_ x: Symbol, pooled: Int, name: String) -> Symbol {
    Concatenate(name: name)([
      row(x, [(64, 1, 1)]),
      row(x, [(48, 1, 1), (64, 5, 5)]),
      row(x, [(64, 1, 1), (96, 3, 3), (96, 3, 3)]),
      row(means(x), [(pooled, 1, 1)]),
    ])
  }

  mutating func squaresReduced(_ x: Symbol, name: String) -> Symbol {
    Concatenate(name: name)([
      row(x, [(384, 3, 3)], lastIsStrided: true),
      row(x, [(64, 1, 1), (96, 3, 3), (96, 3, 3)], lastIsStrided: true),
      greatest(x),
    ])
  }

  /// Windows of 1×1 and 7×7, the latter as a row and a column.
  mutating func lines(_ x: Symbol, width: Int, name: String) -> Symbol {
    Concatenate(name: name)([
      row(x, [(192, 1, 1)]),
      row(x, [(width, 1, 1), (width, 1, 7), (192, 7, 1)]),
      row(x, [(width, 1, 1), (width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)]),
      row(means(x), [(192, 1, 1)]),
    ])
  }

  mutating func linesReduced(_ x: Symbol, name: String) -> Symbol {
    Concatenate(name: name)([
      row(x, [(192, 1, 1), (320, 3, 3)], lastIsStrided: true),
      row(x, [(192, 1, 1), (192, 1, 7), (192, 7, 1), (192, 3, 3)], lastIsStrided: true),
      greatest(x),
    ])
  }

  /// A row and a column of 3 side by side rather than one after the other.
  mutating func crossed(_ x: Symbol, place: Int) -> Symbol {
    let single = row(x, [(320, 1, 1)])
    let narrow = row(x, [(384, 1, 1)])
    let cross = Concatenate(name: "mixed9_\(place)")([
      row(narrow, [(384, 1, 3)]), row(narrow, [(384, 3, 1)]),
    ])
    let double = row(x, [(448, 1, 1), (384, 3, 3)])
    let doubleCross = Concatenate()([row(double, [(384, 1, 3)]), row(double, [(384, 3, 1)])])
    return Concatenate(name: "mixed\(place + 9)")([
      single, cross, doubleCross, row(means(x), [(192, 1, 1)]),
    ])
  }
}
