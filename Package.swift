// swift-tools-version: 6.2
import PackageDescription

// The storeys of this house are listed in scripts/storeys.tsv and explained in ARCHITECTURE.md.
// Imports go down; scripts/check-imports compares every `import` with that table.

/// Set by scripts/fuzz alone: every module is then compiled for libFuzzer, in a folder of its own (docs/decisions/0062). One flag
/// with both names: of two flags the last one counts, and a fuzzer without coverage runs blind.
let isFuzzing = Context.environment["SEALIFT_FUZZ"] != nil
let fuzzing = ["-sanitize=address,fuzzer"]

let house: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
        // Measured: plain byte loops across modules run ten times faster (docs/decisions/0003).
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ] + (isFuzzing ? [.unsafeFlags(fuzzing)] : [])
let careful = house + [.strictMemorySafety()]

/// What Swift imports unasked brings its regular expressions and tasks into the installer: 2 MB of at most 14. Without these
/// imports `contains("two letters")` or a `Task` does not compile in what the installer links (docs/decisions/0011).
let lean =
    careful + [
        .unsafeFlags([
            "-Xfrontend", "-disable-implicit-string-processing-module-import",
            "-Xfrontend", "-disable-implicit-concurrency-module-import",
        ])
    ]

/// A module that the installer links too.
func shared(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: lean)
}

/// One module of the house. Its purpose stands in the line above each call.
func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: careful)
}

/// The tests of one module. `#expect` expands to code that strict memory safety refuses, so they take `house`.
func tests(of name: String, _ more: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name), "Counting"] + more, swiftSettings: house)
}

