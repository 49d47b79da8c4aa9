import Hummingbird
public import Logging
import MoruArchive
public import MoruServing
import NIOCore
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Serves a host's models over HTTP: TensorFlow Serving's form, the Open Inference Protocol,
/// metrics, a description of itself and a page for people.
public final class InferenceServer: Sendable {
  /// The version that the server tells clients.
  public static let version = moruVersion

  private let host: String
  private let port: Int
  private let handler: RequestHandler
  private let idleTime: Duration
  private let logger: Logger
  private let group = Mutex<ServiceGroup?>(nil)

  /// A server that does not listen yet.
  ///
  /// - Parameters:
  ///   - host: The address to listen on; only this machine is heard unless another is stated.
  ///   - port: The port to listen on; 0 for any that is free.
  ///   - models: The models that are served; they may change while the server runs.
  ///   - limits: How much a single request may take.
  ///   - logger: Where the server reports what happens to it; warnings and errors alone if nil.
  public init(
    host: String = "127.0.0.1", port: Int = 8080, models: ModelHost,
    limits: ServerLimits = ServerLimits(), logger: Logger? = nil
  ) {
    self.host = host
    self.port = port
    handler = RequestHandler(models: models, limits: limits)
    idleTime = limits.idleTime
    if let logger {
      self.logger = logger
    } else {
      var quiet = Logger(label: "moru.server")
      quiet.logLevel = .warning
      self.logger = quiet
    }
  }

  /// Listens and answers until `stop()` is called or the process is asked to end (SIGINT, SIGTERM);
  /// then accepts nothing more, answers what it has accepted, and returns.
  ///
  /// - Parameters:
  ///   - stopsOnSignals: Whether SIGINT and SIGTERM end the server rather than the process.
  ///   - listening: Told the port once clients can connect.
  /// - Throws: If it cannot listen there.
  public func run(
    stopsOnSignals: Bool = true,
    listening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) async throws {
    let application = Application(
      responder: handler,
      server: .http1(
        configuration: .init(idleTimeout: .nanoseconds(Int64(idleTime / .nanoseconds(1))))),
      configuration: .init(address: .hostname(host, port: port), serverName: "moru"),
      onServerRunning: { channel in await listening(channel.localAddress?.port ?? 0) },
      logger: logger)
    let group = ServiceGroup(
      configuration: .init(
        services: [application],
        gracefulShutdownSignals: stopsOnSignals ? [.sigterm, .sigint] : [], logger: logger))
    self.group.withLock { $0 = group }
    try await group.run()
  }

  /// Lets `run` end once every accepted request is answered.
  public func stop() async {
    await group.withLock { $0 }?.triggerGracefulShutdown()
  }
}
