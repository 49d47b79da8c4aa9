import MoruLayers
public import MoruModels
import MoruTensors
public import MoruTraining

/// Takes the channels and units away whose filters are the smallest, with everything that reads them, so
/// that the network is truly narrower; then it learns on for a while.
///
/// The size of a filter is the sum of its weights' magnitudes over their mean in its layer; where channels
/// of several layers are added, such as around a shortcut, they go together.
///
/// - Source: Li et al. 2017, arXiv:1608.08710; Fang et al. 2023, arXiv:2301.12900, for the groups.
public struct ChannelPruning: RecoveringCompression {
  public static let name = "channels"
  public var shares = [0.25, 0.5, 0.625, 0.75, 0.875]
  /// How the network learns on; not at all if nil.
  public var recovery: TrainingStage?

  /// Takes channels away, then trains.
  public init(recovery: TrainingStage? = .recovery) { self.recovery = recovery }

  public func smaller(_ model: TrainedModel, share: Double) throws -> TrainedModel {
    try model.pruningChannels(share)
  }
}

extension TrainedModel {
  /// The model without a share of the channels of each convolution and the units of each dense layer but
  /// the last: those with the smallest filters. The others keep their weights.
  ///
  /// Of 16 and more, a multiple of 8 stays if that is fewer, since processors work on so many at once. Channels that
  /// layers need as they are, such as those of inputs and outputs, of concatenations and of recurrent
  /// layers, all stay.
  ///
  /// - Parameter share: How many go, at least 0 and below 1; one stays at least.
  /// - Throws: `CompressionError`.
  public func pruningChannels(_ share: Double) throws -> TrainedModel {
    try Self.check(share: share)
    let network = try FlatNetwork(self)
    let groups = ChannelGroups(network).free
    guard !groups.isEmpty else {
      throw CompressionError.nothingToCompress(
        way: "Pruning of channels", needs: "convolutions or dense layers behind one another")
    }
    let kept = try groups.map { try $0.kept(share: share, weights: network.weight) }
    guard share == 0 || zip(groups, kept).contains(where: { $0.size > $1.count }) else {
      throw CompressionError.nothingToCompress(
        way: "Pruning of channels",
        needs: "a greater share (a smaller width), or layers of more channels")
    }
    let layers = Dictionary(network.layers.map { ($0.path, $0.layer) }) { first, _ in first }
    var smaller: [String: any Layer] = [:]
    var cut: [String: HostTensor?] = [:]
    for (group, kept) in zip(groups, kept) {
      for path in group.makers {
        if let layer = layers[path] as? any SizedLayer {
          smaller[path] = layer.with(outputs: kept.count)
        }
      }
      for slice in group.slices {
        guard let weight = cut[slice.weight] ?? network.weight(slice.weight) else { continue }
        let places = (0..<slice.repeats).flatMap { turn in kept.map { turn * group.size + $0 } }
        cut[slice.weight] = try weight.taking(places, axis: slice.axis)
      }
    }
    return try network.model(replacing: smaller, weights: cut)
  }
}

extension ChannelGroups.Group {
  /// The channels that stay, in order.
  fileprivate func kept(share: Double, weights: (String) -> HostTensor?) throws -> [Int] {
    var sizes = [Double](repeating: 0, count: size)
    for path in makers {
      guard let kernel = weights(path + "/kernel") else { continue }
      let values: [Float] = try kernel.converted(to: .float32).array()
      var sums = [Double](repeating: 0, count: size)
      for (place, value) in values.enumerated() { sums[place % size] += Double(abs(value)) }
      let mean = sums.reduce(0, +) / Double(size)
      for channel in sums.indices where mean > 0 { sizes[channel] += sums[channel] / mean }
    }
    var count = max(1, size - Int(Double(size) * share))
    if size >= 16 { count = min(size, (count + 7) / 8 * 8) }
    // Of equal ones the first stay.
    let ranked = sizes.indices.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
    return ranked.prefix(count).sorted()
  }
}
