/// A series while it is being changed: a row of numbers for each time.
public struct Series: Sendable, Equatable {
  /// Numbers of each time.
  public let features: Int
  /// All numbers, time by time.
  public var values: [Float]

  /// Numbers of each time.
  public init(features: Int, values: [Float]) {
    self.features = max(features, 1)
    self.values = values
  }

  /// Number of times.
  public var length: Int { values.count / features }
}
