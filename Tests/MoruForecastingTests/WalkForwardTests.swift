import Foundation
import MoruData
import MoruForecasting
import MoruLearners
import MoruMetrics
import MoruModels
import MoruTensors
import Testing

@Suite("Forecasts walk forward") struct WalkForwardTests {
  @Test("and judge the seasonal naive forecast of a season without noise as perfect")
  func perfectSeason() async throws {
    let csv = "값\n" + (0..<60).map { "\([3, 1, 4, 1][$0 % 4])" }.joined(separator: "\n")
    let table = try table(csv)
    let encoding = try SeriesEncoding(fitting: table, target: "값", context: 8, horizon: 3)
    let result = try await WalkForward(origins: 5).judge(
      SeasonalNaive(period: 4), on: encoding.series(in: table), encoding: encoding, period: 1)
    #expect(result.figures.overall.meanAbsoluteError == 0)
    #expect(result.forecasts.count == 5)
    #expect(result.forecasts.map(\.start) == ["54", "55", "56", "57", "58"])
    #expect(result.forecasts[4].truth == [1, 4, 1])
  }

  @Test("each from what was known then: later rows change nothing")
  func noLookingAhead() async throws {
    func forecasts(_ last: Double) async throws -> [[[Double]]] {
      let values = (0..<40).map { sin(Double($0)) * 3 } + [last, last, last]
      let table = try table("값\n" + values.map { "\($0)" }.joined(separator: "\n"))
      let encoding = try SeriesEncoding(fitting: table, target: "값", context: 6, horizon: 2)
      let result = try await WalkForward(origins: 4, refitEvery: 1).judge(
        NormalizedWindows(Ridge()), on: encoding.series(in: table), encoding: encoding)
      // The first two of them end before the last three rows.
      return result.forecasts.prefix(2).map(\.forecast)
    }
    #expect(try await forecasts(1) == forecasts(1e6))
  }
}
