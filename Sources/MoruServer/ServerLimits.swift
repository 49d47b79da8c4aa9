/// How much a single request may take.
public struct ServerLimits: Sendable {
  /// Largest body in bytes.
  public var bodyBytes: Int
  /// How deep arrays and objects may be nested in a body.
  public var depth: Int
  /// Largest picture in a request, in pixels.
  public var picturePixels: Int
  /// Most numbers that the texts or rows of a request may become.
  public var encodedNumbers: Int
  /// Longest time from a request's head to its answer.
  public var time: Duration
  /// How long a connection without a request stays open.
  public var idleTime: Duration

  /// Limits.
  ///
  /// - Parameters:
  ///   - bodyBytes: 16 MiB unless stated.
  ///   - depth: 64 levels unless stated.
  ///   - picturePixels: 16 Mi pixels, such as 4096 × 4096, unless stated.
  ///   - encodedNumbers: 64 Mi numbers, 256 MiB, unless stated.
  ///   - time: 30 seconds unless stated.
  ///   - idleTime: 60 seconds unless stated.
  public init(
    bodyBytes: Int = 16 << 20, depth: Int = 64, picturePixels: Int = 16 << 20,
    encodedNumbers: Int = 64 << 20, time: Duration = .seconds(30),
    idleTime: Duration = .seconds(60)
  ) {
    self.bodyBytes = bodyBytes
    self.depth = depth
    self.picturePixels = picturePixels
    self.encodedNumbers = encodedNumbers
    self.time = time
    self.idleTime = idleTime
  }
}
