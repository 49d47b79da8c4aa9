/// How one setting of Keras's layers is said in ours, and back.
struct KerasSetting: Sendable {
  /// Keras's word.
  let key: String
  /// Our words.
  let names: [String]
  /// What Keras means where the setting is left out, if our default is another.
  var absent: KerasValue?
  /// Ours of Keras's.
  let read: @Sendable (KerasValue, KerasDialect) throws(Unfit) -> [String: KerasValue]
  /// Keras's of ours, from all settings of the layer; nil to leave it out.
  let write: @Sendable ([String: KerasValue], KerasDialect) throws(Unfit) -> KerasValue?

  /// The same with a meaning where it is left out.
  func absent(_ value: KerasValue) -> KerasSetting {
    var copy = self
    copy.absent = value
    return copy
  }

  /// A setting whose value is changed both ways.
  static func mapped(
    _ key: String, as name: String? = nil,
    _ read: @escaping @Sendable (KerasValue, KerasDialect) throws(Unfit) -> KerasValue,
    _ write: @escaping @Sendable (KerasValue, KerasDialect) throws(Unfit) -> KerasValue
  ) -> KerasSetting {
    let name = name ?? key.inCamelCase
    return KerasSetting(
      key: key, names: [name],
      read: { value, dialect throws(Unfit) in
        value == .null ? [:] : [name: try read(value, dialect)]
      },
      write: { ours, dialect throws(Unfit) in
        guard let value = ours[name]?.known else { return .null }
        return try write(value, dialect)
      })
  }

  /// A setting of the same value in both, in camel case ours unless named.
  static func value(_ key: String, as name: String? = nil) -> KerasSetting {
    mapped(key, as: name, { value, _ in value }, { value, _ in value })
  }

  static func values(_ keys: String...) -> [KerasSetting] { keys.map { value($0) } }

  /// A word such as `horizontal_and_vertical`.
  static func word(_ key: String) -> KerasSetting {
    mapped(
      key, { value, _ in value.text.map { .text($0.inCamelCase) } ?? value },
      { value, _ in value.text.map { .text($0.inSnakeCase) } ?? value })
  }

  /// A setting that Moru has not, and that must have one of some values.
  ///
  /// - Parameter written: What is written; nothing if nil.
  static func only(
    _ key: String, _ allowed: KerasValue..., written: KerasValue? = nil, advice: String? = nil
  ) -> KerasSetting {
    KerasSetting(
      key: key, names: [],
      read: { value, _ throws(Unfit) in
        guard value == .null || allowed.contains(value) else {
          let known = allowed.map(\.words).joined(separator: " or ")
          throw Unfit(
            "it is \(value.words)",
            advice ?? "Build the model with \(known.isEmpty ? "None" : known) and save it again.")
        }
        return [:]
      }, write: { _, _ in written })
  }

  /// A setting of ours that Keras has not for such layers, and that must have one value.
  static func onlyOurs(_ name: String, _ value: KerasValue) -> KerasSetting {
    KerasSetting(
      key: name.inSnakeCase, names: [name], read: { _, _ in [:] },
      write: { ours, _ throws(Unfit) in
        guard let found = ours[name]?.known, found != value else { return nil }
        throw Unfit(
          "Keras has not \(found.words) for such layers", "Build it with \(value.words).")
      })
  }

  /// Settings that change neither predictions nor training.
  static func ignored(_ keys: String...) -> [KerasSetting] { ignored(keys) }

  static func ignored(_ keys: [String]) -> [KerasSetting] {
    keys.map { key in
      KerasSetting(key: key, names: [], read: { _, _ in [:] }, write: { _, _ in nil })
    }
  }

  /// The layout of pictures.
  static let dataFormat = only(
    "data_format", .text("channels_last"),
    advice: "Build the model with data_format=\"channels_last\" and save it again.")

  /// One number for each of some axes.
  static func size(_ key: String, axes: Int) -> KerasSetting {
    mapped(
      key, { value, _ in value },
      { value, _ in value.list == nil ? .list([KerasValue](repeating: value, count: axes)) : value }
    )
  }

  /// Numbers before and after, along each of some axes.
  static func margins(_ key: String, axes: Int) -> KerasSetting {
    @Sendable func pair(_ value: KerasValue) -> KerasValue { .list([value, value]) }
    return mapped(
      key, { value, _ in value },
      { value, _ in
        guard let list = value.list else {
          return axes == 1
            ? pair(value) : .list([KerasValue](repeating: pair(value), count: axes))
        }
        return axes > 1 && list.first?.list == nil ? .list(list.map(pair)) : value
      })
  }

  /// An axis or several, which ours has as a list.
  static func axes(_ key: String) -> KerasSetting {
    mapped(
      key, as: "axes", { value, _ in .list(value.asList) },
      { value, dialect throws(Unfit) in
        if value.list?.count == 1, let axis = value.list?.first { return axis }
        // Keras 3 takes any list of axes in an old file for the last axis.
        guard dialect == .three else {
          throw Unfit(
            "files in HDF5 hold one axis, not \(value.words)", "Export to .keras instead.")
        }
        return value
      })
  }

  /// The axis of a layer of ours that always takes the last one.
  static func lastAxis(_ key: String) -> KerasSetting {
    KerasSetting(
      key: key, names: [],
      read: { value, _ throws(Unfit) in
        guard value.asList.count == 1, value.asList[0].integer != nil else {
          throw Unfit("it is \(value.words)", "Build the model with axis=-1 and save it again.")
        }
        return [:]
      }, write: { _, _ in .integer(-1) })
  }
}
