extension Dataset {
  /// Texts as a data set with one feature `input`, whose model takes texts.
  ///
  /// - Shapes: `int` Int32 `[texts, outputSequenceLength]`; otherwise Float32 `[texts, tokens]`.
  /// - Parameters:
  ///   - vectorization: What makes numbers of them, with a vocabulary that was learned from the
  ///     training part.
  ///   - name: What a text is called in requests, messages and tables.
  ///   - source: What to call the texts in messages and reports.
  /// - Throws: `DataError.noVocabulary`; `.setting` for an `int` without outputSequenceLength;
  ///   `.inconsistent` if there are not as many targets.
  public static func texts(
    _ texts: [String], vectorization: TextVectorization, targets: Targets? = nil,
    name: String = "text", source: String = "texts"
  ) throws(DataError) -> Dataset {
    let encoding = try TableEncoding(column: name, text: vectorization)
    return try Dataset(
      source: source,
      features: [Feature(values: encoding.encode(texts: texts, source: source))],
      targets: targets, encoding: encoding)
  }
}
