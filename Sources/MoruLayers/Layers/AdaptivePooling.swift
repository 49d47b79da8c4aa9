import MoruArchive
public import MoruGraph
import MoruTensors

/// The greatest elements of so many windows of sequences. `[batch, time, features] → [batch,
/// outputSize, features]`; see `AdaptivePoolingLayer`.
public typealias AdaptiveMaxPooling1D = AdaptivePoolingLayer<Size1D, MaxRule>

/// The greatest elements of so many windows of pictures. `[batch, height, width, channels] →
/// [batch, outputSize…, channels]`; see `AdaptivePoolingLayer`.
public typealias AdaptiveMaxPooling2D = AdaptivePoolingLayer<Size2D, MaxRule>

/// The greatest elements of so many windows of volumes. `[batch, depth, height, width, channels] →
/// [batch, outputSize…, channels]`; see `AdaptivePoolingLayer`.
public typealias AdaptiveMaxPooling3D = AdaptivePoolingLayer<Size3D, MaxRule>

/// The means of so many windows of sequences. `[batch, time, features] → [batch, outputSize,
/// features]`; see `AdaptivePoolingLayer`.
public typealias AdaptiveAveragePooling1D = AdaptivePoolingLayer<Size1D, AverageRule>

/// The means of so many windows of pictures. `[batch, height, width, channels] → [batch,
/// outputSize…, channels]`; see `AdaptivePoolingLayer`.
public typealias AdaptiveAveragePooling2D = AdaptivePoolingLayer<Size2D, AverageRule>

/// The means of so many windows of volumes. `[batch, depth, height, width, channels] → [batch,
/// outputSize…, channels]`; see `AdaptivePoolingLayer`.
public typealias AdaptiveAveragePooling3D = AdaptivePoolingLayer<Size3D, AverageRule>

/// Pooling to a given size, whatever the input's: window i of n covers the elements `⌊i · size / n⌋
/// ..< ⌈(i + 1) · size / n⌉` of an axis.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, outputSize…, channels]`.
/// - Source: PyTorch's rule; He et al. 2014, arXiv:1406.4729, section 2.2.
public struct AdaptivePoolingLayer<Size: SpatialSize, Rule: PoolingRule>: UnaryLayer {
  public static var kind: String { "Adaptive\(Rule.word)Pooling\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// Number of windows along each axis.
  public let outputSize: Size

  /// Pooling to `outputSize` elements along each axis.
  public init(_ outputSize: Size, name: String? = nil) {
    self.outputSize = outputSize
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedRank(Self.kind, x) { return failed }
    guard outputSize.isUsable, x.shape.elementCount > 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its output size is not between 1 and \(sizeLimit), or the input is empty",
          "Choose sizes of at least 1."))
    }
    // Greatest elements and means of a box are those of its axes one after the other: every window
    // of an axis meets the same windows of the others.
    return zip(Size.places, outputSize.list).reduce(x.floating()) { y, axis in
      pooled(y, axis: axis.0, to: axis.1)
    }
  }

  private func pooled(_ x: Tensor, axis: Int, to count: Int) -> Tensor {
    let size = x.shape[axis]
    if size % count == 0 {
      var sizes = Size.axes.map { _ in 1 }
      sizes[axis - 1] = size / count
      return Rule.pooled(x, sizes: sizes, strides: sizes, padding: .valid)
    }
    let windows = (0..<count).map { place in
      let window = place * size / count..<((place + 1) * size + count - 1) / count
      return Rule.reduced(x.sliced(window, axis: axis), axes: [axis], keepingAxes: true)
    }
    return concatenate(windows, axis: axis)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, outputSize
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    outputSize = try fields.required(.outputSize)
  }
}
