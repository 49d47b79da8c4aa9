import Synchronization

/// What a served model has done since it was loaded.
public struct ModelStatistics: Sendable, Equatable {
  /// Requests that were answered or refused.
  public var requests = 0
  /// Requests that were refused or failed.
  public var errors = 0
  /// Samples in answered requests.
  public var samples = 0
  /// Seconds from a checked request to its answer, waiting included.
  public var latency = Histogram.latency
  /// Samples that ran together.
  public var batches = Histogram.batchSize

  /// Nothing done yet.
  public init() {}
}

/// Counts that many tasks add to.
final class StatisticsCounter: Sendable {
  private let counted = Mutex(ModelStatistics())

  var statistics: ModelStatistics { counted.withLock { $0 } }

  func answered(samples: Int, after duration: Duration) {
    counted.withLock {
      $0.requests += 1
      $0.samples += samples
      $0.latency.observe(duration / .seconds(1))
    }
  }

  func refused() {
    counted.withLock {
      $0.requests += 1
      $0.errors += 1
    }
  }

  func ran(samples: Int) { counted.withLock { $0.batches.observe(Double(samples)) } }
}
