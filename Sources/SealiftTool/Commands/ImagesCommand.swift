import Arguments
import Definition
import Discover
import JSON
import OCI
import Posix
import Reporting
import Resolve
import Values

/// `sealift images DEFINITION`: the images that a bundle of it carries.
enum ImagesCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "images", "list the images that a bundle of a definition carries",
        details: [
            "Takes them from the lock, which is made first when there is none that fits. With image-source: vendor-archive the platform's own images travel in "
                + "the makers' archive and are not listed one by one. With --why also images that manifests and charts refer to and that the bundle would not carry: "
                + "add them to `images:`."
        ],
        positionals: [Positional("DEFINITION", "the definition's file", completing: .file)],
        options: [.flag("why", "say where each was found")] + Workshop.options)

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let definition = try Definition.load(
            FilePath(invocation.argument("DEFINITION") ?? ""),
            profiles: invocation.values("profiles").map { FilePath($0) })
        let resolver = try Workshop(invocation, console).resolver
        let lock = try resolver.lock(definition, use: .current, at: System.now()).lock
        guard invocation.flag("why") else {
            console.finish()
            return try console.result(
                ["images": .array(lock.images.map { json($0, why: $0.reasons) })],
                text: TextTable.of(lock.images.map(row)))
        }
        let discovery = try resolver.discover(lock, for: definition)
        let set = try resolver.closedSet(discovery, lock, for: definition)
        for warning in discovery.warnings + set.warnings { console.say(warning) }
        console.finish()
        let reasons = ImageReasons(definition, lock, discovery)
        try console.result(
            [
                "images": .array(lock.images.map { json($0, why: reasons.words(for: $0)) }),
                "missing": .array(set.missing.map(json)), "perhapsMissing": .array(set.perhapsMissing.map(json)),
            ], text: TextTable.of(rows(lock, reasons, set)))
    }

    private static func row(_ image: LockedImage) -> [String] {
        [image.pinned.reference.description, image.pinned.root.digest.description]
    }

    /// One line for each place; name and digest stand on the first.
    private static func rows(_ lock: Lock, _ reasons: ImageReasons, _ set: ClosedSet) -> [[String]] {
        let missing = set.missing.map { ($0, "not in the bundle") }
        let perhaps = set.perhapsMissing.map { ($0, "perhaps an image, not in the bundle") }
        return lock.images.flatMap { rows(row($0), reasons.words(for: $0)) }
            + (missing + perhaps).flatMap { rows([$0.0.name, $0.1], $0.0.found.map(\.place.description)) }
    }

    private static func rows(_ head: [String], _ words: [String]) -> [[String]] {
        [head + [words.first ?? ""]] + words.dropFirst().map { ["", "", $0] }
    }

    private static func json(_ image: LockedImage, why: [String]) -> JSONValue {
        [
            "name": .string(image.pinned.reference.description),
            "digest": .string(image.pinned.root.digest.description),
            "manifest": .string(image.pinned.manifest.digest.description), "size": .integer(image.pinned.size.bytes),
            "why": .array(why.map { .string($0) }),
        ]
    }

    private static func json(_ image: MissingImage) -> JSONValue {
        ["name": .string(image.name), "why": .array(image.found.map { .string($0.place.description) })]
    }
}
