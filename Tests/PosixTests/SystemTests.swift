import Glibc
import Posix
import Testing
import Values

struct SystemTests {
    @Test func `the machine is named as uname names it`() throws {
        #expect(try Subprocess.run("uname", ["-m"]).outputText == System.machine + "\n")
        #expect(try Subprocess.run("uname", ["-r"]).outputText == System.kernelRelease + "\n")
        #expect(try Subprocess.run("uname", ["-n"]).outputText == System.hostName + "\n")
        #expect(System.userID == geteuid())
    }

    @Test func `the clocks agree with themselves`() {
        let before = System.monotonicNanoseconds()
        #expect(System.monotonicNanoseconds() >= before)
        #expect(System.now().seconds > 1_700_000_000)
    }

    @Test(arguments: [0, 1, 256, 1_000]) func `random bytes are as many as asked for, and differ`(count: Int) throws {
        let (one, other) = (try System.randomBytes(count), try System.randomBytes(count))
        #expect(one.count == count && other.count == count)
        if count >= 256 { #expect(one != other) }
        #expect(try System.randomName().utf8.count == 16)
    }

    @Test func `the environment is read`() {
        #expect(System.environment("PATH") == getenv("PATH").map { String(cString: $0) })
        #expect(System.environment("SEALIFT_NOT_SET") == nil)
    }

    @Test func `a file is no terminal`() throws {
        let file = try FileDescriptor.open("/dev/null", .readOnly)
        #expect(!System.isTerminal(file.rawValue))
        #expect(System.terminalWidth(file.rawValue) == nil)
    }
}

/// A terminal of our own: what the person types is written to `person`, what the screen shows is read from it.
@Suite(.serialized) struct PassphraseTests {
    let person: Int32
    let terminal: FilePath

    init() throws {
        // Glibc's module does not show these three of stdlib.h.
        typealias Call = @convention(c) (Int32) -> Int32
        typealias Name = @convention(c) (Int32) -> UnsafePointer<CChar>?
        let program = try #require(dlopen(nil, RTLD_NOW))
        let grant = unsafeBitCast(try #require(dlsym(program, "grantpt")), to: Call.self)
        let unlock = unsafeBitCast(try #require(dlsym(program, "unlockpt")), to: Call.self)
        let name = unsafeBitCast(try #require(dlsym(program, "ptsname")), to: Name.self)
        person = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(person >= 0 && grant(person) == 0 && unlock(person) == 0)
        terminal = FilePath(String(cString: try #require(name(person))))
    }

    /// What stty(1) says about echo and the rest.
    func settings() throws -> String { try Subprocess.run("stty", ["-a", "-F", terminal.text]).outputText }

    /// Types once the prompt is on the screen; before that the terminal would throw the keys away.
    func ask(typing keys: [UInt8]) throws -> (answer: Result<[UInt8], any Error>, screen: [UInt8]) {
        let terminal = terminal
        var screen: [UInt8] = []
        let answers = try Workers.map([true, false], count: 2) { asks -> (Result<[UInt8], any Error>?, [UInt8]) in
            if asks { return (Result { try System.readPassphrase("who? ", terminal: terminal) }, []) }
            var seen: [UInt8] = []
            var byte: UInt8 = 0
            while seen.count < 5, read(person, &byte, 1) == 1 { seen.append(byte) }
            _ = write(person, keys, keys.count)
            return (nil, seen)
        }
        screen = answers[1].1
        return (try #require(answers[0].0), screen)
    }

    @Test(arguments: [
        ("secret\r", "secret"), ("\n", ""), ("ab\u{7F}c\n", "ac"), ("wrong\u{15}right\n", "right"),
        ("xä\u{8}y\n", "xy"),
        ("\u{7F}\u{7F}z\n", "z"),
    ])
    func `keys become a passphrase`(keys: String, passphrase: String) throws {
        let (answer, screen) = try ask(typing: Array(keys.utf8))
        #expect(try answer.get() == Array(passphrase.utf8))
        #expect(screen == Array("who? ".utf8))
        close(person)
    }

    @Test(arguments: [[0x03], [0x61, 0x04]] as [[UInt8]])
    func `Ctrl-C and Ctrl-D cancel and put the terminal right`(keys: [UInt8]) throws {
        let ours = try FileDescriptor.open(terminal, .readWrite)  // settings last as long as somebody has it open
        let before = try settings()
        #expect(before.contains(" echo "))
        let (answer, _) = try ask(typing: keys)
        #expect(throws: FileError("ask on", terminal, .cancelled)) { try answer.get() }
        #expect(try settings() == before)
        try ours.close()
        close(person)
    }

    @Test func `without a terminal there is no asking`() throws {
        let file = try Scratch()
        try Files.replace(file["f"], with: [])
        let error = try #require(throws: FileError.self) { try System.readPassphrase("?", terminal: file["f"]) }
        #expect(error == FileError("ask on", file["f"], Errno(rawValue: ENOTTY)))
        close(person)
    }
}
