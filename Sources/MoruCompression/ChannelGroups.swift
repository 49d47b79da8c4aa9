import MoruGraph
import MoruLayers
import MoruTensors

/// Which channels of a network stand and fall together: those that a convolution makes, what is added
/// to them, and what is read from them.
struct ChannelGroups {
  /// A cut through weights that goes with a group.
  struct Slice {
    let weight: String
    let axis: Int
    /// How often the channels repeat along the axis, as behind `Flatten`.
    let repeats: Int
  }

  /// Channels at several places of the network that are one.
  struct Group {
    let size: Int
    /// Whether all must stay: inputs, outputs, and what layers read that need all of their channels.
    fileprivate(set) var isFixed: Bool
    /// The layers that make the channels: of each, filter by filter.
    fileprivate(set) var makers: [String] = []
    fileprivate(set) var slices: [Slice] = []
  }

  private var groups: [Group] = []
  /// The group that each has been joined to; itself for most.
  private var parents: [Int] = []
  private let weights: (String) -> HostTensor?

  /// The groups of a network.
  init(_ network: FlatNetwork) {
    weights = network.weight
    let inputs = network.graph.nodes.count - network.layers.count
    let calls = Dictionary(grouping: network.layers, by: \.path).mapValues(\.count)
    // The group of the channels that each call makes, and how often they repeat.
    var made: [(group: Int, repeats: Int)] = []
    for (place, node) in network.graph.nodes.enumerated() {
      let channels = node.output.shape.dimensions.last ?? 1
      guard place >= inputs else {
        made.append((add(channels, isFixed: true), 1))
        continue
      }
      let (path, layer) = network.layers[place - inputs]
      let read = node.inputs.map { made[$0] }
      if calls[path] == 1,
        let group = follow(layer, path, read, inputs: node.inputs.map { network.graph.nodes[$0] })
      {
        made.append(group)
      } else {
        for (group, _) in read { groups[root(group)].isFixed = true }
        made.append((add(channels, isFixed: true), 1))
      }
    }
    for (_, node) in network.graph.outputs { groups[root(made[node].group)].isFixed = true }
  }

  /// The groups of which channels can go.
  var free: [Group] {
    groups.indices.filter { root($0) == $0 && !groups[$0].isFixed && !groups[$0].makers.isEmpty }
      .map { groups[$0] }
  }

  /// The group of what a layer makes; nil for layers that need all of their channels.
  private mutating func follow(
    _ layer: any Layer, _ path: String, _ read: [(group: Int, repeats: Int)],
    inputs: [LayerGraph.Node]
  ) -> (group: Int, repeats: Int)? {
    guard let first = read.first, let input = inputs.first else { return nil }
    let kind = type(of: layer).kind
    switch layer {
    case let sized as any SizedLayer where sized.isDense:
      guard let kernel = weights(path + "/kernel") else { return nil }
      note(
        Slice(weight: path + "/kernel", axis: kernel.shape.rank - 2, repeats: first.repeats), first)
      let group = add(sized.outputs, isFixed: sized.activation.mixesChannels)
      groups[group].makers = [path]
      note(Slice(weight: path + "/kernel", axis: kernel.shape.rank - 1, repeats: 1), (group, 1))
      if weights(path + "/bias") != nil {
        note(Slice(weight: path + "/bias", axis: 0, repeats: 1), (group, 1))
      }
      return (group, 1)
    case is any MergingLayer where Self.elementwise.contains(kind):
      // Broadcasts between unequal channels are left alone.
      let sizes = Set(inputs.map { $0.output.shape.dimensions.last })
      guard sizes.count == 1, Set(read.map(\.repeats)).count == 1 else { return nil }
      for other in read.dropFirst() { join(first.group, other.group) }
      return first
    case is Flatten:
      let places = input.output.shape.dimensions.dropFirst().dropLast().reduce(1, *)
      return (first.group, first.repeats * places)
    case is BatchNormalization:
      for weight in ["gamma", "beta", "moving_mean", "moving_variance"]
      where weights("\(path)/\(weight)") != nil {
        note(Slice(weight: "\(path)/\(weight)", axis: 0, repeats: first.repeats), first)
      }
      return first
    case let activation as Activation:
      return activation.function.mixesChannels ? nil : first
    case let depthwise as any DepthwiseLayer:
      guard depthwise.depthMultiplier == 1, !depthwise.activation.mixesChannels,
        let kernel = weights(path + "/kernel")
      else { return nil }
      note(Slice(weight: path + "/kernel", axis: kernel.shape.rank - 2, repeats: 1), first)
      if weights(path + "/bias") != nil {
        note(Slice(weight: path + "/bias", axis: 0, repeats: 1), first)
      }
      return first
    default: return Self.channelwise.contains(kind) ? first : nil
    }
  }

  /// Merging layers that put the same channels of all inputs together.
  private static let elementwise: Set<String> = [
    "Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract",
  ]

  /// Layers without weights that look at each channel by itself.
  private static let channelwise: Set<String> = [
    "ReLU", "LeakyReLU", "ELU", "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StochasticDepth",
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D",
    "AveragePooling3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D",
    "UpSampling1D", "UpSampling2D", "UpSampling3D", "ActivityRegularization",
  ]

  private mutating func add(_ size: Int, isFixed: Bool) -> Int {
    groups.append(Group(size: size, isFixed: isFixed))
    parents.append(groups.count - 1)
    return groups.count - 1
  }

  private mutating func note(_ slice: Slice, _ place: (group: Int, repeats: Int)) {
    groups[root(place.group)].slices.append(slice)
  }

  private func root(_ group: Int) -> Int {
    var group = group
    while parents[group] != group { group = parents[group] }
    return group
  }

  private mutating func join(_ one: Int, _ other: Int) {
    let (one, other) = (root(one), root(other))
    guard one != other else { return }
    parents[other] = one
    groups[one].isFixed = groups[one].isFixed || groups[other].isFixed
    groups[one].makers += groups[other].makers
    groups[one].slices += groups[other].slices
  }
}

extension ActivationFunction {
  /// Whether an element depends on others of its channel axis.
  fileprivate var mixesChannels: Bool {
    switch self {
    case .softmax, .logSoftmax, .sparsemax, .glu: true
    default: false
    }
  }
}
