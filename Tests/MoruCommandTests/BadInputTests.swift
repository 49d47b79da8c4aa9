import Foundation
import Testing

/// A mistake, and what the program says of it.
struct Mistake {
  let name: String
  let arguments: [String]
  let code: Int32
  /// What the one line on standard error must hold.
  let says: [String]

  init(_ name: String, _ arguments: [String], _ code: Int32, _ says: String...) {
    self.name = name
    self.arguments = arguments
    self.code = code
    self.says = says
  }

  static let all: [Mistake] = [
    // The command line.
    .init("subcommand", ["trian"], 2, "no subcommand 'trian'", "'train'"),
    .init("nested subcommand", ["models", "lst"], 2, "moru models has no subcommand", "'list'"),
    .init("option", ["train", "config.yaml", "--epoch", "3"], 2, "--epoch", "'--epochs'"),
    .init("argument", ["train"], 2, "Missing expected argument", "moru train --help"),
    .init("number", ["train", "config.yaml", "--epochs", "many"], 2, "'many'", "--epochs"),
    .init("range", ["train", "config.yaml", "--epochs", "0"], 2, "at least 1, not 0"),
    .init(
      "word", ["compare", "rows.csv", "--balance", "heavy"], 2, "'heavy' is invalid",
      "automatic, none, under", "moru compare --help"),
    // Files that are not there.
    .init(
      "configuration", ["train", "nothing.yaml"], 2, "nothing.yaml: cannot be read", "no such file"),
    .init("data", ["train", "config.yaml", "--data", "no.csv"], 1, "no.csv", "no such file"),
    .init("inspected", ["data", "inspect", "no.csv"], 1, "no.csv", "no such file"),
    .init("picture", ["predict", "compass", "no.png"], 1, "no.png", "no such file"),
    .init(
      "workspace", ["models", "list", "--workspace", "elsewhere"], 1, "elsewhere is not a workspace"
    ),
    .init("model", ["predict", "compas", "[1, 1]"], 1, "no model named 'compas'", "'compass'"),
    .init("version", ["predict", "compass:9", "[1, 1]"], 1, "no version 9", "newest is 1"),
    .init(
      "alias", ["predict", "compass@champoin", "[1, 1]"], 1, "no alias 'champoin'", "'champion'"),
    .init("reference", ["predict", "compass:x", "[1, 1]"], 1, "'compass:x' does not name a model"),
    .init("package", ["predict", "./gone.moru", "[1, 1]"], 1, "gone.moru"),
    .init("run", ["runs", "show", "19990101"], 1, "no run '19990101'"),
    // Tables.
    .init(
      "fields", ["data", "inspect", "wide.csv", "--damaged", "error"], 1,
      "wide.csv:3: 4 fields where the header has 3"),
    .init(
      "text", ["train", "config.yaml", "--data", "text.csv"], 1,
      "text.csv:12: column 'x' holds text"),
    .init(
      "cut off", ["data", "inspect", "cut.csv", "--damaged", "error"], 1, "cut.csv:2: field 1",
      "never closed"),
    .init(
      "cut gzip", ["data", "inspect", "cut.csv.gz"], 1, "cut.csv.gz: the compressed data end early"),
    .init("empty file", ["data", "inspect", "empty.csv"], 1, "empty.csv: the file is empty"),
    .init(
      "column", ["data", "inspect", "rows.csv", "--target", "kid"], 1, "no column 'kid'", "'kind'"),
    .init(
      "class", ["evaluate", "compass", "other.csv"], 1, "other.csv:3: column 'kind'",
      "none of the 4 known"),
    .init(
      "missing", ["predict", "compass", "holes.csv"], 1, "holes.csv:3: column 'y' has no value"),
    .init(
      "row", ["predict", "compass", "text-row.csv"], 1, "text-row.csv:3: column 'y' holds text"),
    // Pictures and IDX files.
    .init("cut PNG", ["predict", "pictures", "cut.png"], 1, "cut.png"),
    .init(
      "no picture", ["predict", "pictures", "text.png"], 1,
      "text.png: this is no PNG, JPEG"),
    .init(
      "picture size", ["predict", "pictures", "short.csv"], 1,
      "short.csv: 3 columns where the model takes 36"),
    .init(
      "no picture model", ["predict", "compass", "bar.png"], 1, "bar.png", "a row of 2 columns"),
    .init("cut IDX", ["data", "inspect", "cut-idx"], 1, "train-images-idx3-ubyte", "announces"),
    .init(
      "half IDX", ["data", "inspect", "half-idx"], 1, "t10k-images-idx3-ubyte", "no such file"),
    .init(
      "label", ["train", "pictures.yaml", "--data", "bad-idx"], 1, "label 99 at index 31",
      "outside the 10 classes"),
    .init("empty folder", ["data", "inspect", "hollow"], 1, "hollow: holds no"),
    .init("empty class", ["data", "inspect", "classes"], 1, "classes/none: holds no PNG, JPEG"),
    .init(
      "IDX for a table", ["evaluate", "compass", "idx"], 1,
      "idx: Input \"input\" must be f32[batch, 2]"),
    // JSON.
    .init("NaN", ["predict", "compass", "[NaN, 1]"], 1, "JSON: "),
    .init("null", ["predict", "compass", "[null, 1]"], 1, "JSON: the value at [0] is no number"),
    .init("huge", ["predict", "compass", "[1e999, 1]"], 1, "JSON: "),
    .init("broken", ["predict", "compass", "[1, 1"], 1, "JSON: this is not JSON"),
    .init(
      "ragged", ["predict", "compass", "[[1, 1], [1]]"], 1,
      "lists are not equally long: [2] and [1]"),
    .init("shape", ["predict", "compass", "[1, 1, 1]"], 1, "must be f32[batch, 2]", "shape [3]"),
    .init(
      "bytes",
      ["predict", "pictures", "[\(Array(repeating: "0.5", count: 36).joined(separator: ","))]"], 1,
      "whole numbers u8[batch, 6, 6, 1]"),
    .init("unknown name", ["predict", "compass", #"{"x": 1, "why": 1}"#], 1, "no column 'why'"),
    .init(
      "unknown kind", ["predict", "compass", "rows.parquet"], 1, "rows.parquet", "neither a picture"
    ),
  ]
}

/// One folder for all mistakes, with two models; none of them may change it.
private func mistakenFolder() async throws -> TestFolder {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  let pixels = try folder.writeIDX()[0]
  try folder.writePictureConfiguration()
  _ = try await folder.run("train", "config.yaml")
  let configuration = try String(
    contentsOf: folder.url.appending(path: "pictures.yaml"), encoding: .utf8)
  try folder.write("pictures.yaml", configuration.replacing("compass", with: "pictures"))
  _ = try await folder.run("train", "pictures.yaml")

  try folder.write("wide.csv", "x,y,kind\n1,2,north\n1,2,3,north\n")
  let table = try String(contentsOf: folder.url.appending(path: "rows.csv"), encoding: .utf8)
  var lines = table.split(separator: "\n").map(String.init)
  lines[11] = "soon,1,north"
  try folder.write("text.csv", lines.joined(separator: "\n"))
  try folder.write("cut.csv", "x,y,kind\n\"1,2,north\n")
  let gzip = try #require(
    Data(base64Encoded: "H4sIAAAAAAAAA6vQqdTJzsxL4TLUMdLJyy8qyeACAFGtygYTAAAA"))
  try folder.write("cut.csv.gz", gzip.prefix(24))
  try folder.write("empty.csv", "")
  try folder.write("other.csv", "x,y,kind\n1,1,north\n1,1,up\n")
  try folder.write("holes.csv", "x,y\n1,1\n1,\n")
  try folder.write("text-row.csv", "x,y\n1,1\n1,much\n")
  try folder.writePNG("bar.png", pixels)
  let png = try Data(contentsOf: folder.url.appending(path: "bar.png"))
  try folder.write("cut.png", png.prefix(png.count / 2))
  try folder.write("text.png", "no picture")
  try folder.write("short.csv", "1,2,3\n")
  try folder.writeIDX("cut-idx")
  let images = folder.url.appending(path: "cut-idx/train-images-idx3-ubyte")
  try Data(contentsOf: images).dropLast(5).write(to: images)
  try folder.writeIDX("half-idx")
  try FileManager.default.removeItem(
    at: folder.url.appending(path: "half-idx/t10k-images-idx3-ubyte"))
  try folder.writeIDX("bad-idx", lastLabel: 99)
  try folder.write("hollow/.hidden", "")
  try folder.write("classes/none/readme.md", "")
  try folder.write("rows.parquet", "PAR1")
  return folder
}

@Test func eachMistakeIsOneClearLine() async throws {
  let folder = try await mistakenFolder()
  for mistake in Mistake.all {
    let outcome = try await MoruProcess.run(mistake.arguments, in: folder.url)
    let comment = Comment(rawValue: "\(mistake.name): \(outcome.errors)")
    #expect(outcome.code == mistake.code, comment)
    #expect(outcome.errorLine.hasPrefix("moru: "), comment)
    #expect(!outcome.errorLine.contains("\n"), comment)
    for part in mistake.says { #expect(outcome.errorLine.contains(part), comment) }
  }
}
