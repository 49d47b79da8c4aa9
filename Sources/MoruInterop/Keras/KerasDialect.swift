/// How a version of Keras describes models.
enum KerasDialect: Sendable {
  /// Keras 2, tf.keras included.
  case two
  /// Keras 3.
  case three

  /// The dialect of a version such as `2.2.4-tf`.
  init(version: String?) { self = version?.hasPrefix("3") == true ? .three : .two }

  /// The version that files say they were written by.
  var version: String { self == .two ? "2.2.4" : "3.15.1" }
}

/// Why a setting has no counterpart; whoever knows the layer adds its place.
struct Unfit: Error {
  let reason: String
  let advice: String

  init(_ reason: String, _ advice: String) {
    self.reason = reason
    self.advice = advice
  }
}
