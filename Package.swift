// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift module of ours: its name, what it imports, and how the compiler treats it.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: [], swiftSettings: strict)
}

let package = Package(
  name: "moru",
  targets: [
    module("MoruTensors"),
    module("MoruGraph", ["MoruTensors"]),
    tests("MoruTensorsTests", ["MoruTensors"]),
  ],
  swiftLanguageModes: [.v6]
)
