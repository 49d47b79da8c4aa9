import MoruData
import MoruTensors

/// Where windows in the order of time are cut into an earlier and a later part.
///
/// Windows next to the cut whose targets lie on both sides are left out, so that nothing of the later part's
/// targets is learned from.
public struct TimeSplit: Sendable, Equatable {
  /// The later part's share of the windows, above 0 and below 1.
  public let share: Double
  /// Series whose windows of one time stand together, at least 1.
  public let seriesCount: Int

  /// A cut with a share behind it.
  public init(share: Double, seriesCount: Int = 1) {
    self.share = share
    self.seriesCount = seriesCount
  }

  /// The parts of windows whose targets are `[windows, horizon]`.
  ///
  /// - Throws: `ForecastingError.setting` for a share out of range; `.tooShort` if a part would be empty.
  func parts(of windows: Dataset) throws -> (early: Dataset, late: Dataset) {
    guard share > 0, share < 1, seriesCount >= 1 else {
      throw ForecastingError.setting(
        "share", problem: "of the later part is \(share), of \(seriesCount) series",
        advice: "Choose a number between 0 and 1, of at least one series.")
    }
    let horizon = windows.targets.first?.tensor.shape.dimensions.last ?? 1
    let cut = windows.count - max(1, Int((share * Double(windows.count)).rounded()))
    let end = cut - (horizon - 1) * seriesCount
    guard end >= 1 else {
      throw ForecastingError.tooShort(
        steps: windows.count, needed: windows.count + 1 - end,
        advice:
          "These are windows: use a shorter context or horizon, fewer forecasts to judge, or a "
          + "longer series.")
    }
    return (
      try windows.subset(Array(0..<end)), try windows.subset(Array(cut..<windows.count))
    )
  }
}
