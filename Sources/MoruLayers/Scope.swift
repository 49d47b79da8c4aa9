public import MoruGraph
public import MoruTensors

/// Where layers ask for their weights while they draw.
///
/// A scope gives each layer a path, the same whenever the same layer is called again, and either
/// declares weights (when a model is first built) or hands over the model's tensors.
public final class Scope {
  /// A layer that was called.
  public struct Call: Sendable {
    /// The path of the layer: names from the outermost layer inwards.
    public let path: String
    /// The layer's kind.
    public let kind: String
    /// Type of the first output, batch axis first.
    public let output: TensorType
    /// Number of layers around it.
    public let depth: Int
    /// Which layer it was.
    let identity: Identity
  }

  /// What a layer made of its inputs when it was called.
  public struct Trace: Sendable {
    /// The layer that was called.
    public let call: Call
    /// Its outputs.
    public let outputs: [Tensor]
  }

  /// The seed for dropout and noise, i64[2]: given in training only.
  public private(set) var seed: Tensor?
  /// Whether layers should behave as in training.
  public var isTraining: Bool { seed != nil }
  /// The first error that a layer met.
  public private(set) var error: GraphError?
  private(set) var declarations: [WeightDeclaration] = []
  private(set) var calls: [Call] = []
  /// What each call of a layer came to, in the order of `calls`; empty unless the scope was made to
  /// keep them.
  public private(set) var traces: [Trace] = []
  /// Terms that regularizers add to the loss; nothing computes them where only outputs are asked for.
  public private(set) var penalties: [Tensor] = []
  /// What parameters are held to after each update, by path.
  public private(set) var constraints: [String: any Constraint] = [:]

  private let given: Weights?
  private let keepsTraces: Bool
  private var updates: [String: Tensor] = [:]
  private var declared: [String: Tensor] = [:]
  private var paths: [Identity: String] = [:]
  private var taken: Set<String> = []
  private var lastNumbers: [String: Int] = [:]
  private var penalized: Set<String> = []
  private var prefix: [String] = []
  private var masks: [Place: (tensor: Tensor, mask: Tensor)] = [:]
  private var change: ((_ name: String, _ weight: Tensor) -> Tensor)?
  private var substitute: Substitute?
  private var frozenPaths: [[String]] = []
  private var streams: UInt32 = 0

  /// A scope that declares weights.
  init() {
    given = nil
    keepsTraces = false
    seed = nil
  }

  /// A scope that hands over weights.
  ///
  /// - Parameter weights: Parameters and state by path.
  /// - Parameter seed: Given in training only.
  /// - Parameter keepsTraces: Whether the outputs of all layers are kept in `traces`, to look inside.
  public init(weights: Weights, seed: Tensor? = nil, keepsTraces: Bool = false) {
    given = weights
    self.keepsTraces = keepsTraces
    self.seed = seed
  }

  /// Whether training leaves the present layer as it is, statistics that it gathers included.
  public var isFrozen: Bool { isFrozen(prefix) }

  /// Whether training leaves a weight of the present layer as it is.
  public func isFrozen(_ name: String) -> Bool { isFrozen(prefix + [name]) }

  /// A weight that gradients change, unless it is frozen.
  ///
  /// - Parameters:
  ///   - name: The weight's own name: `kernel`.
  ///   - shape: Its shape.
  ///   - initializer: How it starts.
  ///   - fan: The sizes that the initializer scales by; taken from the shape if nil.
  ///   - regularizer: What it adds to the loss, once however often the layer is called.
  ///   - constraint: What it is held to after each update.
  public func parameter(
    _ name: String, _ shape: Shape, initializer: any Initializer, fan: Fan? = nil,
    regularizer: (any Regularizer)? = nil, constraint: (any Constraint)? = nil
  ) -> Tensor {
    parameter(name, shape, WeightSettings(initializer, regularizer, constraint), fan: fan)
  }

