import Arguments
import Definition
import JSON
import Posix
import Resolve
import Values

/// `sealift lock DEFINITION`: what a definition stands for today, pinned.
enum LockCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "lock", "pin everything a definition needs, in DEFINITION.lock",
        details: [
            "Resolves channels, URLs, sizes and digests, and images to digests. A lock that still fits its definition stays as it is; --update asks for everything "
                + "anew and says what changed. Keep the lock in version control: it is made for review."
        ],
        positionals: [Positional("DEFINITION", "the definition's file", completing: .file)],
        options: [
            .flag("update", "take what is new"),
            .flag("show", "print the definition with the place of each value, and what the lock pins; change nothing"),
        ] + Workshop.options,
        exclusive: [["update", "show"]],
        examples: [.init("sealift lock line7.yaml --update", "k3s v1.31.4+k3s1 → v1.31.6+k3s1, 3 images changed")])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let definition = try Definition.load(
            FilePath(invocation.argument("DEFINITION") ?? ""),
            profiles: invocation.values("profiles").map { FilePath($0) })
        guard !invocation.flag("show") else { return try LockShow(definition).print(console) }
        let workshop = try Workshop(invocation, console)
        let outcome = try workshop.resolver.lock(
            definition, use: invocation.flag("update") ? .update : .current, at: System.now())
        console.finish()
        try console.result(LockReport.json(outcome), text: LockReport.text(outcome))
    }
}

/// What became of a lock, in words and as JSON.
enum LockReport {
    static func text(_ outcome: LockOutcome) -> String {
        guard outcome.isWritten else { return "\(outcome.path) is current: \(contents(outcome.lock))" }
        let lines = difference(outcome) + ["\(outcome.path) written: \(contents(outcome.lock))"]
        return lines.joined(separator: "\n")
    }

    /// What changed: in one line, then each item; nothing when nothing did.
    static func difference(_ outcome: LockOutcome) -> [String] {
        outcome.difference.map { [$0] + outcome.changes.map { "  " + $0 } } ?? []
    }

    static func json(_ outcome: LockOutcome) -> JSONValue {
        [
            "path": .string(outcome.path.text), "written": .bool(outcome.isWritten),
            "difference": outcome.difference.map { .string($0) } ?? .null,
            "changes": .array(outcome.changes.map { .string($0) }),
            "version": .string(outcome.lock.version.text),
            "sequence": .integer(outcome.lock.sequence), "created": .string(outcome.lock.created.description),
            "images": .integer(outcome.lock.images.count), "artefacts": .integer(outcome.lock.artefacts.count),
        ]
    }

    private static func contents(_ lock: Lock) -> String {
        let parts =
            [
                ("artefact", lock.artefacts.count), ("image", lock.images.count), ("local file", lock.files.count),
            ] + (lock.charts.isEmpty ? [] : [("chart", lock.charts.count)])
        let counted = parts.map { "\($0.1) \($0.0)\($0.1 == 1 ? "" : "s")" }
        return "\(lock.profile.name) \(lock.version), " + counted.joined(separator: ", ")
    }
}
