// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift module of ours: its name and what it imports, of lower levels only.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of a module; they may import anything.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
  resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: strict)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
  name: "moru",
  products: [
    .library(name: "Moru", targets: ["Moru"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
  ],
  targets: [
    // Level 0
    .target(name: "CDNNL", linkerSettings: [.linkedLibrary("dnnl")]),
    .systemLibrary(name: "CFileSystem"),
    .target(name: "CImages", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
    .target(name: "CKernels"),
    .systemLibrary(name: "CZlib"),

    // Level 1
    module("MoruTensors"),

    // Level 2
    module("MoruGraph", ["MoruTensors"]),
    module("MoruArchive", ["MoruTensors", "CFileSystem", crypto]),

    // Level 3
    module("MoruReference", ["MoruTensors", "MoruGraph"]),
    module("MoruCPU", ["MoruTensors", "MoruGraph", "CDNNL", "CKernels"]),
    module("MoruLayers", ["MoruTensors", "MoruGraph", "MoruArchive"]),
    module("MoruOptimizers", ["MoruTensors", "MoruGraph", "MoruArchive"]),
    module("MoruMetrics", ["MoruTensors", "MoruGraph", "MoruArchive"]),
    module("MoruData", ["MoruTensors", "MoruArchive", "CImages", "CZlib"]),
    module("MoruTracking", ["MoruArchive", grdb]),

    // Level 4
    module(
      "MoruModels",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruMetrics",
        "MoruData",
      ]),

    // Level 5
    module(
      "MoruTraining",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruMetrics",
        "MoruOptimizers", "MoruData", "MoruModels",
      ]),
    module("MoruReport", ["MoruMetrics"]),

    // Level 8
    module(
      "Moru",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruTraining", "MoruReport",
      ]),

    .target(
      name: "TestKit", dependencies: ["MoruTensors", "MoruGraph", "MoruReference"],
      path: "Tests/TestKit", swiftSettings: strict),
    tests("MoruTensorsTests", ["MoruTensors"]),
    tests("MoruGraphTests", ["MoruTensors", "MoruGraph", "MoruReference", "TestKit"]),
    tests("MoruArchiveTests", ["MoruTensors", "MoruArchive"], resources: [.copy("Fixtures")]),
    tests(
      "MoruReferenceTests", ["MoruTensors", "MoruGraph", "MoruReference", "TestKit"],
      exclude: ["Golden"]),
    tests(
      "MoruCPUTests",
      ["MoruTensors", "MoruGraph", "MoruReference", "MoruCPU", "CKernels", "TestKit"]),
    .target(
      name: "GoldenKit", dependencies: ["MoruTensors", "MoruArchive"], path: "Tests/GoldenKit",
      swiftSettings: strict),
    tests(
      "MoruLayersTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruLayers", "MoruOptimizers",
        "TestKit", "GoldenKit",
      ]),
    tests(
      "MoruOptimizersTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruLayers", "MoruOptimizers",
        "TestKit", "GoldenKit",
      ]),
    tests(
      "MoruMetricsTests",
      ["MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruMetrics", "TestKit"],
      resources: [.copy("Fixtures")]),
    tests(
      "MoruDataTests", ["MoruTensors", "MoruArchive", "MoruData"], resources: [.copy("Fixtures")]),
    tests(
      "MoruTrackingTests", ["MoruArchive", "MoruTracking", grdb], resources: [.copy("Fixtures")]),
    tests(
      "MoruModelsTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruData", "MoruModels",
      ], resources: [.copy("Fixtures")]),
    tests(
      "MoruTrainingTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruTraining",
      ]),
    tests("MoruReportTests", ["MoruMetrics", "MoruReport"]),
  ],
  swiftLanguageModes: [.v6]
)
