import Arguments
import LibCrypto
import Posix
import Reporting

/// The tool as a whole: reads the command line, runs one command, ends with its exit code.
enum Sealift {
    /// The version of the tool; part of what makes two builds equal.
    static let version = "0.1.0"

    /// Runs the command that `arguments` ask for.
    ///
    /// - Returns: The exit code (design §5).
    static func run(_ arguments: [String]) -> Int32 {
        LibraryConfiguration.forbid()
        System.ignoreBrokenPipes()
        let console = Console(
            isJSON: arguments.contains("--json"), isQuiet: arguments.contains("--quiet") || arguments.contains("-q"))
        do {
            try System.ensureStandardDescriptors()
            switch try program.parse(arguments) {
            case .show(let text): try console.result(text)
            case .run(let invocation): try run(invocation, console)
            }
            console.finish()
            return ExitCode.done.rawValue
        } catch {
            return console.failed(error).rawValue
        }
    }

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        guard let command = commands.first(where: { $0.table.name == invocation.command.name }) else {
            fatalError("the table has a command that nobody carries out: \(invocation.command.name)")
        }
        try command.run(invocation, console)
    }

    /// All commands, in the order in which help lists them.
    static let commands: [SealiftCommand] =
        [
            InitCommand.command, LockCommand.command, ImagesCommand.command, BuildCommand.command,
            KeygenCommand.command, SignCommand.command,
        ] + KeysCommand.commands + [
            VerifyCommand.command, InspectCommand.command, DiffCommand.command, ExtractCommand.command,
            ReportCommand.command,
            ProfilesCommand.command,
        ] + MediaCommands.commands + CacheCommand.commands + DocumentationCommands.commands

    static let program = Program(
        "sealift", version: version, "signed, compressed install bundles for Kubernetes edge platforms",
        details: [
            "sealift builds a bundle on a connected machine; on an isolated site the bundle is checked and installed from a USB stick."
        ],
        commands: commands.map(\.table),
        common: [
            .flag("json", "print one JSON object on standard output"),
            .flag("quiet", letter: "q", "no progress on standard error"),
        ],
        files: [
            .init("~/.cache/sealift", "what was fetched and compressed; safe to delete"),
            .init("/etc/sealift/trusted-keys/*.pub", "keys that this site trusts"),
        ], seeAlso: ["sealift-install(8)", "openssl-dgst(1)", "sha256sum(1)"])
}

/// One command: its row of the table and what it does.
struct SealiftCommand: Sendable {
    let table: Command
    let run: @Sendable (Invocation, Console) throws -> Void

    init(_ table: Command, _ run: @escaping @Sendable (Invocation, Console) throws -> Void) {
        self.table = table
        self.run = run
    }
}
