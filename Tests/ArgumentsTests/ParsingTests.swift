import Arguments
import Reporting
import Testing

/// The command that `line` asks for, split at spaces.
private func run(_ line: String, _ program: Program = sample) throws -> Invocation? {
    guard case .run(let invocation) = try program.parse(line.split(separator: " ").map(String.init)) else { return nil }
    return invocation
}

@Suite struct ParsingTests {
    @Test(arguments: [
        "load box -o d --key k --mirror a=b --mirror c=d --json",
        "--json load -od --key=k --mirror=a=b --mirror=c=d box",
        "-o d --key k load --mirror a=b --json box --mirror c=d",
        "load --json -qod --key k --mirror a=b --mirror c=d -- box",
    ])
    func `options stand anywhere and in either form`(line: String) throws {
        let load = try #require(try run(line))
        #expect(load.command.name == "load")
        #expect(load.argument("BOX") == "box")
        #expect(load.value("output") == "d")
        #expect(load.value("key") == "k")
        #expect(load.values("mirror") == ["a=b", "c=d"])
        #expect(load.flag("json"))
        #expect(!load.flag("locked"))
        #expect(load.value("level") == nil)
    }

    @Test func `what is behind two dashes is no option`() throws {
        let take = try #require(try run("take box -o d a - -- --b -c"))
        #expect(take.arguments("BOX") == ["box"])
        #expect(take.arguments("PATH") == ["a", "-", "--b", "-c"])
    }

    @Test func `an optional argument may be absent and a value may begin with a dash behind an equals sign`() throws {
        let inspect = try #require(try run("inspect box"))
        #expect(inspect.argument("TOPIC") == nil)
        #expect(try run("inspect box images")?.argument("TOPIC") == "images")
        #expect(try run("load box --key=-")?.value("key") == "-")
        #expect(try run("load box --key -")?.value("key") == "-")
        #expect(try run("load box --key=--x")?.value("key") == "--x")
    }

    @Test func `two words can be one verb, and an argument can look like a verb`() throws {
        #expect(try run("cache prune -a")?.flag("all") == true)
        #expect(try run("--json cache list")?.command.name == "cache list")
        #expect(try run("inspect load")?.argument("BOX") == "load")
        #expect(try run("load -o inspect cache")?.argument("BOX") == "cache")
    }

