// swift-tools-version: 6.2
// Read the targets from top to bottom: each may use only those above it (docs/architecture.md says why).
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "sanji",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "sanji", targets: ["sanji"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        // C libraries of the system; `static inline` shims only, no logic.
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CZstd", linkerSettings: [.linkedLibrary("zstd")]),

        // The signed change: identities, contexts, envelope, feed, changeset reader, declarations, rules.
        .target(
            name: "ChangeSets",
            dependencies: ["COpenSSL", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Protobuf/change_sets.proto"],
            swiftSettings: strict),

        // One office's SQLite file: capture, log, merge, conflicts, digests.
        .target(
            name: "Replica",
            dependencies: ["ChangeSets", "CSQLite", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),

        // What two nodes say to each other; events in, actions out.
        .target(
            name: "Exchange",
            dependencies: ["ChangeSets", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Protobuf/exchange.proto"],
            swiftSettings: strict),

        // One running office: TLS, enrolment, scheduling, topology, compression, status.
        .target(
            name: "Node",
            dependencies: [
                "ChangeSets", "Replica", "Exchange", "CZstd",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        // The offices' work: tables, rules, import and export. Knows no exchange.
        .target(
            name: "Assistance",
            dependencies: ["ChangeSets", "Replica", .product(name: "GRDB", package: "GRDB.swift")],
            resources: [.embedInCode("Shipped/parameters.csv")],
            swiftSettings: strict),

        // Measures the others; nothing of the product imports it but the command.
        .target(
            name: "Bench",
            dependencies: [
                "ChangeSets", "Replica", "Node", "Assistance", "CSQLite", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),

        // The command: parse, call one function, print.
        .executableTarget(
            name: "sanji",
            dependencies: [
                "ChangeSets", "Replica", "Exchange", "Node", "Assistance", "Bench",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // The merge definition alone (design §5), written without sight of the engine: what the engine is held against.
        .target(name: "MergeModel", path: "Tests/MergeModel", swiftSettings: strict),
        .testTarget(name: "MergeModelTests", dependencies: ["MergeModel"], swiftSettings: strict),

        // Replicas on temporary files, keys and clocks for tests.
        .target(
            name: "TestReplicas",
            dependencies: ["ChangeSets", "Replica", "MergeModel", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Tests/TestReplicas", swiftSettings: strict),
        // Whole districts of real replicas and the real exchange in virtual time, from one seed, and what checks them.
        .target(
            name: "Simulation",
            dependencies: [
                "ChangeSets", "Replica", "Exchange", "Node", "MergeModel", "TestReplicas",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "simulate",
            dependencies: [
                "ChangeSets", "Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/simulate", swiftSettings: strict),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation"], swiftSettings: strict),
        // Everything that parses a peer's or a file's bytes, for a fuzzer and for what it has left as test vectors.
        .target(
            name: "Fuzzing", dependencies: ["ChangeSets", "Exchange", "Node", "Assistance"], path: "Tests/Fuzzing",
            swiftSettings: strict),
        .executableTarget(name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/fuzz", swiftSettings: strict),
        .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing"], swiftSettings: strict),
        // The small district as real processes on networks and disks of their own, under everything that befalls such machines.
        .executableTarget(
            name: "chaos", dependencies: ["CSQLite"], path: "Tests/chaos", exclude: ["clock.c"], swiftSettings: strict),
        .testTarget(name: "BorderTests", swiftSettings: strict),
        .testTarget(name: "ChangeSetsTests", dependencies: ["ChangeSets"], swiftSettings: strict),
        .testTarget(
            name: "ReplicaTests",
            dependencies: [
                "ChangeSets", "Replica", "MergeModel", "TestReplicas", "CSQLite",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(name: "ExchangeTests", dependencies: ["ChangeSets", "Exchange"], swiftSettings: strict),
        .testTarget(
            name: "NodeTests",
            dependencies: [
                "ChangeSets", "Replica", "Exchange", "Node", "Assistance",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AssistanceTests",
            dependencies: [
                "ChangeSets", "Replica", "Assistance", "TestReplicas", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
    ]
)
