import Foundation
import MoruArchive
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// Turns our description of a model into Keras's.
struct KerasWriter {
  /// A layer in Keras's words, and where its weights are.
  struct Written {
    var className: String
    var config: [String: KerasValue]
    var part: KerasPart
    /// Settings that Keras gives with calls.
    var calls: [String: KerasValue] = [:]
    var rule: KerasRule?
  }

  let dialect: KerasDialect
  let signature: ModelSignature
  private let calls: [Scope.Call]
  private var next = 0
  /// Our paths of layers that training leaves alone, and whether a layer was found there.
  private var frozen: [String: Bool] = [:]

  init(_ model: TrainedModel, dialect: KerasDialect) {
    self.dialect = dialect
    signature = model.signature
    calls = model.declaration.calls
  }

  /// Our description of a layer.
  static func describe(_ layer: any Layer) throws -> KerasValue {
    let encoder = JSONEncoder()
    encoder.userInfo = LayerCatalog.standard.userInfo
    return try KerasValue(json: encoder.encode(LayerBox(layer)), file: "the model")
  }

  // MARK: Calls

  /// The next call of a layer, in the order in which they are drawn, and the calls in it.
  mutating func take() throws -> (call: Scope.Call, inner: Range<Int>) {
    guard next < calls.count else {
      throw InteropError.unreadable(
        file: "the model", reason: "it is drawn in another way than saved")
    }
    let call = calls[next]
    let end = calls[(next + 1)...].firstIndex { $0.depth <= call.depth } ?? calls.count
    defer { next += 1 }
    return (call, next + 1..<end)
  }

  /// Leaves out the calls in a layer.
  mutating func skip(to end: Int) { next = end }

  // MARK: Layers

  /// The layer in wrappers of ours that Keras has not, and whether it is frozen.
  mutating func unwrapped(_ ours: KerasValue, path: String) -> KerasValue {
    var ours = ours
    while let kind = ours["kind"]?.text, ["Frozen", "Checkpointed"].contains(kind),
      let layer = ours["layer"]
    {
      if kind == "Frozen" {
        let paths = ours["paths"]?.list?.compactMap(\.text) ?? [""]
        for inner in paths {
          frozen[[path, inner].filter { !$0.isEmpty }.joined(separator: "/")] = false
        }
      }
      ours = layer
    }
    return ours
  }

  /// Whether a layer is frozen, itself or as part of another.
  mutating func isFrozen(_ path: String) -> Bool {
    let around = frozen.keys.filter { path == $0 || $0.isEmpty || path.hasPrefix($0 + "/") }
    for known in around { frozen[known] = true }
    return !around.isEmpty
  }

  /// Writes the layer that is called next.
  mutating func layer(_ ours: KerasValue) throws -> Written {
    let (call, inner) = try take()
    let ours = unwrapped(ours, path: call.path)
    let written =
      switch ours["kind"]?.text {
      case "Sequential": try sequential(ours, at: call.path)
      case "Model": try functional(ours, at: call.path, inputs: nil)
      default: try simple(ours, at: call.path, inner)
      }
    skip(to: inner.upperBound)
    return written
  }

