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

/// What `import Moru` brings.
let exported: [Target.Dependency] = [
  "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
  "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruTraining", "MoruLearners",
  "MoruReport", "MoruZoo", "MoruInsight", "MoruInterop", "MoruGenerative", "MoruForecasting",
  "MoruAnomaly", "MoruCompression",
]

/// A program that imports `Moru`. It names what that exports: SwiftPM compiles a target anew when a
/// direct dependency changes, and the umbrella's own module never does.
func program(
  _ name: String, path: String, others: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: ["Moru"] + exported + others, path: path, exclude: exclude,
    swiftSettings: strict)
}

/// Where packages of others come from.
func product(_ name: String, _ package: String) -> Target.Dependency {
  .product(name: name, package: package)
}

let arguments = product("ArgumentParser", "swift-argument-parser")
let crypto = product("Crypto", "swift-crypto")
let grdb = product("GRDB", "GRDB.swift")
let httpTypes = product("HTTPTypes", "swift-http-types")
let hummingbird = product("Hummingbird", "hummingbird")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let logging = product("Logging", "swift-log")
let nio = product("NIOCore", "swift-nio")
let protobuf = product("SwiftProtobuf", "swift-protobuf")
let signals = product("UnixSignals", "swift-service-lifecycle")
let yams = product("Yams", "Yams")

