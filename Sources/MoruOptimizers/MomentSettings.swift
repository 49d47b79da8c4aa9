import MoruArchive

/// The settings that optimizers with two running means have in files.
struct MomentSettings: Encodable {
  let beta1: Double
  let beta2: Double
  let epsilon: Double

  private enum CodingKeys: String, CodingKey, CaseIterable { case beta1, beta2, epsilon }

  init(beta1: Double, beta2: Double, epsilon: Double) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Reads the settings of an optimizer that has no others of its own.
  init(from decoder: any Decoder, part: String) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: part, besides: UpdateSettings.keys)
    beta1 = try fields.fraction(.beta1, default: 0.9)
    beta2 = try fields.fraction(.beta2, default: 0.999)
    epsilon = try fields.number(.epsilon, default: 1e-7, in: 0...1)
  }
}
