// swift-tools-version: 6.2
import PackageDescription

/// One program for each decoder: libFuzzer's own `main`, and an entry point of ours.
func fuzzer(_ name: String) -> Target {
  .executableTarget(
    name: name, dependencies: [.product(name: "Tern", package: "tern")],
    swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
  name: "fuzz", dependencies: [.package(name: "tern", path: "../..")],
  targets: [
    fuzzer("FuzzTarget"),
    fuzzer("FuzzJSON"),
    fuzzer("FuzzColumns"),
    fuzzer("FuzzArrowStream"),
    fuzzer("FuzzExasol"),
    fuzzer("FuzzAvatica"),
    fuzzer("FuzzMaxScale"),
    fuzzer("FuzzSnowflake"),
    fuzzer("FuzzWebSocket"),
  ], swiftLanguageModes: [.v6])
