import MoruArchive
import MoruGraph
public import MoruLayers
public import MoruTensors

/// A known network, which is drawn for a size of pictures and a number of classes.
///
/// ```swift
/// let model = try Architecture.resNet50(inputShape: [64, 64, 3], classes: 10)
/// ```
public struct Architecture: Sendable {
  /// The name: `ResNet50`.
  public let name: String
  /// The shape of inputs that it was published for, without the batch axis.
  public let inputShape: Shape
  /// The type of the inputs' elements.
  public let inputType: DType
  /// The number of classes that it was published for.
  public let classes: Int
  /// Whose definitions there are; the first one is meant unless another is asked for.
  public let definitions: [Definition]
  /// The paper.
  public let source: String
  /// The least height and width of pictures.
  public let smallest: Int
  /// What height and width are multiples of.
  public let step: Int
  let preprocessing: @Sendable (Definition) -> Preprocessing
  let torchNames: TorchNames?
  let draw: @Sendable (Symbol, Drawing) -> Symbol

  init(
    _ name: String, inputShape: Shape = [224, 224, 3], inputType: DType = .float32,
    smallest: Int = 32, step: Int = 1, classes: Int = 1000, definitions: [Definition],
    source: String,
    preprocessing: @escaping @Sendable (Definition) -> Preprocessing,
    torchNames: TorchNames? = nil, draw: @escaping @Sendable (Symbol, Drawing) -> Symbol
  ) {
    self.name = name
    self.inputShape = inputShape
    self.inputType = inputType
    self.smallest = smallest
    self.step = step
    self.classes = classes
    self.definitions = definitions
    self.source = source
    self.preprocessing = preprocessing
    self.torchNames = torchNames
    self.draw = draw
  }

  /// The network of a name, in letters of either case.
  ///
  /// - Throws: `ZooError.unknownNetwork` with the nearest name.
  public static func named(_ name: String) throws(ZooError) -> Architecture {
    guard let found = catalog.first(where: { $0.name.lowercased() == name.lowercased() }) else {
      throw .unknownNetwork(name, nearest: nearest(name, among: catalog.map(\.name)))
    }
    return found
  }

  /// Draws the network.
  ///
  /// - Parameters:
  ///   - inputShape: Shape of a sample, without the batch axis; the published one if nil.
  ///   - classes: Number of classes; the published one if nil.
  ///   - includeTop: Whether the layers that tell classes apart are drawn; without them the output
  ///     is what they would see.
  ///   - pooling: How the features become one vector without a top; not at all if nil.
  ///   - activation: What the last layer ends in.
  ///   - preprocess: Whether the network takes pixels from 0 to 255 and brings them to its own range
  ///     itself; otherwise they must be in that range.
  ///   - definition: Whose definition is meant; the first of `definitions` if nil.
  /// - Throws: `ZooError.inputShape`, `.classes`, `.oneClass` or `.undefined`.
  public func callAsFunction(
    inputShape: Shape? = nil, classes: Int? = nil, includeTop: Bool = true,
    pooling: FeaturePooling? = nil, activation: ActivationFunction = .softmax,
    preprocess: Bool = true, definition: Definition? = nil
  ) throws -> Model {
    let definition = definition ?? definitions[0]
    guard definitions.contains(definition) else {
      throw ZooError.undefined(network: name, definition, known: definitions)
    }
    let classes = classes ?? self.classes
    guard classes >= 1 else { throw ZooError.classes(classes) }
    guard classes > 1 || activation != .softmax || !includeTop else { throw ZooError.oneClass }
    let shape = inputShape ?? self.inputShape
    let preprocessing = preprocess ? preprocessing(definition).layers : []
    try check(shape, hasColours: preprocess && self.preprocessing(definition).needsColours)
    let drawing = Drawing(
      definition: definition, inputShape: shape, classes: classes, includeTop: includeTop,
      pooling: pooling, activation: activation)
    let start = Input(shape, dtype: inputType)
    let x = preprocessing.reduce(start) { value, layer in layer(value) }
    return try Model(inputs: start, outputs: draw(x, drawing))
  }

  private func check(_ shape: Shape, hasColours: Bool) throws(ZooError) {
    func refused(_ wanted: String) -> ZooError {
      .inputShape(shape, network: name, wanted: wanted)
    }
    guard shape.rank == inputShape.rank else {
      throw refused("\(inputShape.rank) sizes, such as \(inputShape)")
    }
    guard shape.dimensions.allSatisfy({ $0 >= 1 }) else { throw refused("sizes of at least 1") }
    guard Shape.checkedElementCount(shape.dimensions + [8]) != nil else {
      throw refused("sizes whose elements can be counted")
    }
    guard shape.rank == 3 else { return }
    guard shape[0] >= smallest, shape[1] >= smallest else {
      throw refused("a height and a width of at least \(smallest)")
    }
    guard shape[0] % step == 0, shape[1] % step == 0 else {
      throw refused("a height and a width that are multiples of \(step)")
    }
    guard shape[2] == 3 || !hasColours else {
      throw refused("3 channels, or preprocess: false")
    }
  }
}
