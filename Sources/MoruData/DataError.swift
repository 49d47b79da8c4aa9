/// What can go wrong between a file and a data set.
///
/// Messages name files, lines, columns and counts; the values that were found stay out of them.
public enum DataError: Error, Equatable, CustomStringConvertible {
  // Files
  /// The system could not read `file`.
  case unreadable(file: String, reason: String)
  /// `file` holds nothing.
  case emptyFile(String)
  /// `file` is larger than Moru reads into memory.
  case tooLarge(file: String, limit: Int, unit: String)
  /// The compressed data of `file` end early or are damaged.
  case damagedCompression(file: String, truncated: Bool)

  // Tables
  /// What is wrong with the row at a place.
  case row(place: String, RowProblem)
  /// Every row or file was damaged and left out; the first one is named.
  case nothingLeft(source: String, count: Int, unit: String, place: String, reason: String)
  /// Two columns carry the same name (counted from 1).
  case duplicateColumn(place: String, name: String, first: Int, second: Int)
  /// The header, but no row.
  case noRows(file: String)
  /// There is no such column.
  case unknownColumn(source: String, name: String, nearest: String?)
  /// Text where numbers are expected.
  case notANumber(place: String, column: String)
  /// A number too large for Float32.
  case outOfRange(place: String, column: String)
  /// A cell has no value.
  case missingValue(place: String, column: String)
  /// A category or label that was not there when the encoding was fitted.
  case unknownCategory(place: String, column: String, known: Int)
  /// A column has no value at all, so nothing can be fitted to it.
  case nothingToFit(source: String, column: String)

  // Texts
  /// Settings of a lookup that do not go together; `reason` says what to do instead.
  case setting(_ part: String, _ reason: String)
  /// A lookup was asked before it learned its vocabulary.
  case noVocabulary
  /// There is no token to learn from.
  case noTokens
  /// A string that the vocabulary lacks, where there is no place for such.
  case unknownToken(known: Int)
  /// A text of more UTF-8 bytes than are vectorised.
  case textTooLong(limit: Int)
  /// Another value than text where text is expected.
  case notText(place: String, column: String)
  /// What is wrong with the text at a place.
  indirect case text(place: String, column: String, DataError)

  // IDX files and pictures
  /// `file` is not what its name or use promises.
  case damaged(file: String, detail: String)
  /// Pictures and labels do not pair.
  case pairCount(images: Int, labels: Int, file: String)
  /// A label outside the classes.
  case labelOutside(file: String, index: Int, label: Int, classes: Int)
  /// The folder holds no class folders, or a class folder no pictures.
  case emptyFolder(folder: String, wanted: String)
  /// A picture has another size than the first one.
  case imageSize(file: String, found: String, expected: String)
  /// Pictures in memory are UInt8 `[height, width, 1 or 3]`.
  case notAnImage(shape: String)

  // Cleansing
  /// A journal of a cleaning and the data do not belong together.
  case journal(file: String, problem: String, advice: String)

