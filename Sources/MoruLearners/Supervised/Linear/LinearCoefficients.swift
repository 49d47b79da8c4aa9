import MoruArchive
public import MoruMetrics

/// What a linear model says, readable: how much its answer rises with each feature.
public struct LinearCoefficients: Sendable, Codable, Equatable {
  /// One number of the model.
  public struct Coefficient: Sendable, Codable, Equatable {
    /// The feature's name, or `intercept`.
    public let name: String
    /// How much the answer rises when the feature rises by one.
    public let value: Double
    /// How far off the value may be by chance; nil if that is not known.
    public let standardError: Double?
    /// In which the true value is expected; nil if that is not known.
    public let interval: Interval?
    /// How probable a value so far from 0 would be if the true one were 0; nil if that is not known.
    public let pValue: Double?
  }

  /// The formula of one output.
  public struct Output: Sendable, Codable, Equatable {
    /// The class whose log-odds or score it gives, or the target.
    public let name: String
    /// The answer where all features are 0.
    public let intercept: Coefficient
    /// One for each feature.
    public let coefficients: [Coefficient]
  }

  /// One formula for a number and for two classes, else one for each class or column.
  public let outputs: [Output]
  /// Why there are no standard errors; nil if there are.
  public let remark: String?

  /// The weights of the features, `[features, outputs]`, row-major.
  var kernel: [Double] {
    (0..<(outputs.first?.coefficients.count ?? 0)).flatMap { feature in
      outputs.map { $0.coefficients[feature].value }
    }
  }

  /// The intercepts.
  var bias: [Double] { outputs.map(\.intercept.value) }
}

extension LinearCoefficients: CustomStringConvertible {
  /// A table for each output.
  public var description: String {
    let tables = outputs.map { output in
      var table = TextTable(
        [output.name, "coefficient", "standard error", "95 % interval", "p"])
      for coefficient in [output.intercept] + output.coefficients {
        table.append([
          coefficient.name, coefficient.value.significant,
          coefficient.standardError.map(\.significant) ?? "—",
          coefficient.interval.map { "\($0.lower.significant) … \($0.upper.significant)" } ?? "—",
          coefficient.pValue.map(\.significant) ?? "—",
        ])
      }
      return table.text
    }
    return (tables + [remark].compactMap { $0 }).joined(separator: "\n\n")
  }
}