  private mutating func simple(
    _ ours: KerasValue, at path: String, _ inner: Range<Int>
  ) throws -> Written {
    let kind = ours["kind"]?.text ?? ""
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let rule = KerasRule.byKind[kind] else {
      throw InteropError.notExportable(
        kind: kind, place: "\"\(path)\"", advice: "Export the part of the model without it.")
    }
    guard dialect == .three || !rule.isNew else {
      throw InteropError.notExportable(
        kind: kind, place: "\"\(path)\"", advice: "Export to .keras instead.")
    }
    var part = KerasPart(
      name: name, className: rule.kind, path: path, isTrainable: !isFrozen(path),
      weights: rule.weights)
    var config = try write(ours, by: rule, place: path)
    config["name"] = .text(name)
    // Some layers without weights do not take the word.
    if !rule.weights.isEmpty || !rule.inner.isEmpty {
      config["trainable"] = .bool(part.isTrainable)
    }
    var paths = calls[inner].map(\.path)[...]
    for slot in rule.inner {
      guard let value = ours[slot.key.inCamelCase] else { continue }
      var written: [Written] = []
      for layer in value.asList {
        // A cell is where its layer is.
        let place = slot.key == "cell" ? path : paths.popFirst() ?? path
        written.append(try self.inner(layer, at: place, of: slot))
        while let next = paths.first, next.hasPrefix(place + "/"), place != path {
          paths.removeFirst()
        }
      }
      let entries = written.map { entry($0, isInner: true) }
      config[slot.key] = value.list == nil ? entries[0] : .list(entries)
      if value.list == nil {
        part.inner.append((slot.node, written[0].part))
      } else {
        part.add(layers: written.map(\.part), below: slot.node)
      }
    }
    var calls: [String: KerasValue] = [:]
    if let causal = config.removeValue(forKey: KerasCall.causalMask), causal == .bool(true) {
      calls[KerasCall.causalMask] = causal
    }
    return Written(
      className: rule.className, config: config, part: part, calls: calls, rule: rule)
  }

  /// A layer inside a layer that is no model.
  private mutating func inner(
    _ ours: KerasValue, at path: String, of slot: KerasInner
  ) throws -> Written {
    let ours = unwrapped(ours, path: path)
    guard let kind = ours["kind"]?.text, kind != "Sequential", kind != "Model" else {
      throw InteropError.notExportable(
        kind: ours["kind"]?.text ?? "?", place: "\"\(path)\"",
        advice: "Models in layers such as TimeDistributed are not exported. Apply their layers one "
          + "by one.")
    }
    let below = calls.indices.filter { calls[$0].path.hasPrefix(path + "/") }
    let range = below.first.map { $0..<(below.last ?? $0) + 1 } ?? 0..<0
    var written = try simple(ours, at: path, range)
    if slot.key == "cell" { written.config["name"] = .text(kind.inSnakeCase) }
    return written
  }

  private func write(
    _ ours: KerasValue, by rule: KerasRule, place: String
  ) throws -> [String: KerasValue] {
    func unsupported(_ key: String, _ unfit: Unfit) -> InteropError {
      .unsupportedSetting(
        key, of: rule.kind, place: "\"\(place)\"", reason: unfit.reason, advice: unfit.advice)
    }
    let settings = ours.object ?? [:]
    var config: [String: KerasValue] = [:]
    for setting in rule.settings {
      do throws(Unfit) {
        if let value = try setting.write(settings, dialect) { config[setting.key] = value }
      } catch { throw unsupported(setting.names.first ?? setting.key, error) }
    }
    let known = Set(
      ["kind", "id", "name"] + rule.settings.flatMap(\.names)
        + rule.inner.map(\.key.inCamelCase))
    let others = settings.filter { !known.contains($0.key) && $0.value != .null }
    if let (key, value) = others.min(by: { $0.key < $1.key }) {
      throw unsupported(
        key, Unfit("Keras has no such setting, and it is \(value.words)", "Build it without."))
    }
    return config
  }

  /// A layer as it stands in a list of layers, or in another layer.
  func entry(_ written: Written, isInner: Bool = false) -> KerasValue {
    var entry: [String: KerasValue] = [
      "class_name": .text(written.className), "config": .object(written.config),
    ]
    // Keras 3 finds layers in layers by their modules, in old files too.
    if dialect == .three || isInner {
      let modules = [
        "Sequential": "keras.src.models.sequential", "Functional": "keras.src.models.functional",
      ]
      entry["module"] = .text(modules[written.className] ?? "keras.layers")
      entry["registered_name"] = .null
    }
    return .object(entry)
  }

  /// Checks that everything that is frozen is a layer, as Keras knows no frozen weights.
  func checkFrozen() throws {
    guard let path = frozen.filter({ !$0.value }).keys.min() else { return }
    throw InteropError.unsupportedSetting(
      "paths", of: "Frozen", place: "\"\(path)\"", reason: "Keras freezes whole layers",
      advice: "Freeze the layer that it belongs to, or nothing.")
  }
}
