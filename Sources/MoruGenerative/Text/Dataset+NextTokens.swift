public import MoruData
import MoruTensors

extension Dataset {
  /// Windows of a text, each with the tokens that follow its own: what a model that writes texts learns.
  ///
  /// - Shapes: one feature `input`, Int32 `[windows, length]`, and a target of the same shape, one token
  ///   further. The vocabulary travels in the model.
  /// - Parameters:
  ///   - text: In order; what is left behind the last whole window is left out.
  ///   - vectorization: Of `int` and of `outputSequenceLength` tokens, with a vocabulary that was learned
  ///     from the training part.
  ///   - stride: Tokens between the beginnings of windows; a window's length if nil, so that each token
  ///     is learned once.
  ///   - source: What to call the text in messages and reports.
  /// - Throws: `DataError.setting` for a vectorization without `outputSequenceLength` or of another
  ///   output, for a stride below 1 and for a text shorter than a window; `.noVocabulary`.
  public static func nextTokens(
    of text: String, vectorization: TextVectorization, stride: Int? = nil,
    source: String = "text"
  ) throws(DataError) -> Dataset {
    guard let length = vectorization.outputSequenceLength, vectorization.outputMode == .int,
      vectorization.ngrams == nil, vectorization.split != .none
    else {
      throw .setting(
        "nextTokens",
        "its vectorization needs int, outputSequenceLength, and letters or words one by one.")
    }
    let stride = stride ?? length
    guard stride >= 1 else { throw .setting("nextTokens", "stride is \(stride), not at least 1.") }
    let tokens = try vectorization.places(of: text)
    let count = tokens.count > length ? (tokens.count - length - 1) / stride + 1 : 0
    guard count > 0 else {
      throw .setting(
        "nextTokens",
        "the text has \(tokens.count) tokens, and a window with what follows takes "
          + "\(length + 1). Choose shorter windows.")
    }
    func windows(_ offset: Int) -> HostTensor {
      HostTensor(shape: [count, length]) { (buffer: UnsafeMutableBufferPointer<Int32>) in
        for window in 0..<count {
          for place in 0..<length {
            buffer[window * length + place] = tokens[window * stride + place + offset]
          }
        }
      }
    }
    return try Dataset(
      source: source, features: [Feature(values: windows(0))], targets: .tensor(windows(1)),
      encoding: TableEncoding(column: "text", text: vectorization))
  }
}