  /// A weight that gradients change.
  ///
  /// - Parameters:
  ///   - name: The weight's own name: `kernel`.
  ///   - shape: Its shape.
  ///   - settings: How it starts, what it adds to the loss, and what it is held to.
  ///   - fan: The sizes that the initializer scales by; taken from the shape if nil.
  public func parameter(
    _ name: String, _ shape: Shape, _ settings: WeightSettings, fan: Fan? = nil
  ) -> Tensor {
    if let substitute {
      self.substitute = nil
      defer { self.substitute = substitute }
      return substitute(path(name), name, shape) { parameter(name, shape, settings, fan: fan) }
    }
    let isTrainable = !isFrozen(name)
    let tensor = weight(name, shape, settings.initializer, fan, isTrainable: isTrainable)
    guard tensor.error == nil else { return tensor }
    if let failed = unfit(settings, tensor) { return failed }
    if isTrainable { constraints[path(name)] = settings.constraint }
    if let regularizer = settings.regularizer, isTrainable,
      penalized.insert(path(name)).inserted
    {
      penalties.append(regularizer.penalty(tensor))
    }
    return change?(name, tensor) ?? tensor
  }

  /// The error that a weight cannot be penalized or held so; said when weights are declared, so that
  /// nobody has to train to learn it.
  private func unfit(_ settings: WeightSettings, _ tensor: Tensor) -> Tensor? {
    guard given == nil else { return nil }
    return [settings.regularizer?.penalty(tensor), settings.constraint?.held(tensor)]
      .compactMap { $0 }.first { $0.error != nil }
  }

  /// Draws `body` with every parameter that it asks for replaced by what `change` makes of it.
  func transforming<Result>(
    _ change: @escaping (_ name: String, _ weight: Tensor) -> Tensor, _ body: () -> Result
  ) -> Result {
    let outer = self.change
    self.change = { change($0, outer?($0, $1) ?? $1) }
    defer { self.change = outer }
    return body()
  }

  /// What layers are handed in place of a parameter: its path, its own name and shape, and how the
  /// parameter itself is asked for.
  typealias Substitute = (
    _ path: String, _ name: String, _ shape: Shape, _ parameter: () -> Tensor
  ) -> Tensor

  /// Draws `body` with something in place of its parameters.
  func substituting<Result>(_ substitute: @escaping Substitute, _ body: () -> Result) -> Result {
    let outer = self.substitute
    self.substitute = substitute
    defer { self.substitute = outer }
    return body()
  }

  /// The path of a weight or layer below the present layer.
  func path(below name: String) -> String { path(name) }

  /// Has everything that is drawn so far depend on what `redraw` makes of it: new values of states,
  /// penalties and the outputs that are kept.
  func redraw(_ redraw: (Tensor) -> Tensor) {
    updates = updates.mapValues(redraw)
    penalties = penalties.map(redraw)
    traces = traces.map { Trace(call: $0.call, outputs: $0.outputs.map(redraw)) }
  }

  /// Draws `body` with some weights frozen, beside those that are already.
  ///
  /// - Parameter paths: Layers and weights below the present layer; all of them if nil.
  func freezing<Result>(_ paths: [String]?, _ body: () -> Result) -> Result {
    let outer = frozenPaths
    frozenPaths += paths.map { $0.map { prefix + $0.pathNames } } ?? [prefix]
    defer { frozenPaths = outer }
    return body()
  }

  private func isFrozen(_ path: [String]) -> Bool {
    frozenPaths.contains { path.starts(with: $0) }
  }

  /// Adds a term to the loss, of training and of evaluation.
  public func penalize(_ term: Tensor) { penalties.append(term) }

  /// Adds what a regularizer says of a layer's output to the loss, as a mean over the batch.
  func penalize(activity output: Tensor, _ regularizer: (any Regularizer)?) {
    guard let regularizer, output.error == nil, let batch = output.shape.first else { return }
    penalize(regularizer.penalty(output.floating()) * Tensor(1 / Double(max(batch, 1))))
  }

