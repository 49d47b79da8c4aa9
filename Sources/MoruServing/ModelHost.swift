public import MoruArchive
public import MoruCPU
public import MoruGraph
public import MoruModels

/// The models that a process serves, by name and version.
///
/// A model is loaded, warmed up, ready, and in the end stopped; a version can take another's place
/// without a refused request: load the new one, then stop the old one.
public actor ModelHost {
  private let executor: any Executor
  private let queueCapacity: Int
  private var served: [SafeName: [ServedModel]] = [:]
  private var standard: [SafeName: Int] = [:]

  /// A host without models.
  ///
  /// - Parameters:
  ///   - executor: Where models run.
  ///   - queueCapacity: Samples that may wait for each model; requests beyond are refused.
  public init(on executor: any Executor = .cpu, queueCapacity: Int = 1024) {
    self.executor = executor
    self.queueCapacity = max(queueCapacity, 1)
  }

  /// Serves a model: it is `loading` while its programs are compiled, and then `ready`.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - name: The name in requests.
  ///   - version: The version's number.
  ///   - isDefault: Whether requests that name no version go to this one, once it is ready; the
  ///     first version of a name always takes them.
  /// - Throws: `ServingError.alreadyServed`; `.failed` if the model cannot be compiled, which then is
  ///   not served.
  @discardableResult
  public func load(
    _ model: TrainedModel, name: SafeName, version: Int = 1, isDefault: Bool = true
  ) async throws(ServingError) -> ServedModel {
    guard !served[name, default: []].contains(where: { $0.version == version }) else {
      throw .alreadyServed(name, version: version)
    }
    let loaded = ServedModel(
      model, name: name, version: version, on: executor, capacity: queueCapacity)
    served[name, default: []].append(loaded)
    do {
      try await loaded.warmUp()
    } catch {
      remove(loaded)
      throw .failed(name, reason: String(describing: error))
    }
    if isDefault || standard[name] == nil { standard[name] = version }
    return loaded
  }

  /// Stops a version after it has answered what it has accepted. If it was the default, the newest
  /// ready version of the name becomes it.
  ///
  /// - Throws: `ServingError.unknownModel` or `.unknownVersion`.
  public func stop(_ name: SafeName, version: Int) async throws(ServingError) {
    let model = try model(name.text, version: String(version))
    if standard[name] == version {
      standard[name] = versions(name).last { $0.version != version && $0.state == .ready }?.version
    }
    await model.stop()
    remove(model)
  }

  /// The version that a request means.
  ///
  /// - Parameter version: As written in the request; the default if nil.
  /// - Throws: `ServingError.unknownModel` with the nearest name, or `.unknownVersion`.
  public func model(_ name: String, version: String? = nil) throws(ServingError) -> ServedModel {
    let names = served.keys.map(\.text).sorted()
    guard let key = try? SafeName(name), let newest = versions(key).last else {
      throw .unknownModel(name, nearest: nearest(name, among: names), served: names)
    }
    guard let version else {
      return versions(key).first { $0.version == standard[key] } ?? newest
    }
    guard let found = versions(key).first(where: { String($0.version) == version }) else {
      throw .unknownVersion(version, model: key, served: versions(key).map(\.version))
    }
    return found
  }

  /// The served versions of a name, the oldest first.
  ///
  /// - Throws: `ServingError.unknownModel` with the nearest name.
  public func versions(of name: String) throws(ServingError) -> [ServedModel] {
    versions(try model(name).name)
  }

  /// Every served model by name, then version.
  public var models: [ServedModel] { served.keys.sorted().flatMap(versions) }

  /// The default version of every name, sorted by name.
  public var defaults: [ServedModel] {
    served.keys.sorted().compactMap { try? model($0.text) }
  }

  /// Whether there are models, and every name has a version that answers.
  public var isReady: Bool { !served.isEmpty && defaults.allSatisfy { $0.state == .ready } }

  private func versions(_ name: SafeName) -> [ServedModel] {
    served[name, default: []].sorted { $0.version < $1.version }
  }

  private func remove(_ model: ServedModel) {
    served[model.name]?.removeAll { $0 === model }
    if served[model.name]?.isEmpty == true { served[model.name] = nil }
  }
}
