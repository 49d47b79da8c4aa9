public import Foundation
internal import MoruArchive
internal import MoruTensors

extension Dataset {
  /// NumPy's arrays in a `.npz` file as samples: a feature for each array, whose first axis is that of
  /// samples.
  ///
  /// An only feature is called `input`. A target of whole numbers and one axis is classes; one of real
  /// numbers and one axis, or a second axis of size 1, is numbers; any other is a tensor.
  ///
  /// - Parameters:
  ///   - target: The array that is to be predicted; none if nil.
  ///   - features: The arrays to predict from; all others if nil.
  ///   - labels: The names of the classes 0, 1, …; the numbers that occur, in order, if nil.
  /// - Throws: `DataError.damaged`, `.unknownColumn` for an array that is not there, `.labelOutside`.
  public static func numpy(
    at url: URL, target: String?, features: [String]? = nil, labels: [String]? = nil
  ) throws(DataError) -> Dataset {
    let name = url.lastPathComponent
    let arrays = try NumPy.readArchive(at: url)
    let names = arrays.map(\.name)
    func array(_ wanted: String) throws(DataError) -> HostTensor {
      guard let found = arrays.first(where: { $0.name == wanted }) else {
        throw .unknownColumn(source: name, name: wanted, nearest: nearest(wanted, among: names))
      }
      return found.array
    }
    let chosen = features ?? names.filter { $0 != target }
    var read: [Feature] = []
    for wanted in chosen {
      read.append(
        Feature(name: chosen.count == 1 ? "input" : wanted, values: try array(wanted)))
    }
    return try Dataset(
      source: name, features: read,
      targets: target.map { target throws(DataError) in
        try targets(array(target), labels: labels, source: name)
      })
  }

  private static func targets(
    _ array: HostTensor, labels: [String]?, source: String
  ) throws(DataError) -> Targets {
    let isColumn = array.shape.rank == 1 || (array.shape.rank == 2 && array.shape[1] == 1)
    guard isColumn else { return .tensor(array) }
    let whole: [Int64]? =
      switch array.values {
      case .int32(let values): values.map { Int64($0) }
      case .int64(let values): values
      case .int8(let values): values.map { Int64($0) }
      case .uint8(let values): values.map { Int64($0) }
      case .bool(let values): values.map { $0 ? 1 : 0 }
      case .float32, .float64, .bfloat16: nil
      }
    guard let whole else {
      guard case .float32(let values) = array.converted(to: .float32).values else {
        return .tensor(array)
      }
      return .values(values)
    }
    if let labels {
      if let index = whole.firstIndex(where: { $0 < 0 || $0 >= labels.count }) {
        throw .labelOutside(
          file: source, index: index, label: Int(whole[index]), classes: labels.count)
      }
      return .classes(whole.map { Int32($0) }, labels: labels)
    }
    let distinct = Set(whole).sorted()
    let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
    return .classes(whole.map { places[$0] ?? 0 }, labels: distinct.map(String.init))
  }
}
