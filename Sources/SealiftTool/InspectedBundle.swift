import Arguments
import Format
import JSON
import LibCrypto
import Posix
import Reporting
import Trust
import Values
import Verify

/// A manifest to look at, and who vouches for it.
struct InspectedBundle {
    let manifest: Manifest
    /// Fingerprints of the pinned keys that signed it.
    let keys: [String]
    /// The key lists under which they count.
    let chain: KeyChain?

    /// Opens a bundle along the order of trust, payload left out.
    init(at path: FilePath, _ invocation: Invocation, _ console: Console) throws {
        let bundle = try TrustOptions.open(path, invocation, console).bundle
        manifest = bundle.manifest
        keys = bundle.vouching.map { "SHA256:" + $0.hex }
        chain = bundle.keyChain
    }

    func json(_ part: InspectPart?) -> JSONValue {
        let all = manifest.json
        guard let part else {
            return [
                "keys": .array(keys.map { .string($0) }), "keyList": chain?.json ?? .null, "manifest": all,
            ]
        }
        let key = part == .files ? "entries" : part.rawValue
        return [key: all[key] ?? .array([])]
    }

    func text(_ part: InspectPart?) -> String {
        switch part {
        case nil: overview
        case .files: TextTable.of(manifest.entries.map(fileRow))
        case .images: TextTable.of(manifest.images.map { [$0.name, $0.digest.description] })
        case .sources:
            TextTable.of(manifest.sources.map { [$0.content.digest.hex, $0.content.size.formatted, $0.url] })
        case .requirements: TextTable.of(manifest.requirements.map(requirementRow))
        case .steps: TextTable.of(manifest.steps.map(stepRow))
        }
    }

    private var overview: String {
        let plain = manifest.entries.reduce(ByteCount(0)) { $0 + ($1.content?.size ?? 0) }
        return TextTable.of([
            ["bundle", manifest.folderName],
            [
                "for",
                "\(manifest.target.profile) \(manifest.target.version) on \(manifest.target.os.rawValue)/\(manifest.target.architecture.rawValue)",
            ],
            ["needs", manifest.needs.isEmpty ? "nothing" : manifest.needs.map(\.words).joined(separator: ", ")],
            ["created", "\(manifest.created), sequence \(manifest.sequence)"],
            ["expires", manifest.expires?.description ?? "never"],
            ["signed by", keys.joined(separator: ", ") + (chain.map { ", under \($0.words)" } ?? "")],
            [
                "payload",
                "\(manifest.payloadSize.formatted) in \(manifest.parts)"
                    + (manifest.target.os.takesPlainFiles ? "" : ", \(plain.formatted) unpacked"),
            ],
            ["files", "\(manifest.entries.count)"], ["images", "\(manifest.images.count)"],
            ["roles", manifest.roles.map(\.name).joined(separator: ", ")],
            ["asks for", Set(manifest.variables.map(\.name)).sorted().joined(separator: ", ")],
        ])
    }

    private func fileRow(_ entry: Entry) -> [String] {
        let size = entry.content.map { $0.size.formatted } ?? "-"
        // Of plain files, mode and owner mean nothing.
        let permissions = manifest.target.os.takesPlainFiles ? nil : entry.permissions
        let mode = permissions.map { "\($0.mode) \($0.owner)" } ?? "-"
        var place = "/" + entry.place.text
        if case .link(let target) = entry.kind { place += " -> " + target }
        return [entry.kindName, mode, size, place, entry.roles.names?.joined(separator: ",") ?? ""]
    }

    private func requirementRow(_ requirement: Requirement) -> [String] {
        [
            requirement.severity.rawValue, requirement.id, requirement.reason,
            requirement.roles.names?.joined(separator: ",") ?? "",
        ]
    }

    private func stepRow(_ step: Step) -> [String] {
        let what: String
        switch step.action {
        case .module(let name): what = name
        case .sysctl(let key, let value): what = "\(key) = \(value)"
        case .label(let path): what = path
        case .unit(let name, let enable, let start, _):
            what = name + (enable ? ", enabled" : "") + (start ? ", started" : "")
        case .snap(let snap): what = "\(snap.name) revision \(snap.revision)" + (snap.classic ? ", classic" : "")
        case .snapOffline: what = "no store, no refreshes"
        case .command(let run, _, _), .prepare(let run, _, _), .wait(let run, _): what = run.joined(separator: " ")
        }
        return [step.kindName, what, step.roles.names?.joined(separator: ",") ?? ""]
    }
}
