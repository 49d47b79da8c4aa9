import Foundation
import MoruAnomaly
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors
import Testing

/// Pictures of 6 × 6 whose rows are alike, but for one place if they are odd.
private func write(_ count: Int, odd: Bool = false, into name: String, of folder: TestFolder) throws
{
  for number in 0..<count {
    var pixels = (0..<36).map { UInt8(100 + $0 / 6 * 10 + (number * 7 + $0) % 5) }
    if odd { pixels[14] = 255 }
    try folder.writePNG("\(name)/사진 \(number).png", pixels)
  }
}

@Test func aFolderOfGoodPicturesBecomesAModelThatFindsAnomalies() async throws {
  let folder = try TestFolder()
  try write(30, into: "양품", of: folder)
  try write(10, into: "시험/good", of: folder)
  try write(5, odd: true, into: "시험/점", of: folder)
  let start = Input([6, 6, 1], dtype: .uint8)
  let edges = Conv2D(4, kernel: 3, padding: .same, activation: .relu)(Rescaling(1 / 255)(start))
  let features = Conv2D(4, kernel: 3, padding: .same, activation: .relu)(edges)
  let base = try Model(
    inputs: start, outputs: Dense(2, activation: .softmax)(GlobalAveragePooling2D()(features)))
  try TrainedModel(
    base, weights: base.declaration(inputs: base.inputs).initialValues(seed: 1)
  ).save(folder.url.appending(path: "base.moru").path)

  for method in ["padim", "patchcore"] {
    let fit = try await folder.run(
      "anomaly", "fit", "양품", "--method", method, "--base", "base.moru", "--false-alarms", "0.2",
      "--output", "부품.moru", "--json")
    #expect(fit.code == 0, "\(fit.errors)")
    #expect(try fit.json()["held_out"] as? Int == 9)
    let judged = try await folder.run(
      "anomaly", "judge", "부품.moru", "시험", "--heatmaps", "지도", "--json")
    #expect(judged.code == 0, "\(judged.errors)")
    let report = try #require(judged.json()["report"] as? [String: Any])
    let anomalies = try #require(report["anomalies"] as? [String: Any])
    let area = try #require(anomalies["roc_auc"] as? [String: Any])
    #expect(area["value"] as? Double == 1)
    let map = folder.url.appending(path: "지도/점/사진 0.png")
    #expect(try ImageFile.read(at: map).shape == [6, 6, 3])
    let asked = try await folder.run("predict", "부품.moru", "시험/점/사진 0.png")
    #expect(asked.output.contains("anomaly"), "\(asked.output)\(asked.errors)")
  }

  let text = try await folder.run("anomaly", "judge", "부품.moru", "시험")
  for line in ["점/사진 0.png", "above the threshold", "AUROC, all", "false alarms (10 good)"] {
    #expect(text.output.contains(line), "\(text.output)")
  }
}

@Test func aTableOfGoodRowsBecomesAModel() async throws {
  let folder = try TestFolder()
  let rows = (0..<60).map { "\($0 % 7).5,\($0 % 5),\($0 < 55 ? "양호" : "불량")" }
  try folder.write("부품.csv", "두께,무게,판정\n" + rows.joined(separator: "\n") + "\n90,1,불량\n")
  let fit = try await folder.run(
    "anomaly", "fit", "부품.csv", "--kind", "판정", "--good", "양호", "--false-alarms", "0.1",
    "-o", "행.moru")
  #expect(fit.code == 0, "\(fit.errors)")
  #expect(fit.output.contains("isolation forest learned 38 of 55 good samples"), "\(fit.output)")
  #expect(fit.output.contains("Saved as 행.moru"))
  let judged = try await folder.run(
    "anomaly", "judge", "행.moru", "부품.csv", "--kind", "판정", "--good", "양호", "--json")
  let samples = try #require(judged.json()["samples"] as? [[String: Any]])
  #expect(samples.count == 61)
  #expect(samples[60]["kind"] as? String == "불량")
  let report = try #require(judged.json()["report"] as? [String: Any])
  #expect((report["anomalies"] as? [String: Any])?["samples"] as? Int == 6)
  let maps = try await folder.run("anomaly", "judge", "행.moru", "부품.csv", "--heatmaps", "maps")
  #expect(maps.code == 1)
  #expect(maps.errorLine.contains("This detector scores whole samples and makes no map."))
}

