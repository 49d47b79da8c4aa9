import Foundation
import MoruArchive
import MoruGraph
import MoruLayers
import MoruTensors

/// Turns Keras's description of a model into ours.
struct KerasReader {
  /// A layer in our words, and where its weights are.
  struct Read {
    var ours: KerasValue
    var part: KerasPart
  }

  let file: String
  let dialect: KerasDialect
  private var lastIdentity = 0
  private var depth = 0
  private var taken: Set<String> = []
  /// Whether what is read lies in a model.
  var isInner: Bool { depth > 1 }

  init(file: String, dialect: KerasDialect) {
    self.file = file
    self.dialect = dialect
  }

  /// Reads a layer or a model.
  ///
  /// - Parameters:
  ///   - description: Keras's: `class_name` and `config`.
  ///   - outer: Our path of what it lies in.
  ///   - calls: Settings that come with its calls.
  mutating func layer(
    _ description: KerasValue, in outer: String, calls: [String: KerasValue] = [:]
  ) throws -> Read {
    depth += 1
    defer { depth -= 1 }
    guard depth < 32 else {
      throw InteropError.unreadable(file: file, reason: "its layers nest too deep")
    }
    guard let className = description["class_name"]?.text, let config = description["config"] else {
      throw InteropError.unreadable(file: file, reason: "a layer has no class_name or no config")
    }
    guard !Self.isForeign(description) else {
      throw InteropError.unsupportedLayer(
        kind: description["registered_name"]?.text ?? className,
        place: "\"\(config["name"]?.text ?? className)\"",
        advice: "It is a program of its author's. Build the model with layers of Keras's own.")
    }
    switch className {
    case "Sequential": return try sequential(config, in: outer)
    case "Functional", "Model": return try functional(config, in: outer)
    default: return try simple(className, config, in: outer, calls: calls)
    }
  }

  /// Whether a class only shares its name with one of Keras's.
  private static func isForeign(_ description: KerasValue) -> Bool {
    guard description["registered_name"]?.text != nil else { return false }
    let package = String((description["module"]?.text ?? "").prefix { $0 != "." })
    return !["keras", "tf_keras", "keras_core"].contains(package)
  }

  /// Our name of a layer: Keras's may have slashes.
  private func safeName(_ config: KerasValue, _ className: String) -> String {
    let name = config["name"]?.text ?? ""
    return name.isEmpty ? className.inSnakeCase : name.replacing("/", with: "_")
  }

  /// A path that no other layer has: names that differ in slashes alone would be one.
  private mutating func freePath(of name: String, in outer: String) -> String {
    taken.insertFree(outer.isEmpty ? name : outer + "/" + name)
  }

  mutating func identity() -> KerasValue {
    lastIdentity += 1
    return .integer(lastIdentity)
  }

  // MARK: Layers

  private mutating func simple(
    _ className: String, _ config: KerasValue, in outer: String, calls: [String: KerasValue]
  ) throws -> Read {
    let name = config["name"]?.text ?? className
    guard let rule = KerasRule.byClassName[className] else {
      throw InteropError.unsupportedLayer(
        kind: className, place: "\"\(name)\"", advice: Self.advice(className))
    }
    let path = freePath(of: safeName(config, className), in: outer)
    let safe = path.split(separator: "/").last.map(String.init) ?? path
    var part = KerasPart(
      name: name, className: rule.kind, path: path,
      isTrainable: config["trainable"]?.bool ?? true, weights: rule.weights)
    var ours: [String: KerasValue] = [
      "kind": .text(rule.kind), "id": identity(), "name": .text(safe),
    ]
    var settings = config.object ?? [:]
    settings.merge(calls) { $1 }
    ours.merge(try read(settings, by: rule, place: name)) { $1 }
    try readInner(of: rule, settings, into: &ours, &part)
    part.axis = rule.lastAxis.flatMap { config[$0]?.asList.first?.integer }
    try check(ours, part)
    return Read(ours: frozen(.object(ours), part), part: part)
  }

  /// Settings that every layer has, and that say nothing here.
  private static let common: Set = [
    "name", "trainable", "dtype", "autocast", "batch_input_shape", "batch_size", "batch_shape",
    "build_config", "input_dtype",
  ]

  private func read(
    _ settings: [String: KerasValue], by rule: KerasRule, place: String
  ) throws -> [String: KerasValue] {
    func unsupported(_ key: String, _ unfit: Unfit) -> InteropError {
      .unsupportedSetting(
        key, of: rule.className, place: "\"\(place)\"", reason: unfit.reason, advice: unfit.advice)
    }
    var ours: [String: KerasValue] = [:]
    for setting in rule.settings {
      guard let value = settings[setting.key] ?? setting.absent else { continue }
      do throws(Unfit) {
        ours.merge(try setting.read(value, dialect)) { $1 }
      } catch { throw unsupported(setting.key, error) }
    }
    let known = Self.common.union(rule.settings.map(\.key)).union(rule.inner.map(\.key))
    let others = settings.filter { !known.contains($0.key) && $0.value != .null }
    if let (key, value) = others.min(by: { $0.key < $1.key }) {
      throw unsupported(
        key, Unfit("it is \(value.words)", "Build the model without it and save it again."))
    }
    return ours
  }