let package = Package(
    name: "sealift",
    products: [
        .executable(name: "sealift", targets: ["sealift"]),
        .executable(name: "sealift-install", targets: ["sealift-install"]),
    ],
    targets: [
        // Storey 0: C libraries, each imported by its one wrapper.
        .systemLibrary(name: "CLibArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLibZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLinux"),

        // Storey 1.
        // Sizes, digests, hex, base64, times, versions, member paths: values that cannot be wrong.
        shared("Values", []),
        // The compiled-in profiles, as bytes.
        .target(
            name: "Profiles",
            resources: ["aks-edge", "k0s", "k3s", "microk8s"].map { .embedInCode("../../profiles/\($0).yaml") },
            swiftSettings: house),

        // Storey 2.
        // Diagnostics (what, where, next), progress, exit codes. Pure: terminal and clock are passed in.
        shared("Reporting", ["Values"]),

        // Storey 3: one thin owner for each C library, and what we wrote in their place.
        // Errno, paths, descriptors, directory handles, spawn, worker threads.
        shared("Posix", ["Values", "Reporting", "CLinux"]),
        // A strict JSON reader and a canonical writer.
        shared("JSON", ["Values", "Reporting"]),
        // SHA-256, keys and signatures; lets no EVP type out.
        shared("LibCrypto", ["Values", "Reporting", "CLibCrypto"]),
        // Decodes one bounded zstd frame.
        shared("LibZstd", ["Values", "Reporting", "CLibZstd"]),
        // Encodes one zstd frame; apart from the decoder so that the installer does not carry it.
        module("LibZstdEncoder", ["Values", "Reporting", "CLibZstd"]),
        // Reads foreign archives, with named formats only.
        module("LibArchive", ["Values", "Reporting", "CLibArchive"]),
        // Owns one curl_multi handle.
        module("LibCurl", ["Values", "CLibCurl"]),
        // YAML events and nodes with line and column.
        module("LibYAML", ["Values", "Reporting", "CLibYAML"]),
        // One table of flags feeds the parser, the help and the man page.
        shared("Arguments", ["Values", "Reporting"]),

        // Storey 4.
        // Image references, descriptors, manifests, platform choice.
        module("OCI", ["Values", "Reporting", "JSON", "LibCrypto"]),
        // HTTP policy: parallel, resume, retry, mirrors, auth. Owns the one curl_multi thread.
        module("Fetch", ["Values", "Reporting", "Posix", "JSON", "LibCurl", "LibCrypto"]),
        // The content-addressed cache of what was fetched.
        module("Store", ["Values", "Reporting", "Posix", "JSON", "LibCrypto"]),

        // Private keys in tokens, by OpenSSL's provider; apart from LibCrypto so that the installer does not carry it.
        module("LibToken", ["Values", "Reporting", "LibCrypto", "CLibCrypto"]),

        // Storey 5.
        // Bundle names, SHA256SUMS, manifest, tar headers, steps, requirements, receipt.
        shared("Format", ["Values", "Reporting", "JSON", "LibCrypto"]),
        // The distribution protocol over Fetch.
        module("Registry", ["Values", "Reporting", "JSON", "LibCrypto", "Posix", "OCI", "Fetch", "Store"]),
        // Who is believed: pins, the site's policy, key lists, certificates. Reads no bundle.
        shared("Trust", ["Values", "Reporting", "Posix", "JSON", "LibCrypto"]),
        // Stages files beside their targets and commits them; knows no bundle.
        shared("Transaction", ["Values", "Reporting", "Posix", "JSON"]),

        // Storey 6.
        // Definition, profile and lock from YAML, line and column kept.
        module(
            "Definition", ["Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibYAML", "OCI", "Format", "Profiles"]),
        // UntrustedBundle → VerifiedBundle: the order of trust.
        shared("Verify", ["Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibZstd", "Format", "Trust"]),
        // Rules over probes of this machine, read-only.
        shared("Preflight", ["Values", "Reporting", "Posix", "JSON", "Format"]),
        // Keys on disk, signatures over SHA256SUMS and their sigstore form.
        module("Sign", ["Values", "Reporting", "Posix", "JSON", "LibCrypto", "Format", "Trust", "LibToken"]),
        // README.txt, report.html, SBOMs and other words about a bundle.
        module("Report", ["Values", "Reporting", "JSON", "LibCrypto", "Format"]),

        // Images that manifests and charts refer to, each with its place; what a bundle lacks of them.
        module("Discover", ["Values", "Reporting", "Posix", "LibArchive", "LibYAML", "OCI"]),

        // Storey 7.
        // Folders of bundles on media: written beside their place, read back, put there in one step; spread over several.
        module("Media", ["Values", "Reporting", "Posix", "LibCrypto", "Format", "Verify"]),
        // What a lock names → store: artefacts, images, local files; reads foreign archives.
        module(
            "Gather",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibArchive", "OCI", "Fetch", "Store", "Format",
                "Registry", "Definition",
            ]),

        // Storey 8: the three verbs of a bundle's life.
        // Profile + definition → lock.
        module(
            "Resolve",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "OCI", "Fetch", "Store", "Format", "Registry",
                "LibYAML", "Definition", "Discover", "Gather",
            ]),
        // Locked content → bundle, image archives too; checks its own output.
        module(
            "Assemble",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibZstdEncoder", "OCI", "Store", "Format",
                "Gather", "Discover",
                "Media", "Definition", "Sign", "Report", "Trust", "Verify",
            ], resources: [.embedInCode("install.ps1")]),
        // Plan, stage, commit, receipt.
        shared(
            "Apply",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibZstd", "Format", "Trust", "Transaction",
                "Verify",
                "Preflight",
            ]),

        // Storey 9: commands and wiring, no logic.
        .executableTarget(
            name: "sealift",
            dependencies: [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibArchive", "LibZstdEncoder", "Arguments",
                "Profiles", "OCI", "Fetch",
                "Store", "Format", "Registry", "Definition", "Discover", "Trust", "Verify", "Preflight", "Sign",
                "Report",
                "Gather", "Media", "Resolve", "Assemble",
            ],
            path: "Sources/SealiftTool", swiftSettings: house),
        .executableTarget(
            name: "sealift-install",
            dependencies: [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "Arguments", "Format", "Trust", "Transaction",
                "Verify",
                "Preflight", "Apply",
            ],
            path: "Sources/InstallerTool", swiftSettings: house,
            linkerSettings: [
                // zlib: OpenSSL's static library asks for it where it was built with compression (Debian since trixie).
                .unsafeFlags(
                    [
                        "-static-executable", "-use-ld=lld", "-Xlinker", "--icf=all", "-lz", "-Xlinker",
                        "--no-eh-frame-hdr",
                        "-Xlinker", "-T", "-Xlinker", "\(Context.packageDirectory)/scripts/no-unwinding.ld",
                    ],
                    .when(configuration: .release))
            ]),

        // A scripted HTTP server on loopback, for tests only; no module is built on it.
        .target(
            name: "LoopbackServer", dependencies: ["Posix"], path: "Tests/Support/LoopbackServer", swiftSettings: house),
        // Small images with every document they have, for tests only.
        .target(
            name: "SampleImages", dependencies: ["Values", "JSON", "LibCrypto", "OCI"],
            path: "Tests/Support/SampleImages",
            swiftSettings: house),

        // The makers of K3s on loopback, and a machine that builds from them, for the tests of Gather and Resolve.
        .target(
            name: "SampleVendor",
            dependencies: [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "OCI", "Fetch", "Store", "Registry", "Definition",
                "Gather", "LoopbackServer", "SampleImages",
            ], path: "Tests/Support/SampleVendor", swiftSettings: house),

        // Archives that nobody should take, made byte by byte.
        .target(name: "HostileArchives", path: "Tests/Support/HostileArchives", swiftSettings: house),
        // A folder in which stock tools judge what we made.
        .target(name: "StockTools", path: "Tests/Support/StockTools", swiftSettings: house),
        // Bundles made by hand, for the tests of those who read them.
        .target(
            name: "BundleFixture",
            dependencies: ["Values", "Posix", "LibCrypto", "LibZstdEncoder", "Format"],
            path: "Tests/Support/BundleFixture", swiftSettings: house),

        // Keys by name and the key lists that they sign, for the tests of those who read such lists.
        .target(
            name: "KeyRing", dependencies: ["Values", "LibCrypto", "Trust"], path: "Tests/Support/KeyRing",
            swiftSettings: house),

        // For tests: how often something was tried, for docs/reliability.md.
        .target(name: "Counting", path: "Tests/Support/Counting", swiftSettings: house),
        tests(of: "Values"),
        tests(of: "Reporting", ["Values"]),
        // For tests: the real file effects with one fault among them. Part of no product.
        .target(
            name: "FaultInjection", dependencies: ["Values", "Posix"], path: "Tests/Support/FaultInjection",
            swiftSettings: house),
        // For tests: the installer's verbs with one fault among their effects, to be killed for real. Part of no product.
        .executableTarget(
            name: "sealift-faults",
            dependencies: [
                "Values", "Reporting", "Posix", "LibCrypto", "Format", "Trust", "Transaction", "Verify", "Apply",
                "FaultInjection",
            ], path: "Tests/Support/FaultyInstaller", swiftSettings: house),
        tests(of: "Posix", ["Values", "Reporting", "FaultInjection"]),
        tests(of: "JSON", ["Values", "Reporting"]),
        tests(of: "LibCrypto", ["Values", "Reporting", "StockTools"]),
        tests(of: "LibToken", ["Values", "Reporting", "LibCrypto"]),
        tests(of: "LibZstd", ["Values", "Reporting", "LibZstdEncoder"]),
        tests(of: "LibArchive", ["Values", "Reporting", "StockTools", "HostileArchives"]),
        tests(of: "LibCurl", ["Values", "LoopbackServer"]),
        tests(of: "LibYAML", ["Values", "Reporting"]),
        tests(of: "Arguments", ["Values", "Reporting"]),
        tests(of: "OCI", ["Values", "Reporting", "JSON", "LibCrypto", "SampleImages"]),
        tests(of: "Fetch", ["Values", "Reporting", "Posix", "LibCurl", "LibCrypto", "Store", "LoopbackServer"]),
        tests(of: "Store", ["Values", "Reporting", "Posix", "LibCrypto"]),
        tests(of: "Format", ["Values", "Reporting", "JSON", "LibCrypto", "StockTools"]),
        tests(
            of: "Registry",
            [
                "Values", "Reporting", "JSON", "Posix", "OCI", "Fetch", "Store", "LibCrypto", "LoopbackServer",
                "SampleImages",
            ]),
        tests(
            of: "Trust",
            ["Values", "Reporting", "Posix", "JSON", "LibCrypto", "KeyRing", "BundleFixture", "StockTools"]),
        tests(of: "Transaction", ["Values", "Reporting", "Posix", "JSON", "LibCrypto", "FaultInjection"]),
        tests(
            of: "Definition",
            ["Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibYAML", "OCI", "Format", "Profiles"]),
        tests(
            of: "Discover",
            ["Values", "Reporting", "Posix", "LibArchive", "LibYAML", "OCI", "SampleVendor", "HostileArchives"]),
        tests(
            of: "Verify",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibZstd", "Format", "Trust", "BundleFixture",
                "StockTools",
                "KeyRing",
            ]),
        tests(of: "Preflight", ["Values", "Reporting", "Posix", "JSON", "Format"]),
        tests(of: "Sign", ["Values", "Reporting", "Posix", "JSON", "LibCrypto", "Format", "Trust", "StockTools"]),
        tests(of: "Report", ["Values", "Reporting", "JSON", "LibCrypto", "Format"]),
        tests(
            of: "Media", ["Values", "Reporting", "Posix", "LibCrypto", "Format", "Trust", "Verify", "BundleFixture"]),
        tests(
            of: "Gather",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "OCI", "Fetch", "Store", "Format", "Registry",
                "Definition", "LoopbackServer", "SampleImages", "SampleVendor", "HostileArchives",
                "StockTools",
            ]),
        tests(
            of: "Resolve",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "OCI", "Fetch", "Store", "Format", "Registry",
                "Definition", "Discover", "Gather", "LoopbackServer", "SampleImages", "SampleVendor",
            ]),
        tests(
            of: "Assemble",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "OCI", "Store", "Format", "Definition", "Sign",
                "Report", "Media", "Trust", "Verify", "Gather", "Resolve", "SampleVendor",
            ]),
        tests(
            of: "Apply",
            [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "Format", "Trust", "Transaction", "Verify",
                "Preflight",
                "FaultInjection", "BundleFixture", "KeyRing",
            ]),

        // Readers of foreign bytes with what must hold for what they accept: for the fuzzers, and for tests that run every seed.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Values", "Reporting", "Posix", "JSON", "LibCrypto", "LibArchive", "LibToken", "LibYAML", "LibZstd",
                "OCI",
                "Format",
                "Registry", "Trust", "Transaction", "Definition", "Preflight", "Resolve", "Apply",
            ], path: "Tests/Fuzz/Targets", swiftSettings: house),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "Posix", "Values"], swiftSettings: house),
    ]
)

// libFuzzer brings its own entry point, which a plain `swift build` cannot link.
if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "sealift-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Entry", swiftSettings: house,
            linkerSettings: [.unsafeFlags(fuzzing + ["-use-ld=lld"])]))
}