    @Test func `a verb may be optional`() throws {
        #expect(try run("", installer)?.command.name == "")
        #expect(try run("-y --root /mnt", installer)?.value("root") == "/mnt")
        #expect(try run("--root status status", installer)?.command.name == "status")
        #expect(throws: ArgumentsError.unknownCommand("stauts", program: "unfreight", known: ["status", "undo"])) {
            try run("stauts", installer)
        }
        #expect(throws: ArgumentsError.optionOfOther("-y", command: "unfreight undo", others: ["unfreight"])) {
            try run("undo -y", installer)
        }
    }

    @Test(
        arguments: [
            ("", ArgumentsError.noCommand(program: "freight"), "a command is missing"),
            (
                "laod box",
                .unknownCommand(
                    "laod", program: "freight", known: ["load", "inspect", "take", "cache list", "cache prune"]),
                #"unknown command "laod""#
            ),
            (
                "cache", .halfCommand("cache", known: ["cache list", "cache prune"]),
                #"a second word is missing behind "cache""#
            ),
            (
                "load b --lockd",
                .unknownOption(
                    "--lockd", command: "freight load",
                    known: ["output", "key", "locked", "mirror", "level", "json", "quiet", "help", "version"]),
                #"unknown option "--lockd""#
            ),
            (
                "load b --all", .optionOfOther("--all", command: "freight load", others: ["freight cache prune"]),
                #""freight load" has no option "--all""#
            ),
            (
                "load b --key", .missingValue(option: "key", placeholder: "PEM", command: "freight load"),
                "--key needs a value: --key PEM"
            ),
            (
                "load b --key --json", .missingValue(option: "key", placeholder: "PEM", command: "freight load"),
                "--key needs a value: --key PEM"
            ),
            (
                "load b --key=", .missingValue(option: "key", placeholder: "PEM", command: "freight load"),
                "--key needs a value: --key PEM"
            ),
            (
                "load b --json=yes", .unexpectedValue(option: "json", value: "yes", command: "freight load"),
                #"--json takes no value, but "yes" is given"#
            ),
            ("load b -o x --output y", .repeated(option: "output", command: "freight load"), "--output is given twice"),
            (
                "load b -l --mirror a=b", .exclusive(["locked", "mirror"], command: "freight load"),
                "--locked and --mirror exclude each other"
            ),
            ("take b p", .missingOption("output", command: "freight take"), "--output is missing"),
            ("take b -o d", .missingArgument("PATH", command: "freight take"), "PATH is missing"),
            ("load", .missingArgument("BOX", command: "freight load"), "BOX is missing"),
            ("load a b", .surplusArgument("b", command: "freight load"), #"unexpected argument "b""#),
            ("cache list x", .surplusArgument("x", command: "freight cache list"), #"unexpected argument "x""#),
            (
                "inspect b imges",
                .notAChoice("imges", of: "TOPIC", choices: ["files", "images"], command: "freight inspect"),
                #"TOPIC cannot be "imges""#
            ),
            (
                "load b --level 9",
                .notAChoice("9", of: "--level", choices: ["fast", "best"], command: "freight load"),
                #"--level cannot be "9""#
            ),
        ] as [(String, ArgumentsError, String)])
    func refuses(line: String, error: ArgumentsError, message: String) {
        #expect(throws: error) { try run(line) }
        #expect(error.diagnostic.message == message)
        #expect(error.diagnostic.exitCode == .usage)
        #expect(error.diagnostic.next != nil)
    }

    @Test(arguments: [
        ("laod b", #"did you mean "load"?"#), ("load b --lockd", #"did you mean "--locked"?"#),
        ("load b --xyz", "run `freight load --help` for its options"), ("inspect b imges", #"did you mean "images"?"#),
        ("inspect b q", "write one of: files, images"), ("cache lst", #"did you mean "cache list"?"#),
    ])
    func `says what was likely meant`(line: String, next: String) throws {
        let error = #expect(throws: ArgumentsError.self) { try run(line) }
        #expect(error?.diagnostic.next == next)
    }

    @Test(arguments: [
        ("--help", "freight: load"), ("help", "freight: load"), ("-h", "freight: load"),
        ("load -h", "freight load: put"),
        ("help load", "freight load: put"), ("load --nonsense --help a b c", "freight load: put"),
        ("cache prune --help", "freight cache prune: make"),
        ("--version", "freight 1.2\n"), ("load --version", "freight 1.2\n"),
    ])
    func `help is shown whatever else is on the line`(line: String, beginning: String) throws {
        let request = try sample.parse(line.split(separator: " ").map(String.init))
        guard case .show(let text) = request else {
            Issue.record("runs a command")
            return
        }
        #expect(text.hasPrefix(beginning))
    }

    @Test func `help as a value or behind two dashes is no call for help`() throws {
        #expect(try run("load -- --help")?.argument("BOX") == "--help")
        #expect(try run("load b --key=--help")?.value("key") == "--help")
        #expect(try run("load help")?.argument("BOX") == "help")
    }

    @Test func `a value is parsed as its type or refused with what it must be`() throws {
        let load = try #require(try run("load b --key 12"))
        #expect(try load.value("key", as: "a number") { Int($0) } == 12)
        #expect(try load.value("output", as: "a number") { Int($0) } == nil)
        #expect(throws: ArgumentsError.invalidValue(option: "key", value: "12", expected: "a word")) {
            try load.value("key", as: "a word") { _ in nil as Int? }
        }
    }
}
