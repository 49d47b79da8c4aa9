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
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2")
  ],
  targets: [
    module("MoruTensors"),
    module("MoruGraph", ["MoruTensors"]),
    .systemLibrary(name: "CFileSystem"),
    module(
      "MoruArchive",
      ["MoruTensors", "CFileSystem", .product(name: "Crypto", package: "swift-crypto")]),
    module("MoruLayers", ["MoruTensors", "MoruGraph", "MoruArchive"]),
    module("MoruOptimizers", ["MoruTensors", "MoruGraph", "MoruArchive"]),
    tests("MoruTensorsTests", ["MoruTensors"]),
  ],
  swiftLanguageModes: [.v6]
)
