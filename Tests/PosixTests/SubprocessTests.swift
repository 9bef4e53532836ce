import Glibc
import Posix
import Testing
import Values

struct SubprocessTests {
    @Test func `output, errors and status come apart`() throws {
        let outcome = try Subprocess.run("sh", ["-c", "echo out; echo err >&2; exit 3"])
        #expect(outcome == Subprocess.Outcome(status: 3, output: Array("out\n".utf8), errors: Array("err\n".utf8)))
        #expect(!outcome.isSuccess && outcome.errorText == "err\n" && outcome.outputText == "out\n")
    }

    @Test func `arguments are not read by a shell`() throws {
        let outcome = try Subprocess.run("printf", ["%s|", "a b", "$HOME", "`id`", ""])
        #expect(outcome.outputText == "a b|$HOME|`id`||")
    }

    @Test func `much on both pipes and much input do not wait for each other`() throws {
        let input = [UInt8](repeating: 120, count: 1_000_000)
        let script = "head -c 700000 /dev/zero >&2; cat; head -c 300000 /dev/zero >&2"
        let outcome = try Subprocess.run("sh", ["-c", script], input: input)
        #expect(outcome.isSuccess)
        #expect(outcome.output == input)
        #expect(outcome.errors.count == 1_000_000)
    }

    @Test func `a program that does not read its input ends as it likes`() throws {
        let outcome = try Subprocess.run(
            "sh", ["-c", "exec <&-; echo fine"], input: .init(repeating: 1, count: 500_000))
        #expect(outcome == Subprocess.Outcome(status: 0, output: Array("fine\n".utf8)))
    }

    @Test func `a signal counts as in a shell`() throws {
        #expect(try Subprocess.run("sh", ["-c", "kill -TERM $$"]).status == 128 + SIGTERM)
    }

    @Test(arguments: ["sealift-no-such-program", "/nonexistent/program"])
    func `a missing program is told`(name: String) {
        #expect(throws: FileError("run", FilePath(name), .notFound)) { try Subprocess.run(name) }
    }

    @Test func `what may not be executed is told`() throws {
        let scratch = try Scratch()
        try Files.replace(scratch["f"], with: [])
        #expect(throws: FileError("run", scratch["f"], .accessDenied)) { try Subprocess.run(scratch["f"].text) }
    }

    @Test func `a NUL in an argument is refused, not cut`() {
        #expect(throws: FileError("run", "echo", .invalid)) { try Subprocess.run("echo", ["a\0b"]) }
    }

    @Test func `the environment is exactly what was given`() throws {
        let outcome = try Subprocess.run("/usr/bin/env", environment: ["B": "2 3", "A": "1=x"])
        #expect(outcome.outputText == "A=1=x\nB=2 3\n")
        #expect(try Subprocess.run("/usr/bin/env").outputText.contains("PATH="))
    }

    @Test func `no open file of ours is inherited`() throws {
        let file = try FileDescriptor.open("/dev/null", .readOnly)
        let outcome = try Subprocess.run("sh", ["-c", "ls /proc/self/fd/\(file.rawValue)"])
        #expect(!outcome.isSuccess)
    }

    @Test func `who takes too long or writes too much is killed`() throws {
        #expect(throws: FileError("run", "sleep", .timedOut)) { try Subprocess.run("sleep", ["60"], timeLimit: 1) }
        #expect(throws: FileError("run", "yes", .tooLarge)) {
            try Subprocess.run("yes", outputLimit: .kibibytes(100))
        }
    }

    @Test func `a daemon that keeps the pipes is not waited for`() throws {
        let outcome = try Subprocess.run("sh", ["-c", "sleep 60 & echo $!"], timeLimit: 20)
        let daemon = try #require(Int32(outcome.outputText.dropLast()))
        #expect(kill(daemon, SIGKILL) == 0)
    }
}