  /// A weight that the layer changes itself, through `update`.
  public func state(_ name: String, _ shape: Shape, initializer: any Initializer = .zeros) -> Tensor
  {
    weight(name, shape, initializer, nil, isTrainable: false)
  }

  /// A weight of whole numbers of one byte, which nothing changes.
  func bytes(_ name: String, _ shape: Shape) -> Tensor {
    weight(name, shape, .zeros, nil, isTrainable: false, dtype: .int8)
  }

  /// A state that each sample of a batch leaves to the sample at its place in the next batch, in
  /// training and in use: zeros before the first batch. It moves through `carry`.
  ///
  /// - Parameters:
  ///   - name: The weight's own name.
  ///   - shape: Its shape for one sample.
  ///   - batchSize: Samples in each batch.
  /// - Returns: The state of each sample of this batch; where weights are declared, of one.
  func carriedState(_ name: String, _ shape: Shape, batchSize: Int) -> Tensor {
    let all = Shape([batchSize] + shape.dimensions)
    let state = weight(name, all, .zeros, nil, isTrainable: false, isCarried: true)
    guard given == nil, state.error == nil else { return state }
    if let other = declarations.first(where: \.isCarried), other.type.shape[0] != batchSize {
      return refused(
        path(name), "is of batches of \(batchSize), \(other.path) of \(other.type.shape[0])",
        "Give all layers that keep states one batch size.")
    }
    return state.sliced(0..<1)
  }

  /// Leaves a state to the next batch. No gradient comes back from there.
  func carry(_ name: String, _ state: Tensor) {
    guard let before = given?.state[path(name)] else { return }
    update(name, state.stoppingGradient().converted(to: before.dtype))
  }

  /// Whether weights are declared, on one sample, rather than used.
  var isDeclaring: Bool { given == nil }

  /// The new value of a state weight after this step.
  public func update(_ name: String, _ value: Tensor) {
    updates[path(name)] = value
  }

  /// A number that tells this draw from the others made with the same seed.
  public func nextStream() -> UInt32 {
    streams += 1
    return streams
  }

  /// `x` with elements set to 0 with probability `rate` and the others scaled by `1/(1 − rate)`, in
  /// training; as it is otherwise.
  ///
  /// - Parameter together: The shape of the choice, if elements along some axes share theirs.
  func dropped(_ x: Tensor, _ rate: Double, together: Shape? = nil) -> Tensor {
    guard let seed, rate > 0, x.error == nil else { return x }
    let draw = Tensor.randomUniform(
      together ?? x.shape, seed: seed, stream: nextStream(), dtype: x.dtype)
    return select(draw .>= Tensor(rate), x * Tensor(1 / (1 - rate)), 0)
  }

  /// Which time steps of a tensor count: Boolean, `[batch, time]`; nil if all do.
  ///
  /// Masks travel beside tensors. `Embedding`, `Masking` and users set them; a layer that
  /// `passesMask` hands them on; recurrent and attention layers, averages over time and the loss heed
  /// them; any other layer ends them.
  public func mask(of x: Tensor) -> Tensor? { masks[Place(x)]?.mask }

  /// Says which time steps of a tensor count.
  ///
  /// - Parameter mask: Boolean, `[batch, time]`.
  /// - Parameter x: `[batch, time, …]`.
  public func setMask(_ mask: Tensor, of x: Tensor) {
    // The tensor is held so that no other takes its place.
    masks[Place(x)] = (x, mask)
  }

  /// Sample weights that leave out the time steps that a prediction's mask hides, so that the mean of
  /// the losses is that of the steps that count.
  ///
  /// - Parameter weights: `[batch]`; 1 if nil.
  /// - Parameter prediction: The model's output.
  /// - Returns: The weights as they are if the prediction has no mask, else `[batch, time]`.
  public func sampleWeight(_ weights: Tensor?, for prediction: Tensor) -> Tensor? {
    guard let mask = mask(of: prediction), mask.error == nil else { return weights }
    let shown = mask.converted(to: .float32)
    let share = shown * Tensor(Double(mask.shape.elementCount)) / maximum(shown.sum(), 1)
    guard let weights, weights.rank == 1 else { return share }
    return share * weights.converted(to: .float32).expanded(at: 1)
  }

