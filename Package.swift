// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode, warnings are errors, imports are internal.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "ledger",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "ledger", targets: ["ledger"]),
    .library(name: "LedgerKit", targets: ["LedgerKit", "LedgerDomain"]),
    .library(name: "EventStore", targets: ["EventStore"]),
    .library(name: "AggregateTesting", targets: ["AggregateTesting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  // Bottom up: a target depends only on targets above it in this list.
  targets: [
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    target("SQLite", ["CSQLite"]),
    target("JSONText"),
    target("EventStore", ["SQLite", "JSONText", crypto]),
    target("AggregateTesting", ["EventStore"]),
    target("LedgerDomain"),
    target("LedgerEvents", ["LedgerDomain", "EventStore", "JSONText"]),
    target("LedgerProjections", ["LedgerEvents", "SQLite"]),
    target("LedgerKit", ["LedgerProjections", "LedgerEvents", "JSONText"]),
    target("LedgerImport", ["LedgerKit", "LedgerEvents", "JSONText", "SQLite"]),
    target("LedgerBench", ["LedgerImport", "LedgerKit", "LedgerDomain", "EventStore"]),
    target("LedgerCLI", ["LedgerBench", "LedgerImport", "LedgerKit", "JSONText", argumentParser]),
    .executableTarget(name: "ledger", dependencies: ["LedgerCLI"], swiftSettings: settings),
    // The least work that records a transfer, in C: what `benchmarks` compares with.
    .target(
      name: "CFloor", dependencies: ["CSQLite"], cSettings: [.treatAllWarnings(as: .error)]),
    // Times the ledger against its floor and against others; `make bench`.
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "LedgerBench", "CFloor", "LedgerKit", "LedgerProjections", "LedgerEvents", "LedgerDomain",
        "EventStore", "CSQLite", crypto,
      ],
      swiftSettings: settings),
    // The program of the article "A store of your own"; the tests run it.
    .executableTarget(
      name: "room", dependencies: ["EventStore"], path: "fixtures/examples/room",
      swiftSettings: settings),
    // The projection of the article "Adding a projection"; the tests run it.
    .executableTarget(
      name: "largest", dependencies: ["LedgerProjections", "LedgerEvents", "EventStore", "SQLite"],
      path: "fixtures/examples/largest", swiftSettings: settings),
    // A disk that fails on demand.
    .target(
      name: "FaultVFS", dependencies: ["CSQLite"], path: "Tests/FaultVFS",
      cSettings: [.treatAllWarnings(as: .error)], linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(
      name: "TestSupport", dependencies: ["FaultVFS"], path: "Tests/TestSupport",
      swiftSettings: settings),
    // Every change of a ledger's file behind its back, and what `verify` says of each.
    .target(
      name: "Tampering",
      dependencies: ["LedgerKit", "LedgerProjections", "LedgerEvents", "CSQLite", "TestSupport"],
      path: "Tests/Tampering", swiftSettings: settings),
    // Tries all of them; `make tampering`.
    .executableTarget(
      name: "tamper-trial", dependencies: ["Tampering", "TestSupport"], path: "Tests/TamperTrial",
      swiftSettings: settings),
    // Every parser that a stranger's bytes may reach, and what must hold whatever they are.
    .target(
      name: "Fuzzing",
      dependencies: [
        "LedgerCLI", "LedgerImport", "LedgerKit", "LedgerProjections", "LedgerEvents",
        "LedgerDomain", "EventStore", "JSONText", "TestSupport",
      ],
      path: "Tests/Fuzzing", swiftSettings: settings),
    // Tries them with inputs made by lot; `make fuzz`.
    .executableTarget(
      name: "fuzz-trial", dependencies: ["Fuzzing"], path: "Tests/FuzzTrial",
      swiftSettings: settings),
    // Ledgers' files as strangers could hand them over, and everything that can be asked of them.
    .target(
      name: "Hostile",
      dependencies: [
        "Tampering", "LedgerCLI", "LedgerKit", "LedgerDomain", "EventStore", "JSONText",
        "TestSupport",
      ],
      path: "Tests/Hostile", swiftSettings: settings),
    // Tries all of them; `make hostile`.
    .executableTarget(
      name: "hostile-trial", dependencies: ["Hostile", "TestSupport"], path: "Tests/HostileTrial",
      swiftSettings: settings),
    // A naive ledger, and what compares the real one with it through random sequences of steps.
    .target(
      name: "Model",
      dependencies: [
        "LedgerImport", "LedgerKit", "LedgerDomain", "EventStore", "JSONText", "TestSupport",
      ],
      path: "Tests/Model", swiftSettings: settings),
    // Compares them for minutes; `make model`.
    .executableTarget(
      name: "model-trial", dependencies: ["Model"], path: "Tests/ModelTrial",
      swiftSettings: settings),
    // Everything that a ledger does, on a disk that fails, and what must hold afterwards.
    .target(
      name: "LedgerFaults",
      dependencies: [
        "LedgerImport", "LedgerKit", "LedgerDomain", "EventStore", "SQLite", "TestSupport",
      ], path: "Tests/LedgerFaults", swiftSettings: settings),
    // Lets each file operation fail in turn; `make faults`.
    .executableTarget(
      name: "fault-trial", dependencies: ["LedgerFaults"], path: "Tests/FaultTrial",
      swiftSettings: settings),
    // Kills the program at random instants; `make crashes`.
    .executableTarget(
      name: "crash-trial", dependencies: ["TestSupport"], path: "Tests/CrashTrial",
      swiftSettings: settings),
    tests("SQLiteTests", ["SQLite", "CSQLite"]),
    tests("JSONTextTests", ["JSONText"]),
    tests(
      "EventStoreTests", ["EventStore", "AggregateTesting", "SQLite", "CSQLite"]),
    tests("LedgerDomainTests", ["LedgerDomain", "EventStore", "AggregateTesting"]),
    tests("LedgerEventsTests", ["LedgerEvents", "LedgerDomain", "EventStore", "JSONText"]),
    tests("LedgerProjectionsTests", ["LedgerProjections", "LedgerDomain"]),
    tests(
      "LedgerKitTests",
      ["LedgerKit", "LedgerDomain", "EventStore", "CSQLite", "Tampering", "LedgerFaults"]),
    tests("FuzzingTests", ["Fuzzing"]),
    tests("HostileTests", ["Hostile"]),
    tests("LedgerImportTests", ["LedgerImport", "LedgerKit", "LedgerDomain"]),
    tests("ModelTests", ["Model"]),
    // Runs the program itself, as a user would.
    tests(
      "LedgerCLITests",
      [
        "ledger", "crash-trial", "room", "largest", "LedgerCLI", "LedgerKit", "LedgerDomain",
        "EventStore", "JSONText", "Hostile",
      ]),
  ]
)

// libFuzzer links only where it was asked for; `make fuzz` does.
if Context.environment["LEDGER_LIBFUZZER"] != nil {
  package.targets.append(
    .executableTarget(
      name: "guided-fuzz", dependencies: ["Fuzzing"], path: "Tests/GuidedFuzz",
      swiftSettings: settings))
}
