import Foundation
import MoruArchive
import MoruLayers
import MoruModels
import MoruTensors
import Testing

@Test func aSavedModelComesBackWithTheSameBits() async throws {
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "digits.moru")
  let model = try pictureModel()
  try ModelPackage.save(model, to: url)
  let loaded = try ModelPackage.load(from: url)
  #expect(loaded.weights == model.weights)
  #expect(loaded.signature == model.signature)
  let inputs = [pictures(3)]
  let (before, after) = (
    try await Predictor(model).predict(inputs), try await Predictor(loaded).predict(inputs)
  )
  #expect(after == before)
}

@Test func savingTheSameModelTwiceGivesTheSameBytes() throws {
  let folder = try TemporaryFolder()
  let (one, two) = (folder.url.appending(path: "1.moru"), folder.url.appending(path: "2.moru"))
  try ModelPackage.save(pictureModel(), to: one)
  try ModelPackage.save(pictureModel(), to: two)
  for name in ["model.json", "weights.safetensors", "checksums.json"] {
    #expect(
      try Data(contentsOf: one.appending(path: name))
        == Data(contentsOf: two.appending(path: name)))
  }
}

@Test(arguments: ["weights.safetensors", "model.json"])
func aFlippedByteIsAnErrorThatNamesTheFile(name: String) throws {
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "digits.moru")
  try ModelPackage.save(pictureModel(), to: url)
  let file = url.appending(path: name)
  var bytes = try Data(contentsOf: file)
  bytes[bytes.count / 2] ^= 1
  try bytes.write(to: file)
  let error = #expect(throws: ArchiveError.self) { try ModelPackage.load(from: url) }
  #expect("\(try #require(error))".contains(name))
}

@Test(arguments: ["weights.safetensors", "model.json", "checksums.json"])
func aMissingFileIsAnErrorThatNamesIt(name: String) throws {
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "digits.moru")
  try ModelPackage.save(pictureModel(), to: url)
  try FileManager.default.removeItem(at: url.appending(path: name))
  let error = #expect(throws: ArchiveError.self) { try ModelPackage.load(from: url) }
  #expect("\(try #require(error))".contains(name))
}

/// Rewrites `model.json` and its checksum, as a program that damages packages on purpose would.
private func rewrite(_ url: URL, _ change: (String) -> String) throws {
  let file = url.appending(path: "model.json")
  let text = change(try String(contentsOf: file, encoding: .utf8))
  try Data(text.utf8).write(to: file)
  try ChecksumManifest.write(for: url)
}

@Test func aPackageOfALaterFormatIsRefused() throws {
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "digits.moru")
  try ModelPackage.save(pictureModel(), to: url)
  try rewrite(url) {
    $0.replacingOccurrences(of: "\"formatVersion\" : 1", with: "\"formatVersion\" : 2")
  }
  #expect(
    throws: ModelError.laterFormat(path: url.appending(path: "model.json").path, version: 2)
  ) {
    try ModelPackage.load(from: url)
  }
}

@Test func anUnknownLayerIsRefusedWithItsPlaceAndTheNearestName() throws {
  let folder = try TemporaryFolder()
  let url = folder.url.appending(path: "digits.moru")
  try ModelPackage.save(pictureModel(), to: url)
  try rewrite(url) { $0.replacingOccurrences(of: "\"Conv2D\"", with: "\"Conf2D\"") }
  let error = #expect(throws: ModelError.self) { try ModelPackage.load(from: url) }
  let text = "\(try #require(error))"
  #expect(text.contains("architecture.layers[1]") && text.contains("Conv2D"), "\(text)")
}

@Test func weightsOfAnotherArchitectureAreRefused() throws {
  let model = try pictureModel()
  var weights = model.weights
  weights["dense/kernel"] = .zeros([36, 9])
  #expect(throws: LayerError.self) {
    try TrainedModel(layer: model.layer, weights: weights, signature: model.signature)
  }
  weights["dense/kernel"] = nil
  #expect(throws: LayerError.self) {
    try TrainedModel(layer: model.layer, weights: weights, signature: model.signature)
  }
}

/// One package of each format version stays here for ever.
@Test(arguments: [1])
func packagesOfEveryFormatStillLoadAndAnswerTheSame(version: Int) async throws {
  let folder = try #require(Bundle.module.resourceURL).appending(path: "Fixtures")
  let model = try ModelPackage.load(from: folder.appending(path: "format-\(version).moru"))
  let expected = try SafeTensors(
    opening: folder.appending(path: "format-\(version).safetensors"))
  let found = try await Predictor(model).predict([expected.tensor("input")])[0]
    .array(of: Float.self)
  let wanted = try expected.tensor("output").array(of: Float.self)
  #expect(found.count == wanted.count)
  #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-6 })
}