let package = Package(
  name: "moru",
  products: [
    .library(name: "Moru", targets: ["Moru"]),
    .executable(name: "moru", targets: ["MoruCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
  ],
  targets: [
    // Level 0
    .target(name: "CDNNL", linkerSettings: [.linkedLibrary("dnnl")]),
    .systemLibrary(name: "CFileSystem"),
    .target(name: "CHDF5", linkerSettings: [.linkedLibrary("hdf5_serial")]),
    .systemLibrary(name: "CLAPACK"),
    .systemLibrary(name: "CTextConversion"),
    .systemLibrary(name: "CXGBoost"),
    .target(
      name: "CImages",
      linkerSettings: ["png", "jpeg", "webp", "tiff"].map { .linkedLibrary($0) }),
    .target(name: "CKernels"),
    .systemLibrary(name: "CZlib"),
    .target(
      name: "MoruONNXFormat", dependencies: [protobuf], exclude: ["onnx.proto", "README.md"],
      swiftSettings: strict),

    // Level 1
    module("MoruTensors"),

    // Level 2
    module("MoruGraph", ["MoruTensors"]),
    module("MoruArchive", ["MoruTensors", "CFileSystem", "CHDF5", crypto]),

    // Level 3
    module("MoruReference", ["MoruTensors", "MoruGraph"]),
    module("MoruCPU", ["MoruTensors", "MoruGraph", "MoruArchive", "CDNNL", "CKernels"]),
    module("MoruLayers", ["MoruTensors", "MoruGraph", "MoruArchive"]),
    module("MoruOptimizers", ["MoruTensors", "MoruGraph", "MoruArchive"]),
    module("MoruMetrics", ["MoruTensors", "MoruGraph", "MoruArchive"]),
    module(
      "MoruData",
      [
        "MoruTensors", "MoruArchive", "CImages", "CKernels", "CLAPACK", "CTextConversion", "CZlib",
        crypto,
      ]),
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
    module(
      "MoruLearners",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruLayers", "MoruMetrics", "MoruData",
        "MoruModels", "CKernels", "CLAPACK", "CXGBoost",
      ]),
    module(
      "MoruReport",
      ["MoruTensors", "MoruGraph", "MoruArchive", "MoruLayers", "MoruMetrics", "MoruModels"]),
    module(
      "MoruInterop",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruLayers", "MoruMetrics", "MoruOptimizers",
        "MoruData", "MoruModels", "MoruONNXFormat", protobuf,
      ]),
    module("MoruServing", ["MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruModels"]),
    module("MoruZoo", ["MoruTensors", "MoruGraph", "MoruArchive", "MoruLayers"]),

    // Level 6
    module(
      "MoruInsight",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruMetrics",
        "MoruData", "MoruModels", "MoruLearners", "MoruTraining", "MoruReport",
      ]),
    module(
      "MoruForecasting",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruOptimizers",
        "MoruMetrics", "MoruData", "MoruModels", "MoruLearners", "MoruTraining", "MoruReport",
      ]),
    .target(
      name: "MoruStudio", dependencies: ["MoruTensors", "MoruData", "MoruModels"],
      resources: [.embedInCode("Resources/studio.html")], swiftSettings: strict),

    module(
      "MoruCompression",
      [
        "CZlib", "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruLearners", "MoruTraining",
      ]),

    // Level 7
    module(
      "MoruGenerative",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruOptimizers",
        "MoruData", "MoruModels", "MoruLearners", "MoruTraining", "MoruReport", "MoruInsight",
      ]),
    module(
      "MoruServer",
      [
        "MoruTensors", "MoruArchive", "MoruData", "MoruModels", "MoruServing", "MoruStudio",
        hummingbird, nio, httpTypes, logging, lifecycle, signals,
      ]),
    module(
      "MoruWorkflow",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruOptimizers",
        "MoruMetrics", "MoruData", "MoruModels", "MoruTraining", "MoruLearners", "MoruReport",
        "MoruZoo", "MoruInterop", yams,
      ]),

    // Level 8
    module(
      "MoruAnomaly",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruOptimizers",
        "MoruMetrics", "MoruData", "MoruModels", "MoruLearners", "MoruTraining", "MoruInsight",
        "MoruGenerative",
      ]),

    // Level 9
    .executableTarget(
      name: "MoruCommand",
      dependencies: [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruMetrics",
        "MoruData", "MoruTracking", "MoruModels", "MoruTraining", "MoruLearners", "MoruReport",
        "MoruServing", "MoruServer", "MoruWorkflow", "MoruZoo", "MoruInterop", "MoruGenerative",
        "MoruForecasting", "MoruAnomaly", "MoruCompression", arguments, logging,
      ], swiftSettings: strict),
    module("Moru", exported),

    program("Quickstart", path: "Examples/Quickstart"),
    program("Lessons", path: "Examples/Lessons", others: [arguments]),
    program("Experiments", path: "Examples/Experiments", others: [arguments]),
    tests("LessonsTests", ["Lessons"] + exported),
    program("TrainingExample", path: "Examples/Training"),
    program("EvaluationExample", path: "Examples/Evaluation"),
    program("InsideExample", path: "Examples/Inside"),
    program("PipelineExample", path: "Examples/Pipeline"),
    program("ModelsExample", path: "Examples/Models"),
    program("TextExample", path: "Examples/Text"),
    program("ZooExample", path: "Examples/Zoo"),
    program("GenerativeExample", path: "Examples/Generative"),
    program("ForecastingExample", path: "Examples/Forecasting"),
    program("TransferExample", path: "Examples/Transfer"),
    program("CompressionExample", path: "Examples/Compression"),
    program("AnomalyExample", path: "Examples/Anomaly"),
    program("SourcesExample", path: "Examples/Sources"),
    program("SplitsExample", path: "Examples/Splits"),
    program(
      "DefectsExample", path: "Examples/defects", others: [arguments], exclude: ["README.md"]),
    program("LearnersExample", path: "Examples/Learners"),
    program("ClustersExample", path: "Examples/Clusters"),
    program("InteropExample", path: "Examples/Interop"),
    program("SegmentationExample", path: "Examples/Segmentation"),
    .executableTarget(
      name: "ServerExample",
      dependencies: ["MoruArchive", "MoruModels", "MoruServing", "MoruServer"],
      path: "Examples/Server", swiftSettings: strict),
    // Compiled here so that no change leaves it behind; run from its own package.
    program("Benchmarks", path: "Benchmarks/Sources"),
    program("CSVBenchmark", path: "Benchmarks/CSV"),

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
      name: "GoldenKit",
      dependencies: [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruLayers", "MoruOptimizers", "MoruMetrics",
        "MoruData",
      ],
      path: "Tests/GoldenKit",
      swiftSettings: strict),
    tests(
      "MoruLayersTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "TestKit", "GoldenKit",
      ]),
    tests(
      "ConformanceTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruTraining", "GoldenKit",
      ]),
    tests(
      "MoruOptimizersTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruLayers", "MoruOptimizers",
        "TestKit", "GoldenKit",
      ]),
    tests(
      "MoruMetricsTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruMetrics",
        "TestKit", "GoldenKit",
      ],
      resources: [.copy("Fixtures")]),
    tests(
      "MoruDataTests", ["MoruTensors", "MoruArchive", "MoruData", "GoldenKit"],
      resources: [.copy("Fixtures")]),
    tests(
      "MoruTrackingTests", ["MoruArchive", "MoruTracking", grdb], resources: [.copy("Fixtures")]),
    tests(
      "MoruModelsTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruMetrics", "MoruData", "MoruModels", "GoldenKit",
      ], resources: [.copy("Fixtures")]),
    tests(
      "MoruTrainingTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruTraining", "GoldenKit",
        "TestKit", "MemoryProbe",
      ]),
    program("MemoryProbe", path: "Tests/MemoryProbe"),
    program("Fuzz", path: "Tests/Fuzz", others: ["MoruWorkflow"], exclude: ["Seeds"]),
    tests(
      "MoruLearnersTests",
      [
        "MoruTensors", "MoruArchive", "MoruLayers", "MoruMetrics", "MoruData", "MoruModels",
        "MoruLearners", "GoldenKit",
      ]),
    tests(
      "MoruReportTests",
      ["MoruTensors", "MoruGraph", "MoruArchive", "MoruLayers", "MoruMetrics", "MoruReport"]),
    tests(
      "MoruZooTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruCPU", "MoruLayers", "MoruOptimizers",
        "MoruData", "MoruModels", "MoruTraining", "MoruZoo", "GoldenKit",
      ]),
    tests(
      "MoruInsightTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruLearners", "MoruTraining",
        "MoruReport", "MoruInsight", "GoldenKit",
      ]),
    tests(
      "MoruGenerativeTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruTraining", "MoruInsight",
        "MoruGenerative", "GoldenKit",
      ]),
    tests(
      "MoruForecastingTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruLearners", "MoruTraining",
        "MoruReport", "MoruForecasting", "GoldenKit",
      ]),
    tests(
      "MoruAnomalyTests",
      [
        "MoruTensors", "MoruGraph", "MoruReference", "MoruCPU", "MoruLayers", "MoruOptimizers",
        "MoruMetrics", "MoruData", "MoruModels", "MoruLearners", "MoruTraining", "MoruGenerative",
        "MoruForecasting", "MoruAnomaly", "GoldenKit",
      ]),
    tests(
      "MoruCompressionTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruTraining", "MoruZoo",
        "MoruCompression", "GoldenKit",
      ]),
    tests(
      "MoruInteropTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruTraining", "MoruInterop",
        "MoruZoo", "MoruWorkflow", "MoruONNXFormat", "GoldenKit", protobuf,
      ]),
    tests(
      "MoruServingTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruData", "MoruModels", "MoruServing",
      ]),
    tests(
      "MoruServerTests",
      [
        "MoruTensors", "MoruGraph", "MoruArchive", "MoruReference", "MoruCPU", "MoruLayers",
        "MoruOptimizers", "MoruMetrics", "MoruData", "MoruModels", "MoruTraining", "MoruServing",
        "MoruStudio", "MoruServer",
      ]),
    tests(
      "MoruWorkflowTests",
      [
        "MoruTensors", "MoruArchive", "MoruLayers", "MoruOptimizers", "MoruMetrics", "MoruData",
        "MoruTracking", "MoruModels", "MoruTraining", "MoruLearners", "MoruZoo", "MoruInterop",
        "MoruWorkflow",
      ]),
    tests(
      "MoruCommandTests",
      [
        "MoruTensors", "MoruGraph", "MoruLayers", "MoruOptimizers", "MoruMetrics", "MoruData",
        "MoruModels", "MoruTraining", "MoruGenerative", "MoruForecasting", "MoruAnomaly",
        "MoruArchive", "MoruZoo", "MoruCommand",
      ],
      resources: [.copy("Fixtures")]),
    tests(
      "DocumentationTests",
      [
        "MoruArchive", "MoruLayers", "MoruOptimizers", "MoruMetrics", "MoruData", "MoruTraining",
        "MoruWorkflow", "Quickstart", "ServerExample", "TrainingExample", "EvaluationExample",
        "InsideExample", "PipelineExample", "SplitsExample", "ModelsExample", "TextExample",
        "SourcesExample", "LearnersExample", "ClustersExample", "InteropExample",
        "SegmentationExample", "ZooExample", "GenerativeExample", "ForecastingExample",
        "TransferExample", "AnomalyExample", "CompressionExample", "Benchmarks",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
