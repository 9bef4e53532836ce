import Arguments
import Format
import JSON
import Posix
import Values
import Verify

/// `sealift diff A B`: what changes from one bundle to another.
enum DiffCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "diff", "show what changes from one bundle to another",
        positionals: [
            Positional("A", "the bundle that is there", completing: .directory),
            Positional("B", "the bundle that comes", completing: .directory),
        ],
        options: TrustOptions.table)

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let old = try InspectedBundle(at: FilePath(invocation.argument("A") ?? ""), invocation, console).manifest
        let new = try InspectedBundle(at: FilePath(invocation.argument("B") ?? ""), invocation, console).manifest
        let files = changes(fileStates(old), fileStates(new))
        let images = changes(imageStates(old), imageStates(new))
        let version =
            old.target.version == new.target.version
            ? [] : ["\(old.target.profile) \(old.target.version) -> \(new.target.version)"]
        let lines = version + files.map { "file  " + $0 } + images.map { "image " + $0 }
        try console.result(
            ["files": .array(files.map { .string($0) }), "images": .array(images.map { .string($0) })],
            text: lines.isEmpty ? "no difference in files and images" : lines.joined(separator: "\n"))
    }

    /// What makes two files differ: kind, permissions, content, target, roles.
    private static func fileStates(_ manifest: Manifest) -> [String: String] {
        var states: [String: String] = [:]
        for entry in manifest.entries {
            var state =
                "\(entry.kindName) \(entry.permissions.map { "\($0.mode) \($0.owner)" } ?? "") \(entry.content?.digest.hex ?? "")"
            if case .link(let target) = entry.kind { state += target }
            states["/" + entry.path.text] = state + (entry.roles.names?.joined(separator: ",") ?? "")
        }
        return states
    }

    private static func imageStates(_ manifest: Manifest) -> [String: String] {
        Dictionary(uniqueKeysWithValues: manifest.images.map { ($0.name, $0.digest.hex) })
    }

    private static func changes(_ old: [String: String], _ new: [String: String]) -> [String] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            switch (old[name], new[name]) {
            case (nil, .some): "+ \(name)"
            case (.some, nil): "- \(name)"
            case (let before?, let after?) where before != after: "~ \(name)"
            default: nil
            }
        }
    }
}
