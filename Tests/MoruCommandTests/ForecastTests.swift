import Foundation
import Testing

/// A season of 4 on a trend, by day.
private func sales(days: Int, empty: Int? = nil) -> String {
  let rows = (0..<days).map { day -> String in
    let date = String(format: "2024-%02d-%02d", day / 28 + 1, day % 28 + 1)
    let value = 20 + 0.2 * Double(day) + [3, -1, -4, 2][day % 4] + sin(Double(day * day))
    return "\(date),\(day == empty ? "" : "\(value)")"
  }
  return "날짜,매출\n" + rows.joined(separator: "\n") + "\n"
}

@Test func aSeriesIsForecastJudgedSavedAndPredicted() async throws {
  let folder = try TestFolder()
  try folder.write("매출.csv", sales(days: 28 * 4).replacing(/2024-\d\d-\d\d,/, with: ","))
  let outcome = try await folder.run(
    "forecast", "매출.csv", "--target", "매출", "--period", "4", "--horizon", "3", "--model", "linear",
    "--report", "보고.html", "-o", "매출.moru")
  #expect(outcome.code == 0, "\(outcome.errors)")
  #expect(outcome.output.contains("매출: 112 steps (row), 1 to 112."))
  #expect(outcome.output.contains("value 4 steps before (baseline)"))
  #expect(outcome.output.contains("ridge regression errs "))
  #expect(outcome.errors.contains("judging linear"))
  let page = try String(contentsOf: folder.url.appending(path: "보고.html"), encoding: .utf8)
  #expect(page.contains("Forecast of 매출, 매출.csv"))

  let predicted = try await folder.run("predict", "매출.moru", "매출.csv")
  #expect(predicted.code == 0, "\(predicted.errors)")
  let lines = predicted.output.split(separator: "\n").dropFirst(2)
  #expect(lines.count == 3)
  #expect(lines.first?.hasPrefix("매출.csv  113 ") == true)
  #expect(lines.allSatisfy { $0.contains("(5 % ") })
  let asJSON = try await folder.run("predict", "매출.moru", "매출.csv", "--json")
  #expect(asJSON.output.contains("\"quantiles\":[0.0"))
  #expect(asJSON.output.contains("\"time\":\"113\""))
  let judged = try await folder.run("evaluate", "매출.moru", "매출.csv")
  #expect(judged.code == 1)
  #expect(judged.errors.contains("is judged by moru forecast"), "\(judged.errors)")
  let shown = try await folder.run("models", "show", "매출.moru")
  #expect(
    shown.output.contains("forecast of 3 steps, quantiles 0.05, 0.5, 0.95"), "\(shown.output)")
}

@Test func aForecastIsOneJSONObject() async throws {
  let folder = try TestFolder()
  try folder.write("rows.csv", sales(days: 28 * 3).replacing(/2024-\d\d-\d\d,/, with: ","))
  let outcome = try await folder.run(
    "forecast", "rows.csv", "--target", "매출", "--period", "4", "--horizon", "2", "--model",
    "linear",
    "--json")
  #expect(outcome.code == 0, "\(outcome.errors)")
  let object = try #require(
    try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  #expect(object["reference"] as? String == "seasonal-naive")
  #expect(object["horizon"] as? Int == 2)
  #expect((object["models"] as? [Any])?.count == 4)
  #expect((object["verdict"] as? [String: Any])?["outcome"] != nil)
}

@Test func whatCannotBeForecastIsSaidWithANextStep() async throws {
  let folder = try TestFolder()
  try folder.write("gap.csv", sales(days: 60, empty: 10))
  try folder.write("short.csv", "t,y\n1,1\n2,2\n3,3\n")
  for (arguments, code, says) in [
    (
      ["gap.csv", "--target", "매출"], 1,
      "gap.csv: column '매출' has no value at 1 of 60 steps, the first 11."
    ),
    (["short.csv", "--target", "y"], 1, "The series has 3 steps, and this takes at least"),
    (["short.csv", "--target", "z"], 1, "there is no column 'z'"),
    (["short.csv", "--target", "y", "--model", "arima"], 2, "arima"),
    (["short.csv", "--target", "y", "--horizon", "0"], 1, "horizon is 0."),
  ] as [([String], Int32, String)] {
    let outcome = try await MoruProcess.run(["forecast"] + arguments, in: folder.url)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
    #expect(outcome.output == "")
  }
}