@Test func aSeriesOfGoodStepsBecomesAModelThatJudgesLaterOnes() async throws {
  let folder = try TestFolder()
  func write(_ count: Int, jump: Int?, to name: String) throws {
    let rows = (0..<count).map { hour -> String in
      let value = Double([0, 2, 5, 6, 4, 1][hour % 6]) + Double(hour * 37 % 11) / 50
      return String(format: "2024-03-%02d %02d:00", 1 + hour / 24, hour % 24)
        + ",\(hour == jump ? 20 : value),\(hour == jump ? "고장" : "정상")"
    }
    try folder.write(name, "시각,부하,상태\n" + rows.joined(separator: "\n") + "\n")
  }
  try write(300, jump: nil, to: "부하.csv")
  try write(60, jump: 40, to: "나중.csv")
  let fit = try await folder.run(
    "anomaly", "fit", "부하.csv", "--target", "부하", "--time", "시각", "--period", "6",
    "--false-alarms", "0.05", "-o", "부하.moru")
  #expect(fit.code == 0, "\(fit.errors)")
  #expect(fit.output.contains("learned 202 of 288 good samples"), "\(fit.output)")
  let judged = try await folder.run(
    "anomaly", "judge", "부하.moru", "나중.csv", "--kind", "상태", "--good", "정상", "--json")
  #expect(judged.code == 0, "\(judged.errors)")
  let samples = try #require(judged.json()["samples"] as? [[String: Any]])
  #expect(samples.count == 48)
  #expect(samples[28]["name"] as? String == "2024-03-02 16:00")
  #expect(samples[28]["is_anomaly"] as? Bool == true)
  let other = try await folder.run("anomaly", "judge", "부하.moru", "나중.csv", "--kind", "상태")
  #expect(other.output.contains("No sample is called 'good'. Say by --good"), "\(other.output)")
  let asked = try await folder.run("predict", "부하.moru", "부하.csv")
  #expect(asked.output.contains("good"), "\(asked.output)\(asked.errors)")
}

@Test(arguments: [
  (
    ["x.csv", "--method", "residual"], 2,
    "--method residual judges a series. Name its column by --target."
  ),
  (
    ["x.csv", "--method", "padim", "--target", "a"], 2,
    "--target is for series, and --method padim takes none."
  ),
  (["x.csv", "--time", "t"], 2, "--time is for series. Name the column to judge by --target."),
  (["x.csv", "--target", "a", "--window", "1"], 2, "--window must be from 2 to 1000000, not 1."),
  (
    ["x.csv", "--target", "a", "--period", "9223372036854775807"], 2,
    "--period must be from 1 to 1000000, not 9223372036854775807."
  ),
  (["x.csv", "--target", "a", "--missing", "mean"], 2, "Use --gaps for a series."),
  (
    ["x.csv", "--target", "a", "--base", "b.moru"], 2,
    "--base is for pictures. Leave it out with --target."
  ),
  (["x.csv", "--target", "a", "--layers", "b"], 2, "--layers is for pictures."),
  (["x.csv", "--target", "a", "--size", "32"], 2, "--size is for pictures."),
  (["good", "--method", "padim"], 2, "--method padim looks at features. Give --base MODEL."),
  (["good", "--false-alarms", "0"], 2, "--false-alarms must be between 0 and 1, not 0.0."),
  (["good", "--memory", "2"], 2, "--memory must be above 0, at most 1, not 2.0."),
  (["good", "--epochs", "0"], 2, "--epochs must be at least 1, not 0."),
  (["empty"], 1, "empty"),
  (["few"], 1, "A false-alarm rate of 0.01 needs a threshold from at least 99 good samples"),
  (["nowhere.csv"], 1, "nowhere.csv"),
])
func whatCannotBeLearnedIsSaid(arguments: [String], code: Int32, says: String) async throws {
  let folder = try TestFolder()
  try write(4, into: "few", of: folder)
  try FileManager.default.createDirectory(
    at: folder.url.appending(path: "empty"), withIntermediateDirectories: true)
  let outcome = try await MoruProcess.run(
    ["anomaly", "fit"] + arguments + ["--output", "x.moru"], in: folder.url)
  #expect(outcome.code == code, "\(outcome.errors)")
  #expect(outcome.errors.contains(says), "\(outcome.errors)")
  #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "x.moru").path))
}
