import Foundation
import LibCrypto
import Posix
import Reporting
import Sign
import Testing
import Values

@Suite struct KeyFileTests {
    private static func read(
        _ path: FilePath, user: UInt32 = thisUser, _ source: PassphraseSource = .none
    ) throws -> PublicKey {
        try KeyFile.readPrivate(path, user: user, passphrase: source).publicKey
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a new pair is private and public, and both halves say the same`(algorithm: SignatureAlgorithm) throws {
        let folder = try KeyFolder()
        let pair = try KeyFile.generate(folder["site"], algorithm: algorithm, passphrase: nil)
        #expect(try folder.names == ["site.key", "site.pub"])
        #expect(try folder.mode("site.key") == 0o600)
        #expect(try folder.mode("site.pub") == 0o644)
        #expect(try Self.read(pair.privateFile) == pair.publicKey)
        #expect(try KeyFile.readPublic(pair.publicFile) == pair.publicKey)
        #expect(pair.publicKey.algorithm == algorithm)
    }

    @Test(arguments: ["site.key", "site.pub"])
    func `an existing file is never overwritten, and no half pair stays`(name: String) throws {
        let folder = try KeyFolder()
        try folder.write(name, "precious")
        #expect(throws: SignError.keyExists(folder[name])) {
            try KeyFile.generate(folder["site"], passphrase: nil)
        }
        #expect(try folder.names == [name])
        #expect(try folder.bytes(name) == Array("precious".utf8))
    }

    @Test func `a link in the place of a new key is not followed`() throws {
        let folder = try KeyFolder()
        #expect(try folder.run("ln -s elsewhere site.key") == 0)
        #expect(throws: SignError.keyExists(folder["site.key"])) {
            try KeyFile.generate(folder["site"], passphrase: nil)
        }
        #expect(try folder.names == ["site.key"])
    }

    @Test func `a folder that is not there leaves nothing behind`() throws {
        let folder = try KeyFolder()
        #expect(throws: SignError.self) { try KeyFile.generate(folder["none/site"], passphrase: nil) }
        #expect(try folder.names.isEmpty)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o602, 0o610, 0o777] as [UInt16])
    func `a private key that others may touch is refused`(mode: UInt16) throws {
        let folder = try KeyFolder()
        _ = try KeyFile.generate(folder["site"], passphrase: nil)
        #expect(try folder.run("chmod \(String(mode, radix: 8)) site.key") == 0)
        #expect(throws: SignError.openToOthers(folder["site.key"], mode: mode)) { try Self.read(folder["site.key"]) }
    }

    @Test func `a link to a private key is refused`() throws {
        let folder = try KeyFolder()
        _ = try KeyFile.generate(folder["site"], passphrase: nil)
        #expect(try folder.run("ln -s site.key link.key") == 0)
        #expect(throws: SignError.symbolicLink(folder["link.key"])) { try Self.read(folder["link.key"]) }
    }

    @Test(arguments: [("mkdir x", "a folder"), ("mkfifo -m 600 x", "a pipe without a writer")])
    func `only a regular file is read`(making line: String, name: String) throws {
        let folder = try KeyFolder()
        #expect(try folder.run(line) == 0)
        #expect(throws: SignError.notAFile(folder["x"])) { try Self.read(folder["x"]) }
    }

    @Test(.enabled(if: thisUser == 0, "only root can give files away"))
    func `a private key of somebody else is refused, one of root is taken`() throws {
        let folder = try KeyFolder()
        let pair = try KeyFile.generate(folder["site"], passphrase: nil)
        #expect(try Self.read(pair.privateFile, user: 4_711) == pair.publicKey)
        #expect(try folder.run("chown 4711 site.key") == 0)
        #expect(throws: SignError.foreignOwner(pair.privateFile, owner: 4_711)) { try Self.read(pair.privateFile) }
        #expect(try Self.read(pair.privateFile, user: 4_711) == pair.publicKey)
    }

    @Test func `a file of 64 KiB and one byte is no key`() throws {
        let folder = try KeyFolder()
        try folder.write("x", String(repeating: "x", count: 65_537))
        #expect(throws: SignError.tooLong(folder["x"], limit: KeyFile.limit)) { try Self.read(folder["x"]) }
    }

    @Test func `the file is named when its content is wrong`() throws {
        let folder = try KeyFolder()
        let pair = try KeyFile.generate(folder["site"], passphrase: nil)
        #expect(try folder.run("chmod 600 site.pub") == 0)
        let wrong = CryptoError.unexpectedLabel(found: "PUBLIC KEY", wanted: "PRIVATE KEY")
        #expect(throws: SignError.key(wrong, pair.publicFile)) { try Self.read(pair.publicFile) }
        #expect(SignError.key(wrong, pair.publicFile).diagnostic.details.map(\.text) == [pair.publicFile.description])
        #expect(throws: SignError.key(.notPEM, folder["x"])) {
            try folder.write("x", "hello")
            _ = try Self.read(folder["x"])
        }
    }
}

@Suite struct PassphraseTests {
    private static func encrypted() throws -> (KeyFolder, KeyFile.Pair) {
        let folder = try KeyFolder()
        return (folder, try KeyFile.generate(folder["site"], passphrase: passphrase))
    }

    private static func read(_ pair: KeyFile.Pair, _ source: PassphraseSource) throws -> PublicKey {
        try KeyFile.readPrivate(pair.privateFile, user: thisUser, passphrase: source).publicKey
    }

    @Test func `a person is asked once, with the name of the key`() throws {
        let (folder, pair) = try Self.encrypted()
        var asked: [FilePath] = []
        let found = try Self.read(
            pair,
            .prompt { path in
                asked.append(path)
                return passphrase
            })
        #expect(found == pair.publicKey)
        #expect(asked == [folder["site.key"]])
    }

    @Test func `nobody is asked for a key that is not encrypted`() throws {
        let folder = try KeyFolder()
        let pair = try KeyFile.generate(folder["site"], passphrase: nil)
        #expect(
            try Self.read(
                pair,
                .prompt { _ in
                    Issue.record("asked")
                    return nil
                }) == pair.publicKey)
    }

    @Test func `without a passphrase an encrypted key is refused`() throws {
        let (folder, pair) = try Self.encrypted()
        defer { withExtendedLifetime(folder) {} }
        #expect(throws: SignError.key(.passphraseNeeded, pair.privateFile)) { try Self.read(pair, .none) }
        #expect(throws: SignError.key(.passphraseNeeded, pair.privateFile)) {
            try Self.read(pair, .prompt { _ in nil })
        }
    }

    @Test(arguments: ["pw", "pw\n", "pw\nsecond line\n"])
    func `the first line of a private file is the passphrase`(text: String) throws {
        let (folder, pair) = try Self.encrypted()
        try folder.write("phrase", text)
        #expect(try Self.read(pair, .file(folder["phrase"])) == pair.publicKey)
    }

    @Test func `a passphrase file is as private as a key, neither empty nor endless`() throws {
        let (folder, pair) = try Self.encrypted()
        try folder.write("open", "pw\n", mode: 0o644)
        #expect(throws: SignError.openToOthers(folder["open"], mode: 0o644)) {
            try Self.read(pair, .file(folder["open"]))
        }
        for (name, text) in [("empty", ""), ("blank", "\npw\n")] {
            try folder.write(name, text)
            #expect(throws: SignError.emptyPassphrase(folder[name])) { try Self.read(pair, .file(folder[name])) }
        }
        try folder.write("long", String(repeating: "x", count: 1_025))
        #expect(throws: SignError.tooLong(folder["long"], limit: 1_024)) { try Self.read(pair, .file(folder["long"])) }
        try folder.write("wrong", "pw \n")
        #expect(throws: SignError.key(.wrongPassphrase, pair.privateFile)) {
            try Self.read(pair, .file(folder["wrong"]))
        }
    }

    @Test func `a descriptor gives the passphrase, in pieces too, and is closed`() throws {
        let (folder, pair) = try Self.encrypted()
        defer { withExtendedLifetime(folder) {} }
        let pipe = Pipe()
        for piece in ["p", "w", "\n"] { pipe.fileHandleForWriting.write(Data(piece.utf8)) }
        let number = dup(pipe.fileHandleForReading.fileDescriptor)
        #expect(try Self.read(pair, .descriptor(number)) == pair.publicKey)
        #expect(throws: SignError.self) { try Self.read(pair, .descriptor(987)) }
    }
}
