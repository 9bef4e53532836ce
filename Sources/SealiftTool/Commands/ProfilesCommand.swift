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
        details: [
            "What is fetched, where it is laid, what a machine must have and what a site is asked for depends on the version: one is shown, "
                + "the profile's example unless --at says another."
        ],
        positionals: [Positional("NAME", "the profile to show", .optional)],
        options: [
            .value("at", "VERSION", "show what holds for that version"),
            .value("arch", "ARCH", "show what holds for that architecture"),
            .values(
                "profiles", "DIR", "a folder of profiles that go before the compiled-in ones", completing: .directory),
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
        let sheet = try sheet(of: library.profile(named: name), invocation)
        try console.result(sheet.json, text: sheet.text)
    }

    private static func sheet(of profile: Profile, _ invocation: Invocation) throws -> ProfileSheet {
        let version = invocation.value("at")
        guard version.map(profile.versions.isExact) ?? true else {
            throw Diagnostic(
                "\(quoted(version ?? "")) is no complete version of \(profile.title)",
                next: "name one such as \(profile.versions.example)", exitCode: .usage)
        }
        let known = profile.architectures.keys.map(\.rawValue).sorted()
        let architecture = invocation.value("arch")
        guard architecture.map(known.contains) ?? true,
            let sheet = ProfileSheet(
                profile, version: version.map { Version($0) },
                architecture: architecture.flatMap { Architecture(rawValue: $0) })
        else {
            throw Diagnostic(
                "\(profile.title) is not built for \(quoted(architecture ?? ""))",
                next: "name \(known.joined(separator: " or "))", exitCode: .usage)
        }
        return sheet
    }
}