  private mutating func readInner(
    of rule: KerasRule, _ settings: [String: KerasValue], into ours: inout [String: KerasValue],
    _ part: inout KerasPart
  ) throws {
    for inner in rule.inner {
      guard let value = settings[inner.key]?.known ?? missing(inner, settings) else {
        throw InteropError.unreadable(file: file, reason: "\"\(part.name)\" has no \(inner.key)")
      }
      // A cell is where its layer is: it has no path of its own.
      let isWhole = inner.key == "cell"
      var reads: [Read] = []
      for description in value.asList {
        var description = description
        if var config = description["config"]?.object {
          for key in inner.ignored { config[key] = nil }
          let name = config["name"]?.text ?? description["class_name"]?.text?.inSnakeCase ?? ""
          config["name"] = .text(name.hasPrefix(inner.prefix) ? name : inner.prefix + name)
          description["config"] = .object(config)
        }
        var read = try layer(description, in: part.path)
        if isWhole { read.part = read.part.moved(from: read.part.path, to: part.path) }
        reads.append(read)
      }
      let key = inner.key.inCamelCase
      if value.list == nil {
        ours[key] = reads[0].ours
        part.inner.append((inner.node, reads[0].part))
      } else {
        ours[key] = .list(reads.map(\.ours))
        part.add(layers: reads.map(\.part), below: inner.node)
      }
    }
  }

  /// Keras 2 makes the layer that walks back out of the one that walks ahead.
  private func missing(_ inner: KerasInner, _ settings: [String: KerasValue]) -> KerasValue? {
    guard inner.key == "backward_layer", var layer = settings["layer"],
      var config = layer["config"]?.object
    else { return nil }
    let name = config["name"]?.text ?? ""
    config["name"] = .text(
      name.hasPrefix("forward_") ? String(name.dropFirst("forward_".count)) : name)
    config["go_backwards"] = .bool(!(config["go_backwards"]?.bool ?? false))
    layer["config"] = .object(config)
    return layer
  }

  /// A layer that Keras does not train is one that we freeze.
  func frozen(_ ours: KerasValue, _ part: KerasPart) -> KerasValue {
    guard !part.isTrainable, !part.weights.isEmpty || !part.inner.isEmpty else { return ours }
    return .object(["kind": .text("Frozen"), "layer": ours])
  }

  /// Reads our description, so that what is wrong is said with the layer's name.
  private func check(_ ours: [String: KerasValue], _ part: KerasPart) throws {
    do {
      _ = try Self.decode(.object(ours))
    } catch let error as PlacedError {
      throw InteropError.refusedSetting(
        error.place, of: part.className, place: "\"\(part.name)\"", reason: "\(error.underlying)")
    } catch is DecodingError {
      throw InteropError.unreadable(
        file: file, reason: "the settings of \"\(part.name)\" (\(part.className)) are damaged")
    }
  }

  /// The layer that our description stands for.
  static func decode(_ ours: KerasValue) throws -> any Layer {
    let decoder = JSONDecoder()
    decoder.userInfo = LayerCatalog.standard.userInfo
    return try decoder.decode(LayerBox.self, from: ours.json()).layer
  }

  private static func advice(_ className: String) -> String {
    switch className {
    case "Lambda":
      return
        "It holds a program in Python, which is never run. Build the model with layers, such as "
        + "Rescaling, instead, and save it again."
    case "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer":
      return "It is an operation of TensorFlow between layers. Build the model with layers such as "
        + "Add, Multiply or Rescaling instead, and save it again."
    case "CuDNNLSTM", "CuDNNGRU":
      return
        "Build the model with \(className.dropFirst(5)), give it the weights by load_weights, and "
        + "save it again."
    case "StringLookup", "TextVectorization", "IntegerLookup", "Normalization":
      return "Prepare the data before the model, and save the model behind that layer."
    default:
      return nearest(className, among: KerasRule.byClassName.keys.sorted())
        .map { "The nearest that is supported is \($0)." }
        ?? "Build the model with layers that Keras has itself; docs/interop.md lists them."
    }
  }
}

extension KerasPart {
  /// The same part at another of our paths.
  func moved(from old: String, to new: String) -> KerasPart {
    var copy = KerasPart(
      name: name, className: className, path: new + path.dropFirst(old.count),
      isTrainable: isTrainable, weights: weights, axis: axis)
    copy.inner = inner.map { ($0.node, $0.part.moved(from: old, to: new)) }
    return copy
  }
}

extension Set<String> {
  /// Inserts a name, with a number behind it if it is there already, and returns it.
  mutating func insertFree(_ name: String) -> String {
    var free = name
    var number = 1
    while !insert(free).inserted {
      free = "\(name)_\(number)"
      number += 1
    }
    return free
  }
}
