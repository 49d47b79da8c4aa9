import Foundation
import Moru

/// Pictures that a small network of photos dreams of, and draws in the manner of others.
struct Dreams: Experiment {
  static let name = "dreams"
  private let data: URL
  private let pictures: URL

  init(data: URL, pictures: URL) {
    self.data = data
    self.pictures = pictures
  }

  func run() async throws -> String {
    let base = try await PhotoBase(data: data)
    let cat = try await photo("chelsea.png", height: 200, width: 300)
    let cup = try await photo("coffee.png", height: 200, width: 300)
    var start = ContinuousClock.now
    let layer = "stage2_block2_out"
    let dream = try await DeepDream(layers: [layer])(cat, by: base.model)
    let dreamTime = Self.seconds(since: start)
    start = .now
    let transfer = StyleTransfer(
      contentLayers: ["stage1_block2_out"],
      styleLayers: ["stem_relu", "stage1_block1_out", "stage1_block2_out", "stage2_block1_out"])
    let drawn = try await transfer(cat, inStyleOf: cup, by: base.model)
    try ImageFile.pngData(try Self.row([cat, dream, cup, drawn.picture]))
      .write(to: pictures.appending(path: "dreams.png"))
    return """
      ## A dream and a style

      `Benchmarks/experiments --data DIR dreams`, with the base of CIFAR-10 from above (it learned from \
      pictures of 32 × 32, and sees textures rather than things). From left to right: a photo; what \
      becomes of it where `\(layer)` sees more of what it looks for (3 sizes of 20 steps, \(dreamTime)); \
      a second photo; and the first one drawn in its manner (\(transfer.steps) steps, \
      \(Self.seconds(since: start)), in which the loss falls from \
      \(Markdown.number(drawn.losses.first ?? .nan, 1)) to \
      \(Markdown.number(drawn.losses.last ?? .nan, 1))). Photos: Chelsea by Stéfan van der Walt and a \
      cup of coffee by Rachel Michetti, both CC0, from scikit-image.

      ![A photo of a cat, a dream of it, a cup of coffee, and the cat in the cup's manner](images/dreams.png)
      """
  }

  private static func seconds(since start: ContinuousClock.Instant) -> String {
    Markdown.number((ContinuousClock.now - start) / .seconds(1), 1) + " s"
  }

  /// A photo in another size.
  private func photo(_ name: String, height: Int, width: Int) async throws -> HostTensor {
    let whole = try ImageFile.read(at: data.appending(path: "images/\(name)"))
    let batch = try whole.reshaped(to: Shape([1] + whole.shape.dimensions))
    var none = Weights()
    let small = Resizing(height, width, cropToAspectRatio: true)(Tensor(batch), &none)
    let values = try await small.value(on: .cpu).array(of: Float.self)
    return try HostTensor(
      values.map { UInt8(min(max($0.rounded(), 0), 255)) }, shape: [height, width, 3])
  }

  /// Pictures of one size beside one another.
  private static func row(_ pictures: [HostTensor]) throws -> HostTensor {
    let (height, width) = (pictures[0].shape[0], pictures[0].shape[1])
    let lines = try (0..<height).flatMap { line in
      try pictures.map { try $0.slice(line..<line + 1).reshaped(to: [width, 3]) }
    }
    return try HostTensor.concatenated(lines).reshaped(to: [height, width * pictures.count, 3])
  }
}
