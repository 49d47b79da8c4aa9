import Foundation
import MoruArchive
import MoruData
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruReport
import MoruTensors
import MoruTraining
import MoruWorkflow
import Testing

@Test func aModelInAFileKnowsTheSamplesThatItHasLearnedFrom() async throws {
  let folder = try TestFolder()
  try folder.write("seen.csv", "x,y\n1,2.5\n2,4.5\n3,6.5\n")
  try folder.write("new.csv", "x,y\n1,2.5\n2,4.5\n3,7.5\n")
  let seen = try Dataset.csv(at: folder.url.appending(path: "seen.csv"), target: "y")
  let model = try await Dense(1).fit(
    seen, epochs: 1, optimizer: .sgd(), loss: .meanSquaredError)
  try ModelPackage.save(model, to: folder.url.appending(path: "line.moru"))
  let found = try await ResolvedModel(.path(folder.url.appending(path: "line.moru"))) {
    throw CancellationError()
  }
  func overlap(_ name: String) async throws -> TrainingOverlap? {
    try await ModelEvaluation(
      of: found, on: folder.url.appending(path: name), setting: EvaluationSetting(), seed: 1
    ).overlap
  }
  #expect(try await overlap("seen.csv") == .all)
  #expect(try await overlap("new.csv") == nil)
}