  /// The steps that count in all of some tensors.
  private func jointMask(of tensors: [Tensor]) -> Tensor? {
    let masks = tensors.compactMap(mask)
    return masks.first.map { masks.dropFirst().reduce($0) { $0 .& $1 } }
  }

  /// Draws a whole model: its layers' paths begin here.
  ///
  /// - Parameter layer: The model.
  /// - Parameter inputs: The input tensors, batch axis first.
  /// - Returns: At least one tensor; one that carries the first error that a layer met, if any.
  public func draw(_ layer: any Layer, _ inputs: [Tensor]) -> [Tensor] {
    let outputs = Self.outputs(of: layer, inputs, in: self)
    guard let error = error ?? outputs.lazy.compactMap(\.error).first else { return outputs }
    return [.failure(error)]
  }

  /// Draws `body`, which is computed again in the backward pass; outside training as it is.
  func checkpointed(_ inputs: [Tensor], _ body: ([Tensor]) -> [Tensor]) -> [Tensor] {
    guard let seed else { return body(inputs) }
    defer { self.seed = seed }
    // The seed is an input so that random numbers are drawn again, too, rather than kept.
    var masks: [Tensor?] = []
    let outputs = MoruGraph.checkpointed(inputs + [seed]) { starts in
      self.seed = starts.last
      for (input, start) in zip(inputs, starts) {
        if let mask = mask(of: input) { setMask(mask, of: start) }
      }
      let outputs = body(starts.dropLast())
      masks = outputs.map(mask)
      return outputs
    }
    for (output, mask) in zip(outputs, masks) {
      if let mask { setMask(mask, of: output) }
    }
    return outputs
  }

  /// Draws `layer` below the present path.
  ///
  /// - Parameter known: Its path below the present one, if it is not made of the layer's name.
  func call(_ layer: any Layer, _ inputs: [Tensor], at known: String? = nil) -> [Tensor] {
    if let failed = inputs.first(where: { $0.error != nil }) { return [failed] }
    let kind = Self.kind(of: layer)
    let outer = prefix
    let path = path(of: layer, at: known)
    prefix = path.pathNames
    defer { prefix = outer }
    let place = calls.count
    let outputs = Self.outputs(of: layer, inputs, in: self)
    if let failure = outputs.lazy.compactMap(\.error).first {
      let error = placed(failure, path: path, kind: kind)
      if self.error == nil { self.error = error }
      return [.failure(self.error ?? error)]
    }
    if let first = outputs.first {
      let call = Call(
        path: path, kind: kind, output: first.type, depth: prefix.count - 1,
        identity: layer.identity)
      calls.insert(call, at: place)
      if keepsTraces { traces.insert(Trace(call: call, outputs: outputs), at: place) }
    }
    return outputs
  }

  /// What a layer makes of some inputs: at least one tensor.
  private static func outputs(
    of layer: any Layer, _ inputs: [Tensor], in scope: Scope
  ) -> [Tensor] {
    func failure(_ reason: String, _ remedy: String) -> [Tensor] {
      [.failure(type(of: layer).kind, inputs, Mismatch(reason, remedy))]
    }
    if let name = layer.name, name.isEmpty || name.contains("/") {
      return failure(
        "its name is \"\(name)\"", "Choose a name of at least one character, without \"/\".")
    }
    let outputs = layer.forward(inputs, in: scope)
    guard !outputs.isEmpty else {
      return failure("it makes no output", "Return at least one tensor from forward.")
    }
    for output in outputs { scope.penalize(activity: output, layer.activityRegularizer) }
    if layer.passesMask, let mask = scope.jointMask(of: inputs) {
      for output in outputs where output.error == nil { scope.setMask(mask, of: output) }
    }
    return outputs
  }

