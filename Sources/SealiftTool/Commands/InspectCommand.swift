import Arguments
import Format
import JSON
import Posix
import Reporting
import Values
import Verify

/// `sealift inspect BUNDLE`: what is inside, without reading the payload.
enum InspectCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "inspect", "show what is in a bundle, without reading its payload",
        details: [
            "Reads SHA256SUMS, signatures and manifest only, so it takes milliseconds for any size. The signature must be that of a trusted key; "
                + "the payload is not checked, which is what verify does."
        ],
        positionals: [
            Positional("BUNDLE", "the bundle's folder", completing: .directory),
            Positional(
                "PART", "files, images, sources, requirements or steps; an overview without it", .optional,
                completing: .choices(InspectPart.allCases.map(\.rawValue))),
        ],
        options: TrustOptions.table,
        examples: [.init("sealift inspect /media/usb/line7-2026.11.0-k3s-amd64 images", "the images and their digests")]
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let path = FilePath(invocation.argument("BUNDLE") ?? "")
        let seen = try InspectedBundle(at: path, invocation, console)
        let part = invocation.argument("PART").flatMap { InspectPart(rawValue: $0) }
        try console.result(seen.json(part), text: seen.text(part))
    }
}

/// What can be asked for by name.
enum InspectPart: String, CaseIterable {
    case files, images, sources, requirements, steps
}
