public import MoruTensors

/// What can go wrong in generative models.
public enum GenerativeError: Error, Equatable, CustomStringConvertible {
  /// A setting is out of range.
  case outOfRange(String, found: String, allowed: String)
  /// A network makes something else than is needed of it.
  case shape(of: String, found: Shape, needed: Shape)
  /// A network makes several things where one is needed.
  case severalOutputs(of: String, count: Int)
  /// There are fewer samples than a step takes.
  case tooFewSamples(Int, needed: Int)
  /// A conditional network has no classes to learn.
  case noClasses
  /// The data have another number of features than one.
  case features([String])
  /// A layer ties the samples of a batch together, which the gradient penalty must not see.
  case batchNormalized(layer: String)
  /// A callback asks for what this training does not do.
  case notBackedUp
  /// Two groups of features have different widths, or too few rows.
  case featureRows(String)
  /// A model is not one that writes texts.
  case notAWriter(reason: String)
  /// A text begins with what the model does not know.
  case unknownToken(String)
  /// A model takes something else than one picture.
  case notOfPictures([String])
  /// A picture is of another kind than a model takes.
  case picture(String, channels: Int)
  /// A word of a melody is no note.
  case notANote(String)

  public var description: String {
    switch self {
    case .outOfRange(let name, let found, let allowed):
      "\(name) must be \(allowed), not \(found). Change it."
    case .shape(let name, let found, let needed):
      "\(name) makes \(found) of a sample, not \(needed). Change its last layer."
    case .severalOutputs(let name, let count):
      "\(name) has \(count) outputs. Give it one."
    case .tooFewSamples(let count, let needed):
      "There are \(count) samples, and a step takes \(needed). Choose a smaller batch."
    case .noClasses:
      "The network is conditional, and the samples have no classes. "
        + "Name the target when the data are read, or leave isConditional out."
    case .features(let names):
      "The data have the features \(names.joined(separator: ", ")). Pass data with one."
    case .batchNormalized(let layer):
      "\(layer) normalizes over the batch, and the gradient penalty is of each sample by itself. "
        + "Use LayerNormalization in the discriminator."
    case .notBackedUp:
      "BackupAndRestore does not keep the training of a GAN. Use ModelCheckpoint for the generator."
    case .featureRows(let reason): "\(reason) Pass the features of one network for both."
    case .notAWriter(let reason): "The model does not write texts: \(reason)."
    case .notOfPictures(let inputs):
      "The model takes \(inputs.joined(separator: ", ")), not one picture. Take a network of pictures."
    case .picture(let found, let channels):
      "The picture is \(found), but must be u8[height, width, \(channels)]. ImageFile.read makes such."
    case .notANote(let word):
      "\"\(word)\" is no note. Write c4:4 for a quarter, r:2 for a rest of an eighth, | for a bar."
    case .unknownToken(let token):
      "The model does not know \"\(token)\". Begin with what was in the texts it learned from."
    }
  }
}