  /// The weights with the layers' updates.
  public var updatedWeights: Weights {
    var weights = given ?? Weights()
    weights.state.merge(updates) { $1 }
    return weights
  }

  /// Says which layer met an error; an error that already names a layer stays.
  private func placed(_ error: GraphError, path: String, kind: String) -> GraphError {
    guard case .unfit(let operation, let types, let mismatch, let location) = error,
      self.error == nil
    else { return error }
    let name = operation == kind ? kind : "\(kind), \(operation)"
    return .unfit(operation: "\(path) (\(name))", types: types, mismatch: mismatch, at: location)
  }

  private func path(_ name: String) -> String { (prefix + [name]).joined(separator: "/") }

  /// The kind that paths and messages name: of a wrapped layer that of the layer itself.
  static func kind(of layer: any Layer) -> String {
    if let wrapper = layer as? any WrapperLayer {
      kind(of: wrapper.layer)
    } else {
      type(of: layer).kind
    }
  }

  private func path(of layer: any Layer, at known: String?) -> String {
    if let known = paths[layer.identity] { return known }
    if let known {
      taken.insert(path(known))
      paths[layer.identity] = path(known)
      return path(known)
    }
    let base = path(layer.name ?? Self.snakeCase(Self.kind(of: layer)))
    var unique = base
    while !taken.insert(unique).inserted {
      let number = lastNumbers[base, default: 0] + 1
      lastNumbers[base] = number
      unique = "\(base)_\(number)"
    }
    paths[layer.identity] = unique
    return unique
  }

  private func weight(
    _ name: String, _ shape: Shape, _ initializer: any Initializer, _ fan: Fan?, isTrainable: Bool,
    isCarried: Bool = false, dtype: DType = .float32
  ) -> Tensor {
    let path = path(name)
    let type = TensorType(dtype, shape)
    guard Shape.checkedElementCount(shape.dimensions + [type.dtype.byteCount]) != nil else {
      return refused(path, "of shape \(shape) is larger than any memory", "Choose smaller sizes.")
    }
    guard let given else {
      if let known = declared[path] {
        guard known.shape != shape else { return known }
        return refused(
          path, "is \(known.type) since the layer's first call, this call needs \(type)",
          "Call a shared layer on inputs of equal size, or give it weights of its own: .fresh().")
      }
      if let complaint = initializer.complaint(about: shape) {
        return refused(path, complaint.reason, complaint.remedy)
      }
      declarations.append(
        WeightDeclaration(
          path: path, type: type, initializer: initializer, isTrainable: isTrainable,
          isCarried: isCarried, fan: fan ?? Fan(shape)))
      let tensor = Tensor.placeholder(type)
      declared[path] = tensor
      return tensor
    }
    // A shared layer may be frozen where it is first called and asked for elsewhere, too.
    let tensor = given.parameters[path] ?? updates[path] ?? given.state[path]
    let remedy = "Pass the weights that were made for this model and input shape."
    guard let tensor else { return refused(path, "has no value", remedy) }
    guard tensor.shape == shape else {
      return refused(path, "is \(tensor.type) where the layer declares \(type)", remedy)
    }
    return tensor
  }

  private func refused(_ path: String, _ reason: String, _ remedy: String) -> Tensor {
    .failure("weights", [], Mismatch("the weight \(path) \(reason)", remedy))
  }

  /// `BatchNormalization` → `batch_normalization`, `Conv2D` → `conv2d`, `Conv2DTranspose` →
  /// `conv2d_transpose`: Keras's rule.
  static func snakeCase(_ kind: String) -> String {
    let characters = Array(kind)
    var result = ""
    for (place, character) in characters.enumerated() {
      let neighbours = characters[max(place - 1, 0)..<min(place + 2, characters.count)]
      if place > 0, character.isUppercase, neighbours.contains(where: \.isLowercase) {
        result += "_"
      }
      result += character.lowercased()
    }
    return result
  }
}

extension String {
  /// The names that a path is made of.
  var pathNames: [String] { split(separator: "/").map(String.init) }
}
