// swift-tools-version: 6.2

import PackageDescription

/// `make test` sets this: warnings in this package's own targets are then errors.
let strict = Context.environment["HEADCOUNT_STRICT"] != nil

/// `make sanitize` sets this to `address`: then only this package's own targets are instrumented, so that those it
/// depends on need not be built again; or to `thread`, with `swift build --sanitize thread`.
let sanitizers = Context.environment["HEADCOUNT_SANITIZE"]

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])
    + (sanitizers.map { [.unsafeFlags(["-sanitize=\($0)"])] } ?? [])

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
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
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
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + (sanitizers == "thread" ? ["ThreadSanitizer"] : []),
            swiftSettings: settings,
            // All products have this target in them. The usual linker warns of each of the sanitizer's symbols.
            linkerSettings: sanitizers.map { [.unsafeFlags(["-sanitize=\($0)", "-use-ld=lld"])] } ?? []
        ),
        .target(
            name: "HeadcountScripts",
            path: "lua",
            resources: [
                .embedInCode("activate.lua"),
                .embedInCode("advance.lua"),
                .embedInCode("campaign.lua"),
                .embedInCode("check.lua"),
                .embedInCode("claim.lua"),
                .embedInCode("defer.lua"),
                .embedInCode("deliver.lua"),
                .embedInCode("due.lua"),
                .embedInCode("erase.lua"),
                .embedInCode("forget.lua"),
                .embedInCode("hurry.lua"),
                .embedInCode("index.lua"),
                .embedInCode("journal.lua"),
                .embedInCode("load.lua"),
                .embedInCode("merge.lua"),
                .embedInCode("peek.lua"),
                .embedInCode("plan.lua"),
                .embedInCode("progress.lua"),
                .embedInCode("relink.lua"),
                .embedInCode("requeue.lua"),
                .embedInCode("reserve.lua"),
                .embedInCode("restore.lua"),
                .embedInCode("retry.lua"),
                .embedInCode("revive.lua"),
                .embedInCode("scenario.lua"),
                .embedInCode("settle.lua"),
                .embedInCode("slots.lua"),
                .embedInCode("sweep.lua"),
                .embedInCode("tally.lua"),
                .embedInCode("trigger.lua"),
                .embedInCode("usage.lua"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Headcount",
            dependencies: [
                "HeadcountScripts",
                "RedisClient",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .target(name: "EmbeddedRedis", swiftSettings: settings),
        .target(
            name: "HeadcountTesting",
            dependencies: ["EmbeddedRedis", "Headcount"],
            swiftSettings: settings
        ),
        .target(
            name: "HeadcountHTTP",
            dependencies: [
                "Headcount",
                "RedisClient",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [
                .embedInCode("API/openapi.yaml"),
                .embedInCode("Dashboard/Assets/app.js"),
                .embedInCode("Dashboard/Assets/favicon.svg"),
                .embedInCode("Dashboard/Assets/style.css"),
                .embedInCode("Dashboard/Templates/account.mustache"),
                .embedInCode("Dashboard/Templates/campaigns.mustache"),
                .embedInCode("Dashboard/Templates/channels.mustache"),
                .embedInCode("Dashboard/Templates/confirm-plan.mustache"),
                .embedInCode("Dashboard/Templates/confirm.mustache"),
                .embedInCode("Dashboard/Templates/contact.mustache"),
                .embedInCode("Dashboard/Templates/dead-letters.mustache"),
                .embedInCode("Dashboard/Templates/error.mustache"),
                .embedInCode("Dashboard/Templates/footer.mustache"),
                .embedInCode("Dashboard/Templates/header.mustache"),
                .embedInCode("Dashboard/Templates/notices.mustache"),
                .embedInCode("Dashboard/Templates/overview.mustache"),
                .embedInCode("Dashboard/Templates/scenario-form.mustache"),
                .embedInCode("Dashboard/Templates/scenarios.mustache"),
                .embedInCode("Dashboard/Templates/sign-in.mustache"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "HeadcountWorkers",
            dependencies: [
                "Headcount",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "HeadcountCLI",
            dependencies: [
                "EmbeddedRedis",
                "Headcount",
                "HeadcountHTTP",
                "HeadcountWorkers",
                "RedisClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
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
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HeadcountWorkersTests",
            dependencies: ["HeadcountWorkers"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HeadcountHTTPTests",
            dependencies: [
                "EmbeddedRedis", "Headcount", "HeadcountHTTP", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Mustache", package: "swift-mustache"),
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
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Headcount", "HeadcountHTTP", "RedisClient", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Fuzz",
            exclude: ["Corpus"],
            swiftSettings: settings
        ),
    ] + (sanitizers == "thread" ? [.target(name: "ThreadSanitizer", path: "Tests/ThreadSanitizer")] : []),
    swiftLanguageModes: [.v6]
)
