import Foundation
import FoundationXML
import MoruGraph
import MoruLayers
import MoruReport
import MoruTensors
import Testing

@Suite("Diagrams of models") struct ModelDiagramTests {
  /// A residual block, as ResNets have them.
  private static func block(_ filters: Int, _ channels: Int, strides: Int) throws -> Model {
    let x = Input([8, 8, channels])
    func conv(_ x: Symbol, _ kernel: Int, strides: Int) -> Symbol {
      BatchNormalization()(
        Conv2D(
          filters, kernel: Size2D(kernel, kernel), strides: Size2D(strides, strides),
          padding: .same, useBias: false)(x))
    }
    let inner = conv(ReLU()(conv(x, 3, strides: strides)), 3, strides: 1)
    let side = strides == 1 && filters == channels ? x : conv(x, 1, strides: strides)
    return try Model(inputs: x, outputs: ReLU()(Add()([inner, side])), name: "block")
  }

  private static func residual(blocks count: Int) throws -> Sequential {
    var layers: [any Layer] = [Conv2D(8, kernel: 3, padding: .same), ReLU()]
    var channels = 8
    for place in 0..<count {
      let filters = 8 << (place / 2)
      layers.append(try block(filters, channels, strides: filters > channels ? 2 : 1))
      channels = filters
    }
    layers += [GlobalAveragePooling2D(), Dense(10, activation: .softmax, name: "<classes>")]
    return Sequential(layers, name: "residual")
  }

  @Test("every call has a box with its name, kind and shape, and the drawing is the same each time")
  func boxes() throws {
    let model = try Self.residual(blocks: 8)
    let inputs = [TensorType(.float32, [32, 32, 3])]
    let svg = try model.diagram(inputs: inputs).svg()
    #expect(try model.diagram(inputs: inputs).svg() == svg)
    for text in [
      "conv2d_1", "block_7", "Conv2D · 16 × 16 × 16", "Add · 4 × 4 × 64", "Input · 32 × 32 × 3",
      ">output<",
    ] {
      #expect(svg.contains(text), "\(text)")
    }
    #expect(svg.contains("&lt;classes&gt;") && !svg.contains("<classes>"))
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse())
    // Each layer that has weights tells how many, also one that is frozen.
    #expect(svg.contains("block/conv2d: 576 weights<"))
    let frozen = try model.frozen().diagram(inputs: inputs).svg()
    #expect(frozen.contains("block/conv2d: 576 weights, frozen<"))
  }

  @Test("boxes do not overlap, and lie below what leads to them")
  func places() throws {
    let (left, right) = (Input([4]), Input([6]))
    let embed = Dense(5, name: "embed")
    let a = embed(Dense(5)(left))
    let b = embed(Dense(5)(right))
    let model = try Model(
      inputs: ["left": left, "right": right],
      outputs: ["near": Dot(axes: [1, 1])([a, b]), "sum": Dense(1)(Concatenate()([a, b, left]))])
    let svg = try model.diagram(inputs: model.inputs).svg()
    let frames = svg.matches(
      of: #/<rect x="([-0-9.]+)" y="([-0-9.]+)" width="([0-9.]+)" height="36"/#
    ).compactMap { match -> [Double]? in
      guard let x = Double(match.1), let y = Double(match.2), let width = Double(match.3) else {
        return nil
      }
      return [x, y, width]
    }
    // Two inputs, seven calls, two outputs.
    #expect(frames.count == 11)
    for (place, one) in frames.enumerated() {
      for other in frames.dropFirst(place + 1) where one[1] == other[1] {
        #expect(one[0] + one[2] + 20 <= other[0] || other[0] + other[2] + 20 <= one[0])
      }
    }
    #expect(svg.matches(of: #/>embed</#).count == 2)
  }
}
