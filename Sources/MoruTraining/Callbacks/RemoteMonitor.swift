public import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends the figures of each epoch to a server as JSON: `{"epoch": 1, "loss": 0.3, …}`.
///
/// A server that does not answer, or that answers with an error, is warned of once and never ends the
/// training. Figures that JSON has no word for are sent as null.
public struct RemoteMonitor: Callback {
  private let url: URL
  private let headers: [String: String]
  private let timeout: Duration
  private var hasWarned = false

  /// Posts to `url` after each epoch.
  ///
  /// - Parameters:
  ///   - url: Where to, such as `http://localhost:9000/publish/epoch/end/`.
  ///   - headers: What is sent along, such as an authorization.
  ///   - timeout: How long an answer is waited for.
  public init(_ url: URL, headers: [String: String] = [:], timeout: Duration = .seconds(5)) {
    self.url = url
    self.headers = headers
    self.timeout = timeout
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws { hasWarned = false }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    var request = URLRequest(url: url, timeoutInterval: timeout.inSeconds)
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    do {
      request.httpBody = try Self.body(of: report)
      let (_, response) = try await URLSession.shared.data(for: request)
      let status = (response as? HTTPURLResponse)?.statusCode ?? 0
      if !(200..<300).contains(status) {
        warn("it answered with status \(status)", training)
      }
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      try Task.checkCancellation()
      warn(error.localizedDescription, training)
    }
  }

  private mutating func warn(_ reason: String, _ training: TrainingControl) {
    guard !hasWarned else { return }
    hasWarned = true
    training.warn(
      "remoteMonitor could not send figures to \(url.host() ?? url.absoluteString): \(reason). "
        + "The training goes on.")
  }

  /// The figures as JSON, in the order of their names.
  static func body(of report: EpochReport) throws -> Data {
    var fields = report.figures.mapValues { $0.isFinite ? $0 : nil }
    fields["epoch"] = Double(report.epoch)
    fields["seconds"] = report.seconds
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(fields)
  }
}

extension Callback where Self == RemoteMonitor {
  /// Sends the figures of each epoch to a server as JSON.
  public static func remoteMonitor(
    _ url: URL, headers: [String: String] = [:], timeout: Duration = .seconds(5)
  ) -> Self {
    .init(url, headers: headers, timeout: timeout)
  }
}
