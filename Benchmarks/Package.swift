// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "moru-benchmarks",
  dependencies: [.package(name: "moru", path: "..")],
  targets: [
    .executableTarget(
      name: "moru-benchmarks", dependencies: [.product(name: "Moru", package: "moru")],
      path: "Sources",
      swiftSettings: [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
