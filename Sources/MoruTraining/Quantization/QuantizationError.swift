/// Why a model cannot be quantized.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
  /// It computes nothing that could be done on whole numbers.
  case noProducts(kept: [String])
  /// It is quantized already.
  case alreadyQuantized
  /// It was not trained for being quantized, and no samples were given to measure ranges on.
  case notAware
  /// A number that is not finite came where ranges are measured, or is in a weight.
  case notFinite(weight: String)
  /// A setting names no weight.
  case unknownWeight(String, nearest: String?)

  public var description: String {
    switch self {
    case .noProducts(let kept):
      "The model has no convolution or dense layer to quantize"
        + (kept.isEmpty ? "." : ": \(kept.joined(separator: ", ")) stay in Float32.")
    case .alreadyQuantized:
      "The model is quantized already. Quantize the model that it was made of."
    case .notAware:
      "The model was not trained for being quantized. Pass samples to measure ranges on: "
        + "quantized(calibration: data)."
    case .notFinite(let weight):
      "The product with \(weight) meets NaN or infinity. "
        + "Check the calibration samples and the model's weights, or train at a lower rate."
    case .unknownWeight(let name, let nearest):
      "No weight or layer is named \(name)" + (nearest.map { "; the nearest is \($0)." } ?? ".")
    }
  }
}
