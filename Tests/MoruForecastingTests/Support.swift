import Foundation
import MoruData
import MoruForecasting
import MoruTensors

/// A table of columns of numbers and texts.
func table(_ csv: String, asText: Set<String> = []) throws -> Table {
  try Table(csv: Data(csv.utf8), source: "rows.csv", asText: asText)
}

/// `월,승객` of `count` months from 2010-01: a season of 12 on a trend, with noise of a seed.
func seasonal(count: Int, noise: Double = 1, seed: UInt64 = 1) throws -> Table {
  let draws = Seed(seed).uniform(count: count)
  let rows = (0..<count).map { step -> String in
    let season = 10 * sin(2 * .pi * Double(step) / 12)
    let value = 50 + 0.5 * Double(step) + season + noise * (draws[step] - 0.5)
    return String(format: "%04d-%02d", 2010 + step / 12, step % 12 + 1) + ",\(value)"
  }
  return try table("월,승객\n" + rows.joined(separator: "\n") + "\n")
}

/// What an error says.
func message(_ body: () async throws -> Void) async -> String {
  do {
    try await body()
    return "nothing was thrown"
  } catch { return "\(error)" }
}
