import Arguments
import Definition
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
                + "the makers' archive and are not listed one by one."
        ],
        positionals: [Positional("DEFINITION", "the definition's file", completing: .file)],
        options: [.flag("why", "say where each was found")] + Workshop.options)

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let definition = try Definition.load(
            FilePath(invocation.argument("DEFINITION") ?? ""),
            profiles: invocation.values("profiles").map { FilePath($0) })
        let lock = try Workshop(invocation, console).resolver.lock(definition, use: .current, at: System.now()).lock
        console.finish()
        try console.result(
            ["images": .array(lock.images.map(json))],
            text: TextTable.of(lock.images.map { row($0, withReasons: invocation.flag("why")) }))
    }

    private static func row(_ image: LockedImage, withReasons: Bool) -> [String] {
        let row = [image.pinned.reference.description, image.pinned.root.digest.description]
        return withReasons ? row + [image.reasons.joined(separator: ", ")] : row
    }

    private static func json(_ image: LockedImage) -> JSONValue {
        [
            "name": .string(image.pinned.reference.description),
            "digest": .string(image.pinned.root.digest.description),
            "manifest": .string(image.pinned.manifest.digest.description), "size": .integer(image.pinned.size.bytes),
            "why": .array(image.reasons.map { .string($0) }),
        ]
    }
}
