public import MoruLearners

extension RuleList {
  /// Reads rules from a YAML file.
  ///
  /// - Throws: `WorkflowError.configuration` naming file, line and column.
  public static func load(_ path: String) throws -> RuleList {
    try ConfigurationFile(path: path).decode(RuleList.self, userInfo: [:])
  }
}
