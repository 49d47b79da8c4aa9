internal import MoruArchive

extension Decoder {
  /// One word of several that a setting may be.
  ///
  /// - Throws: `PlacedError` with the nearest of the words.
  func choice<Choice: RawRepresentable, Key: CodingKey & CaseIterable>(
    _ fields: Fields<Key>, _ key: Key, among choices: [Choice], of family: String
  ) throws -> Choice? where Choice.RawValue == String {
    guard let name: String = try fields.optional(key) else { return nil }
    guard let choice = choices.first(where: { $0.rawValue == name }) else {
      throw PlacedError(
        ConfigurationError.unknown(name, of: family, among: choices.map(\.rawValue)),
        at: codingPath + [key])
    }
    return choice
  }

  /// The name of a model or candidate.
  ///
  /// - Throws: `PlacedError` with the reason why it cannot be one.
  func safeName<Key: CodingKey & CaseIterable>(
    _ fields: Fields<Key>, _ key: Key
  ) throws -> SafeName? {
    guard let text: String = try fields.optional(key) else { return nil }
    do throws(ArchiveError) {
      return try SafeName(text)
    } catch {
      throw PlacedError(error, at: codingPath + [key])
    }
  }
}
