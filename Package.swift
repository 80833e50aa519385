// swift-tools-version: 6.2
import PackageDescription

/// Rules that every module of ours compiles under.
let common: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// For the modules that declare a `~Escapable` type.
let lifetimes: [SwiftSetting] = common + [.enableExperimentalFeature("Lifetimes")]

/// A shared object that carries the Swift runtime inside and shows nothing but the names in its
/// version script.
func sharedObject(_ name: String, version: String) -> [LinkerSetting] {
  [
    .unsafeFlags([
      "-static-stdlib",
      "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/\(name).map",
      "-Xlinker", "--gc-sections", "-Xlinker", "-z", "-Xlinker", "nodelete",
      "-Xlinker", "-soname=\(version)", "-Xlinker", "-Bsymbolic",
    ])
  ]
}

let package = Package(
  name: "tern",
  products: [
    .library(name: "Tern", targets: ["Tern"]),
    .library(name: "tern", type: .dynamic, targets: ["TernC"]),
    .library(name: "ternodbc", type: .dynamic, targets: ["TernODBC"]),
    .executable(name: "tern-cli", targets: ["TernCLI"]),
  ],
  targets: [
    .target(name: "CTern"),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CODBC", providers: [.apt(["unixodbc-dev"])]),
    .target(name: "TernCore", dependencies: ["CTern"], swiftSettings: lifetimes),
    .target(
      name: "TernNet", dependencies: ["TernCore", "CTern", "COpenSSL", "CZlib"],
      swiftSettings: lifetimes),
    .target(
      name: "TernColumns", dependencies: ["TernCore", "CTern"], swiftSettings: lifetimes),
    .target(
      name: "TernDriver", dependencies: ["TernCore", "TernColumns", "TernNet"],
      swiftSettings: common),
    .target(
      name: "TernExasol", dependencies: ["TernDriver", "TernColumns", "TernNet", "TernCore"],
      swiftSettings: common),
    .target(
      name: "TernAvatica", dependencies: ["TernDriver", "TernColumns", "TernNet", "TernCore"],
      swiftSettings: common),
    .target(
      name: "TernMaxScale", dependencies: ["TernDriver", "TernColumns", "TernNet", "TernCore"],
      swiftSettings: common),
    .target(
      name: "TernSnowflake", dependencies: ["TernDriver", "TernColumns", "TernNet", "TernCore"],
      swiftSettings: common),
    .target(
      name: "Tern",
      dependencies: [
        "TernDriver", "TernColumns", "TernCore", "TernNet", "TernExasol", "TernAvatica",
        "TernMaxScale", "TernSnowflake",
      ],
      swiftSettings: common),
    .target(
      name: "TernC",
      dependencies: ["Tern", "TernDriver", "TernColumns", "TernCore", "CTern"],
      exclude: ["tern.map"],
      swiftSettings: common,
      linkerSettings: sharedObject("TernC/tern", version: "libtern.so.1")),
    .target(
      name: "TernODBCConvert", dependencies: ["TernColumns", "TernCore"],
      swiftSettings: lifetimes),
    .target(
      name: "TernODBC", dependencies: ["Tern", "TernODBCConvert", "CTern", "CODBC"],
      exclude: ["ternodbc.map"], swiftSettings: common,
      linkerSettings: sharedObject("TernODBC/ternodbc", version: "libternodbc.so.1")),
    .target(
      name: "TernCommand", dependencies: ["TernDriver", "TernColumns", "TernCore"],
      swiftSettings: common),
    .executableTarget(
      name: "TernCLI", dependencies: ["Tern", "TernCommand", "TernNet", "CTern"], swiftSettings: common,
      linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
    .executableTarget(
      name: "decode-bench", dependencies: ["TernColumns", "TernCore", "CTern"],
      path: "Tests/Bench/DecodeBench", swiftSettings: common),
    .target(
      name: "TernTestKit", dependencies: ["TernDriver", "TernNet", "TernColumns", "TernCore"],
      path: "Tests/TernTestKit", swiftSettings: common),
    .testTarget(
      name: "TernCoreTests", dependencies: ["TernCore"], swiftSettings: common),
    .testTarget(
      name: "TernNetTests", dependencies: ["TernNet", "TernTestKit", "TernCore", "COpenSSL"],
      swiftSettings: common),
    .testTarget(
      name: "TernColumnsTests", dependencies: ["TernColumns", "CTern"], exclude: ["Fixtures"],
      swiftSettings: common),
    .testTarget(
      name: "TernODBCConvertTests",
      dependencies: ["TernODBCConvert", "TernColumns", "TernCore", "CODBC"],
      swiftSettings: common),
    .testTarget(
      name: "TernDriverTests",
      dependencies: ["TernDriver", "TernNet", "TernColumns", "TernCore"], swiftSettings: common),
    .testTarget(
      name: "TernCommandTests", dependencies: ["TernCommand"], swiftSettings: common),
    .testTarget(
      name: "TernExasolTests",
      dependencies: [
        "TernExasol", "TernTestKit", "TernDriver", "TernNet", "TernColumns", "TernCore",
      ],
      exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "TernAvaticaTests",
      dependencies: ["TernAvatica", "TernDriver", "TernNet", "TernColumns", "TernCore"],
      swiftSettings: common),
    .testTarget(
      name: "TernMaxScaleTests",
      dependencies: [
        "TernMaxScale", "TernTestKit", "TernDriver", "TernNet", "TernColumns", "TernCore",
      ],
      swiftSettings: common),
    .testTarget(
      name: "TernSnowflakeTests",
      dependencies: [
        "TernSnowflake", "TernTestKit", "TernDriver", "TernNet", "TernColumns", "TernCore",
      ],
      swiftSettings: common),
  ],
  swiftLanguageModes: [.v6]
)
