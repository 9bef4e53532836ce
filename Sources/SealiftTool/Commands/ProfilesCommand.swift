import Arguments
import Definition
import Format
import JSON
import Posix
import Reporting
import Values

/// `sealift profiles [NAME]`: the platforms that bundles can be built for.
enum ProfilesCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "profiles", "list the platform profiles, or show one",
        positionals: [Positional("NAME", "the profile to show", .optional)],
        options: [
            .values(
                "profiles", "DIR", "a folder of profiles that go before the compiled-in ones", completing: .directory)
        ])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let library = ProfileLibrary(folders: invocation.values("profiles").map { FilePath($0) })
        guard let name = invocation.argument("NAME") else {
            let profiles = try library.names().map { try library.profile(named: $0) }
            return try console.result(
                [
                    "profiles": .array(
                        profiles.map {
                            ["name": .string($0.name), "title": .string($0.title), "summary": .string($0.summary)]
                        })
                ],
                text: TextTable.of(profiles.map { [$0.name, $0.summary] }))
        }
        let profile = try library.profile(named: name)
        try console.result(["profile": .string(profile.canonicalText)], text: text(of: profile))
    }

    private static func text(of profile: Profile) -> String {
        var rows = [
            ["profile", profile.name], ["platform", "\(profile.title): \(profile.summary)"],
            ["home", profile.homepage],
        ]
        rows.append(["for", profile.architectures.keys.map(\.rawValue).sorted().joined(separator: ", ")])
        rows.append(["version", "such as \(profile.versions.example)"])
        rows += profile.channels.map { ["or channel", $0.names.map(\.description).joined(separator: ", ")] }
        rows += profile.roles.map { ["role", "\($0.name): \($0.summary)"] }
        rows += profile.artefacts.map { ["artefact", "\($0.name)"] }
        rows += profile.variables.map {
            ["asks for", "\($0.variable.name) (\($0.variable.type.rawValue)): \($0.variable.ask)"]
        }
        rows += profile.requirements.map {
            ["needs", "\($0.item.id), \($0.item.severity.rawValue): \($0.item.reason)"]
        }
        rows += profile.notes.map { ["note", $0] }
        return TextTable.of(rows)
    }
}
