internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruMetrics
internal import MoruModels
internal import MoruReport
internal import MoruTensors

/// Samples as people know them: pictures, and rows of a table.
struct SampleViews {
  let model: TrainedModel
  let dataset: SampleSet
  let url: URL

  /// The longest side of a picture in a page, in pixels.
  private static let longestSide = 256
  /// So many columns of a row are shown.
  private static let shownColumns = 12

  /// The table that the samples are rows of; nil for pictures.
  private func rows() throws -> Table? {
    guard let encoding = model.signature.inputs.first?.content.table,
      case .csv = try DataFormat.find(at: url)
    else { return nil }
    let table = try encoding.table(at: url)
    return table.rowCount == dataset.count ? table : nil
  }

  /// The pictures' files in the order of the samples, with the folder that each is in: the part, or in
  /// pictures without parts the class. Nil for what does not come from such files.
  private func files() throws -> [(file: ImageFolder.Item, folder: String)]? {
    guard case .images = try DataFormat.find(at: url) else { return nil }
    let folders = try PictureParts.find(at: url)
    let files = folders.flatMap { folder in
      folder.items.map {
        ($0, folders.count > 1 ? folder.name : folder.classes[Int($0.label)])
      }
    }
    return files.count == dataset.count ? files : nil
  }

  /// How people call pictures by the folder that they are in.
  private static let folderSlice = "folder"

  /// Figures of the parts that columns make, or the folders that pictures are in.
  func slices(by columns: [String], of answers: some JudgedAnswers) throws -> [SliceTable] {
    guard !columns.isEmpty else { return [] }
    let (table, files) = (try rows(), try files())
    return try columns.map { name in
      let values: [String]
      if let table {
        let column = try table.column(name)
        values = (0..<table.rowCount).map { column.text(at: $0) ?? "–" }
      } else if let files, name == Self.folderSlice {
        values = files.map(\.folder)
      } else {
        throw WorkflowError.option(
          "--slice",
          reason: files == nil
            ? "\(dataset.source) is no table, and has no columns. Leave it out."
            : "pictures are parted by \(quoted(Self.folderSlice)) alone, not by \(quoted(name)). "
              + "Write --slice folder.")
      }
      let slices = Slices(values)
      guard slices.parts.count <= ModelEvaluation.maximumSlices else {
        throw WorkflowError.option(
          "--slice",
          reason:
            "\(table == nil ? "what is parted by" : "column") \(name) has \(slices.parts.count) values. "
            + "Choose one of at most \(ModelEvaluation.maximumSlices).")
      }
      return SliceTable(
        name: name, figures: answers.sliceFigures,
        rows: try slices.parts.map { part in
          Slice(
            name: part.name, count: part.places.count,
            figure: try answers.estimates(part.places))
        })
    }
  }

  /// Mistakes with what shows them.
  func mistakes(_ wrong: [WrongAnswer]) throws -> [Mistake] {
    guard !wrong.isEmpty else { return [] }
    let table = try rows()
    let files = try files()
    return try wrong.map { answer in
      let name =
        table.map { $0.place(ofRow: answer.place) } ?? files.map { $0[answer.place].file.name }
        ?? "#\(answer.place + 1)"
      let columns = table?.columns.prefix(Self.shownColumns) ?? []
      let image =
        try table == nil ? picture(answer.place, file: files?[answer.place].file.url) : nil
      return Mistake(
        truth: answer.truth, predicted: answer.predicted, detail: answer.detail, name: name,
        png: try image.map { try ImageFile.pngData($0) },
        cells: columns.map { ($0.name, $0.text(at: answer.place) ?? "–") })
    }
  }

  /// A sample as a picture, from its file, or else from the model's input.
  private func picture(_ place: Int, file: URL?) throws -> HostTensor? {
    if let file {
      let image = try ImageFile.read(at: file)
      let (height, width) = (image.shape[0], image.shape[1])
      let scale = Double(Self.longestSide) / Double(max(height, width))
      guard scale < 1 else { return image }
      return try ImageFile.resized(
        image, height: max(1, Int(Double(height) * scale)),
        width: max(1, Int(Double(width) * scale)))
    }
    guard let encoding = model.signature.inputs.first?.content.image,
      let feature = try dataset.sample(place).features.first
    else { return nil }
    let values = try feature.values.converted(to: .float64).array(of: Double.self)
    let scale = 255 / encoding.brightest
    return try HostTensor(
      values.map { UInt8(min(max(($0 * scale).rounded(), 0), 255)) },
      shape: [encoding.height, encoding.width, encoding.channels])
  }
}
