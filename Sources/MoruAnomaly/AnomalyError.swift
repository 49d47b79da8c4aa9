/// What can go wrong in telling anomalies.
public enum AnomalyError: Error, Equatable, CustomStringConvertible {
  /// A setting is out of range.
  case outOfRange(String, found: String, allowed: String)
  /// Of `samples` good samples `heldOut` set the threshold, where the rate needs `needed`.
  case tooFewGood(samples: Int, heldOut: Int, needed: Int, rate: Double)
  /// The samples are not such as a detector takes.
  case samples(detector: String, found: String, needed: String)
  /// A sample holds NaN or infinity.
  case notFinite(detector: String, sample: Int)
  /// A base makes no maps that a detector could look at.
  case noMaps(layer: String?)
  /// A scorer was given other weights than its layers ask for.
  case weights(found: Int, needed: Int)
  /// A model does not end with a threshold for anomalies.
  case notADetector
  /// A detector makes no map of what it judges.
  case noMap
  /// A folder holds no pictures.
  case noPictures(folder: String)
  /// A picture has no mask although its folder has masks.
  case noMask(picture: String, looked: String)
  /// A mask is of another size than its picture.
  case maskSize(picture: String, found: String, expected: String)

  public var description: String {
    switch self {
    case .outOfRange(let name, let found, let allowed):
      "\(name) must be \(allowed), not \(found). Change it."
    case .tooFewGood(let samples, let heldOut, let needed, let rate):
      "A false-alarm rate of \(rate) needs a threshold from at least \(needed) good samples, and of "
        + "\(samples) only \(heldOut) are held out for it. Give more good samples, hold out more of "
        + "them, or allow a rate of at least \(Self.rate(for: heldOut))."
    case .samples(let detector, let found, let needed):
      "\(detector) takes \(needed), not \(found). Choose another detector, or other samples."
    case .notFinite(let detector, let sample):
      "\(detector): sample \(sample) holds NaN or infinity. Fill missing values first, or leave it out."
    case .noMaps(let layer):
      (layer.map { "\($0) makes no maps [height, width, features]." }
        ?? "The base makes no maps of such pictures.")
        + " Name convolutions of the base, or choose a convolutional base and larger pictures."
    case .weights(let found, let needed):
      "The layers ask for \(needed) weights, and there are \(found). Give one value for each."
    case .notADetector:
      "The model does not tell anomalies. Make one by `moru anomaly fit` or AnomalyDetection."
    case .noMap:
      "This detector scores whole samples and makes no map. Use PaDiM, PatchCore or an autoencoder for "
        + "pictures."
    case .noPictures(let folder):
      "\(folder) holds no PNG, JPEG, WebP or TIFF pictures. Name a folder of pictures."
    case .noMask(let picture, let looked):
      "There is no mask of \(picture), neither \(looked). Put it there, white where the defect is."
    case .maskSize(let picture, let found, let expected):
      "The mask of \(picture) is \(found) pixels, the picture \(expected). Draw it on the picture."
    }
  }

  /// The least rate that so many held-out samples allow, rounded up.
  private static func rate(for heldOut: Int) -> Double {
    (1000 / Double(heldOut + 1)).rounded(.up) / 1000
  }
}
