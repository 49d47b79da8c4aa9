internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruCPU
internal import MoruModels
internal import MoruServer
internal import MoruServing
internal import MoruWorkflow

/// `moru serve`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer requests over HTTP, with a page to try models at /.",
    discussion: """
      Without --model, every registered model is served: the version of its alias champion, else \
      the newest. Ctrl-C stops after the requests that were accepted.

      Example: moru serve --model digits@champion --port 8080
      """)

  @OptionGroup var workspace: WorkspaceOption
  @Option(help: "The address to listen on; 0.0.0.0 lets other machines in.")
  var host = "127.0.0.1"
  @Option(help: "The port to listen on; 0 for any that is free.")
  var port = 8080
  @Option(
    help: ArgumentHelp(
      "NAME[:VERSION|@ALIAS], or a path; may be given several times.", valueName: "model"))
  var model: [String] = []
  @OptionGroup var processor: ExecutorOption

  func validate() throws {
    guard (0...65535).contains(port) else {
      throw ValidationError("--port must be from 0 to 65535, not \(port).")
    }
  }

  func run() async throws {
    let models = try await found()
    let host = ModelHost(on: processor.executor)
    for (name, resolved) in models {
      try await host.load(
        resolved.model, name: name, version: resolved.version?.number ?? 1, isDefault: false)
    }
    let address = self.host
    let example = models.first.map { RequestExample(name: $0.name, model: $0.model.model) }
    let server = InferenceServer(host: address, port: port, models: host)
    do {
      try await server.run { port in
        let place = "http://\(address.contains(":") ? "[\(address)]" : address):\(port)"
        let output = Output(isJSON: false)
        output.text("Serving \(models.map(\.model.title).joined(separator: ", ")) at \(place)")
        output.text("  Try it on the page at \(place)/, or with")
        if let example { output.text("  \(example.curl(to: place))") }
        output.text("  Ctrl-C stops.")
      }
    } catch {
      throw CannotListen(place: "\(address):\(port)", reason: "\(error)")
    }
  }

  /// The models that were named, or every registered one.
  private func found() async throws -> [(name: SafeName, model: ResolvedModel)] {
    var references = try model.map { text throws(ArchiveError) in
      try ModelReference(parsing: text)
    }
    if references.isEmpty {
      references = try await workspace.existing().models().map { .registered($0, .preferred) }
      guard !references.isEmpty else { throw NothingToServe() }
    }
    var found: [(SafeName, ResolvedModel)] = []
    for reference in references {
      let resolved = try await ResolvedModel(reference, store: workspace.existing)
      let name =
        if case .path(let url) = reference {
          try SafeName(url.deletingPathExtension().lastPathComponent)
        } else {
          resolved.version?.model
        }
      if let name { found.append((name, resolved)) }
    }
    return found
  }
}

/// The address is taken, not ours, or not allowed.
private struct CannotListen: Error, CustomStringConvertible {
  let place: String
  let reason: String

  var description: String {
    "Cannot listen on \(place): \(reason). Choose another --port or --host."
  }
}

/// The workspace has no model.
private struct NothingToServe: Error, CustomStringConvertible {
  let description = "There is no model to serve. `moru train CONFIG.yaml` registers one."
}