  // Data sets, streams and splits
  /// A file that keeps a stream's samples is not what it should be.
  case cache(file: String, problem: String, advice: String)
  /// A pass through a stream brought no element.
  case emptyStream(String)
  /// A part of a split that cannot be.
  case parts(name: String, problem: String, advice: String)
  /// The parts of a data set do not belong together.
  case inconsistent(String)
  /// Something that needs classes was asked of a data set without.
  case noClasses(wanted: String)
  /// A fraction that leaves no samples on one side.
  case fraction(name: String, value: Double, count: Int)
  /// A class has too few samples for every part of a split to hold one.
  case tooFewSamples(label: String, count: Int, part: String)
  /// At the field's class ratio a test part would hold no sample of a class.
  case fieldRatio(label: String, share: Double, count: Int)
  /// Samples that a splitter cannot part into folds.
  case folds(splitter: String, problem: String, advice: String)
  /// Samples that a resampler cannot do anything with.
  case resampling(_ resampler: String, problem: String, advice: String)
  /// Rows are no time series: at a place, what is wrong, and what to do.
  case series(place: String, problem: String, advice: String)
  /// Resampled data were to be cut into parts.
  case resampled(by: String)
  /// Data whose encoding has seen all samples were to be cut into parts.
  case fittedToAll(column: String)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): cannot be read: \(reason). Check the path and its permissions."
    case .emptyFile(let file):
      "\(file): the file is empty. Check that it was written and copied completely."
    case .tooLarge(let file, let limit, let unit):
      "\(file): larger than the limit of \(limit) \(unit). Split it or make it smaller."
    case .damagedCompression(let file, let truncated):
      "\(file): the compressed data "
        + (truncated ? "end early" : "are damaged") + ". Copy or download the file again."
    case .row(let place, let problem): "\(place): \(problem.reason). \(problem.advice)"
    case .nothingLeft(let source, let count, let unit, let place, let reason):
      "\(source): nothing is left of \(counted(count, unit)), all damaged. "
        + "Correct the first at \(place): \(reason)."
    case .duplicateColumn(let place, let name, let first, let second):
      "\(place): columns \(first) and \(second) are both named '\(name)'. Rename one of them."
    case .noRows(let file):
      "\(file): there is a header but no row. Add data below it."
    case .unknownColumn(let source, let name, let nearest):
      "\(source): there is no column '\(name)'. "
        + (nearest.map { "Did you mean '\($0)'?" } ?? "Check the name against the header.")
    case .notANumber(let place, let column):
      "\(place): column '\(column)' holds text where a number is expected. "
        + "Correct the value, or declare the column as categorical."
    case .outOfRange(let place, let column):
      "\(place): column '\(column)' holds a number beyond the range of Float32. Rescale the column."
    case .missingValue(let place, let column):
      "\(place): column '\(column)' has no value. "
        + "Fill it in, remove the row, or choose an imputation for features."
    case .unknownCategory(let place, let column, let known):
      "\(place): column '\(column)' holds a value that is none of the "
        + "\(known) known from training. Correct it, or train again with rows that hold it."
    case .nothingToFit(let source, let column):
      "\(source): column '\(column)' has no value in the rows to be fitted. Leave it out."
    case .setting(let part, let reason): "\(part): \(reason)"
    case .noVocabulary:
      "The lookup knows no vocabulary. Use adapted(to:) with training texts, or pass a vocabulary."
    case .noTokens:
      "There is no token to learn a vocabulary from. Pass texts with words, or split them otherwise."
    case .unknownToken(let known):
      "A string is none of the \(known) known. Correct it, or choose numOovIndices above 0."
    case .textTooLong(let limit):
      "A text is longer than \(limit) bytes. Cut it into parts."
    case .notText(let place, let column):
      "\(place): column '\(column)' holds a number where text is expected. Put it into quotation marks."
    case .text(let place, let column, let error): "\(place): column '\(column)': \(error)"
    case .damaged(let file, let detail):
      "\(file): \(detail). Copy or download the file again."
    case .pairCount(let images, let labels, let file):
      "\(file): \(counted(labels, "label")) for \(counted(images, "picture")). "
        + "Use files that belong together."
    case .labelOutside(let file, let index, let label, let classes):
      "\(file): label \(label) at index \(index) is outside the \(classes) classes "
        + "(0 to \(classes - 1)). Correct it, or name all classes."
    case .emptyFolder(let folder, let wanted):
      "\(folder): holds no \(wanted). Expected FOLDER/CLASS/*.png or *.jpg."
    case .imageSize(let file, let found, let expected):
      "\(file): the picture is \(found), the first one \(expected). "
        + "Give a size to which all are resized."
    case .notAnImage(let shape):
      "\(shape) is not a picture. Pass uint8 [height, width, 1 or 3] without empty axes."
    case .cache(let file, let problem, let advice): "\(file): \(problem). \(advice)"
    case .emptyStream(let stream):
      "The stream brings no element (\(stream)). Check its source and what filters it."
    case .parts(let name, let problem, let advice): "The \(name) part \(problem). \(advice)"
    case .journal(let place, let problem, let advice), .series(let place, let problem, let advice):
      "\(place): \(problem). \(advice)"
    case .inconsistent(let detail):
      "The data set is inconsistent: \(detail)."
    case .noClasses(let wanted):
      "\(wanted) needs classes, but the targets are numbers or absent. "
        + "Use data with class labels."
    case .fraction(let name, let value, let count):
      "The \(name) \(value) of \(counted(count, "sample")) leaves a part empty. "
        + "Choose a fraction between 0 and 1 that gives every part a sample."
    case .tooFewSamples(let label, let count, let part):
      "Class '\(label)' has \(counted(count, "sample")), too few for the \(part) part to hold "
        + "one. Add samples, change the fraction, or split without stratification."
    case .folds(let part, let problem, let advice), .resampling(let part, let problem, let advice):
      "\(part): \(problem). \(advice)"
    case .fieldRatio(let label, let share, let count):
      "At the field's ratio, \(share) of class '\(label)', \(counted(count, "sample")) to judge on "
        + "hold none of it. Add samples of the other classes, or set more of them aside."
    case .resampled(let resampler):
      "The samples come from \(resampler), so copies of one could come into several parts. "
        + "Cut the data first, and resample the part that is learned from."
    case .fittedToAll(let column):
      "Column '\(column)' was encoded by what all rows hold, so every part knows the others. "
        + "Cut the table itself (TableSamples), which fits the encoding to each training part."
    }
  }
}

/// "1 field", "2 fields", "2 categories".
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
