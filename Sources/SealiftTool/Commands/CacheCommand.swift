import Arguments
import JSON
import Posix
import Reporting
import Store
import Values

/// `sealift cache list|verify|prune`: what earlier builds left.
enum CacheCommand {
    static let commands = [
        SealiftCommand(Command("cache list", "list what the cache holds", options: options), list),
        SealiftCommand(
            Command(
                "cache verify", "hash everything in the cache again",
                details: ["Damaged content is put aside and fetched again when it is needed."],
                options: options), verify),
        SealiftCommand(
            Command(
                "cache prune", "delete everything in the cache",
                details: [
                    "Nothing is lost but time: a later build fetches and compresses again. A build at work at the same time is not disturbed."
                ],
                options: options), prune),
    ]

    private static let options: [Option] = [
        .value("cache", "DIR", "the cache; ~/.cache/sealift without it", completing: .directory)
    ]

    private static func list(_ invocation: Invocation, _ console: Console) throws {
        let store = try Store(root: try CacheFolder.path(invocation))
        let found = try store.list()
        let total = found.reduce(ByteCount(0)) { $0 + $1.size }
        try console.result(
            [
                "path": .string(store.root.text), "bytes": .integer(total.bytes),
                "blobs": .array(found.map { ["sha256": .string($0.digest.hex), "size": .integer($0.size.bytes)] }),
            ], text: "\(store.root): \(found.count) blobs, \(total.formatted)")
    }

    private static func verify(_ invocation: Invocation, _ console: Console) throws {
        let store = try Store(root: try CacheFolder.path(invocation))
        let damaged = try store.verify(progress: console.progress)
        console.finish()
        try console.result(
            ["damaged": .array(damaged.map { .string($0.hex) })],
            text: damaged.isEmpty
                ? "everything is as it was fetched" : "put aside: \(damaged.map(\.hex).joined(separator: " "))")
    }

    private static func prune(_ invocation: Invocation, _ console: Console) throws {
        let store = try Store(root: try CacheFolder.path(invocation))
        let pruned = try store.prune(keeping: [])
        try console.result(
            ["files": .integer(pruned.files), "bytes": .integer(pruned.bytes.bytes)],
            text: "deleted \(pruned.files) files, \(pruned.bytes.formatted)")
    }
}
