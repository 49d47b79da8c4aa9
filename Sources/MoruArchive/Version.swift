/// The version of Moru, as in CHANGELOG.md.
public let moruVersion = "0.1.0"
