import Arguments
import LibCrypto
import Posix
import Reporting

/// The installer as a whole: reads the command line, runs one command, ends with its exit code.
enum SealiftInstall {
    /// The version of the installer, kept in every receipt.
    static let version = "0.1.0"

    /// Runs the command that `arguments` ask for.
    ///
    /// - Returns: The exit code (design §5).
    static func run(_ arguments: [String]) -> Int32 {
        LibraryConfiguration.forbid()
        System.ignoreBrokenPipes()
        let isQuiet = arguments.contains { $0 == "--quiet" || hasLetter("q", $0) }
        let console = Console(isJSON: arguments.contains("--json"), isQuiet: isQuiet)
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

    /// Whether `word` is a bundle of short options with this one in it: how a refusal is said is needed before all is read.
    private static func hasLetter(_ letter: Character, _ word: String) -> Bool {
        word.hasPrefix("-") && !word.hasPrefix("--") && word.contains(letter)
    }

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        guard let command = ([install] + commands).first(where: { $0.table.name == invocation.command.name }) else {
            fatalError("the table has a command that nobody carries out: \(invocation.command.name)")
        }
        try command.run(invocation, console)
    }

    /// What it does without a verb.
    private static let install = InstallCommand.withoutVerb

    /// All verbs, in the order in which help lists them.
    private static let commands: [InstallerCommand] = [
        CheckCommand.command, PlanCommand.command, InstallCommand.apply, StatusCommand.command,
        VerifyCommand.command, RollbackCommand.command, UninstallCommand.command, RecoverCommand.command,
        InstallCommand.set, ReportCommand.command, ManCommand.command,
    ]

    static let program = Program(
        Console.program, version: version, "installs a sealift bundle on this machine, without a network",
        details: [
            "Without a verb it checks the bundle's signature, checks the machine, shows what it would do, asks, and does it.",
            "A bundle is trusted by a key that came by another road: the site's policy, --key, --fingerprint, or /etc/sealift/trusted-keys. "
                + "Started from the stick unchecked, this program finds damage, not an attacker: README.txt says how to check first.",
        ],
        withoutVerb: install.table, commands: commands.map(\.table),
        common: [
            .flag("json", "print one JSON object on standard output"),
            .flag("quiet", letter: "q", "no progress on standard error"),
        ],
        exitCodes: ExitCode.allCases.filter { $0 != .gathering },
        files: [
            .init("/etc/sealift/policy.json", "what this site asks of every bundle"),
            .init("/etc/sealift/trusted-keys/*.pub", "keys that this site trusts, where the policy names none"),
            .init("/var/lib/sealift/receipts/NAME.json", "what is installed"),
            .init("/var/lib/sealift/key-lists.json", "the newest key list that this site has followed"),
            .init("sites/SERIAL.env, sites/HOSTNAME.env", "values of one machine, in a folder beside the bundle's"),
        ], seeAlso: ["sealift(1)", "openssl-dgst(1)", "sha256sum(1)"])
}

/// One command: its row of the table and what it does.
struct InstallerCommand: Sendable {
    let table: Command
    let run: @Sendable (Invocation, Console) throws -> Void

    init(_ table: Command, _ run: @escaping @Sendable (Invocation, Console) throws -> Void) {
        self.table = table
        self.run = run
    }
}
