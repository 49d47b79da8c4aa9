package import Foundation
public import MoruLearners

extension RuleList {
  /// Reads rules from a YAML file.
  ///
  /// - Throws: `WorkflowError.configuration` naming file, line and column.
  public static func load(_ path: String) throws -> RuleList {
    try ConfigurationFile(path: path).decode(RuleList.self, userInfo: [:])
  }

  /// Takes the bytes of a YAML file; `path` is for messages.
  package static func decode(_ bytes: Data, path: String) throws -> RuleList {
    try ConfigurationFile(bytes, path: path).decode(RuleList.self, userInfo: [:])
  }
}
