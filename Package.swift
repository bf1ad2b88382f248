// swift-tools-version: 6.2

import PackageDescription

/// `make test` sets this: warnings in this package's own targets are then errors.
let strict = Context.environment["HEADCOUNT_STRICT"] != nil

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
    name: "headcount",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Headcount", targets: ["Headcount"]),
        .library(name: "HeadcountTesting", targets: ["HeadcountTesting"]),
        .executable(name: "headcount", targets: ["HeadcountCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // No `pkgConfig:`: hiredis's -D flag makes the package manager warn at every build.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(
            name: "RedisClient",
            dependencies: [
                "CHiredis",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "HeadcountScripts",
            path: "lua",
            resources: [
                .embedInCode("activate.lua"),
                .embedInCode("check.lua"),
                .embedInCode("index.lua"),
                .embedInCode("plan.lua"),
                .embedInCode("usage.lua"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Headcount",
            dependencies: [
                "HeadcountScripts",
                "RedisClient",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(name: "EmbeddedRedis", swiftSettings: settings),
        .target(
            name: "HeadcountTesting",
            dependencies: ["EmbeddedRedis", "Headcount"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "HeadcountCLI",
            dependencies: [
                "EmbeddedRedis",
                "Headcount",
                "RedisClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [
                .embedInCode("Demo/Samples/bella_boutique-spring.csv"),
                .embedInCode("Demo/Samples/city_bistro-comments.jsonl"),
                .embedInCode("Demo/Samples/fit_coach-challenge.txt"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["EmbeddedRedis"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(
            name: "RedisClientTests",
            dependencies: [
                "EmbeddedRedis", "RedisClient", "TestSupport", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HeadcountTests",
            dependencies: [
                "Headcount", "HeadcountScripts", "HeadcountTesting", "RedisClient", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HeadcountCLITests",
            // They run the built command; depending on it makes sure that it is built.
            dependencies: ["EmbeddedRedis", "HeadcountCLI", "TestSupport"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
