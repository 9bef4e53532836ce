import BundleFixture
import Counting
import Glibc
import JSON
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

/// The site's policy file: what is read, and what is refused with its place.
struct PolicyReadingTests {
    /// A P-256 and an Ed25519 key, made for these tests.
    static let ecdsa = """
        -----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9d2TBZkBcKt0RtEUrZlPlQh73j1w\\nxFDffYlcdrearA/klP2oMjMF0MdzUC2zYhqcBhbqEASwP97VM33doakwNw==\\n-----END PUBLIC KEY-----\\n
        """
    static let edwards = """
        -----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\\n-----END PUBLIC KEY-----\\n
        """
    static let fingerprint = "SHA256:" + String(repeating: "0123456789abcdef", count: 4)

    private func read(_ text: String) throws -> SitePolicy {
        try SitePolicy(reading: Array(text.utf8), at: "policy.json")
    }

    @Test func `every member is read`() throws {
        let policy = try read(
            """
            {"policy": 1,
             "keys": [{"name": "builder", "key": "\(Self.ecdsa)"}, {"name": "approver", "key": "\(Self.edwards)"},
                      {"name": "reserve", "fingerprint": "\(Self.fingerprint)"}],
             "threshold": 2,
             "bundles": ["line7", "line8"],
             "targets": [{"profile": "k3s", "arch": "amd64"}, {"profile": "k3s", "arch": "arm64"}],
             "roots": ["/", "/srv/images"],
             "expiry": "warn", "weakClock": "warn", "maximumSequenceStep": 31536000,
             "require": ["sbom.cdx.json", "sbom.spdx.json", "report.html", "provenance"]}
            """)
        #expect(policy.keys.map(\.name) == ["builder", "approver", "reserve"])
        #expect(policy.keys.map(\.pin.keyID?.text.count) == [16, 16, 16])
        #expect(policy.threshold == 2)
        #expect(policy.bundles == ["line7", "line8"])
        #expect(policy.targets?.map(\.architecture) == [.amd64, .arm64])
        #expect(policy.roots == ["/", "/srv/images"])
        #expect(policy.expiry == .warn && policy.weakClock == .warn)
        #expect(policy.maximumSequenceStep == 31_536_000)
        #expect(policy.evidence == Set(Evidence.allCases))
    }

    @Test func `a policy may ask for nothing`() throws {
        let policy = try read(#"{"policy": 1}"#)
        #expect(policy.keys.isEmpty && policy.threshold == 1 && policy.bundles == nil && policy.evidence.isEmpty)
        #expect(policy.expiry == .refuse && policy.weakClock == .refuse)
    }

    /// What is in the file, and the reason that is given; `@` stands for the place of a fault in the text.
    static let malformed: [(text: String, reason: String)] = [
        ("", "it ends in the middle of a value"), ("{", "it ends in the middle of a value"),
        ("[]", "$ must be an object, not an array"), ("null", "$ must be an object, not null"),
        ("\u{FEFF}{\"policy\": 1}", "it begins with a byte order mark"),
        ("{\"policy\": 1} {}", "something follows the end of the value"),
        ("{\"policy\": 1,}", "unexpected \"}\" where a key in quotes should be"),
        ("{'policy': 1}", "unexpected \"'\" where a key in quotes should be"),
        ("# comment\n{\"policy\": 1}", "unexpected \"#\" where a value should be"),
        ("{}", "$ has no \"policy\""), (#"{"policy": 2}"#, "$.policy must be from 1 to 1, not \"2\""),
        (#"{"policy": "1"}"#, "$.policy must be a whole number, not a string"),
        (#"{"policy": 1.0}"#, "a number has a fraction or an exponent, only whole numbers are allowed"),
        (#"{"policy": 1, "policy": 1}"#, "the key \"policy\" comes twice in one object"),
        (#"{"policy": 1, "treshold": 2}"#, "$ has unknown key \"treshold\""),
        (#"{"policy": 1, "expires": "refuse", "key": []}"#, "$ has unknown keys \"expires\", \"key\""),
        (
            #"{"policy": 1, "keys": []}"#,
            "$.keys must be a list with something in it, or left out where anything will do, not \"[]\""
        ),
        (#"{"policy": 1, "keys": {}}"#, "$.keys must be an array, not an object"),
        (#"{"policy": 1, "keys": null}"#, "$.keys must be an array, not null"),
        (#"{"policy": 1, "keys": ["builder"]}"#, "$.keys[0] must be an object, not a string"),
        (#"{"policy": 1, "keys": [{"name": "a"}]}"#, "$.keys[0] has no \"fingerprint\""),
        (#"{"policy": 1, "keys": [{"fingerprint": "F"}]}"#, "$.keys[0] has no \"name\""),
        (
            #"{"policy": 1, "keys": [{"name": "", "fingerprint": "F"}]}"#,
            "$.keys[0].name must be 1 to 64 printable characters, not \"\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a\u0007", "fingerprint": "F"}]}"#,
            #"$.keys[0].name must be 1 to 64 printable characters, not "a\u{7}""#
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "fingerprint": "F", "comment": "x"}]}"#,
            "$.keys[0] has unknown key \"comment\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "fingerprint": "SHA256:0123456789abcdef0123456789abcdef"}]}"#,
            "$.keys[0].fingerprint must be SHA256: and all 64 lower-case hexadecimal digits, not \"SHA256:0123456789abcdef0123456789abcdef\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "fingerprint": "UPPER"}]}"#,
            "$.keys[0].fingerprint must be SHA256: and all 64 lower-case hexadecimal digits, not \"UPPER\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "key": "E", "fingerprint": "F"}]}"#,
            "$.keys[0] must be a key with its text or its fingerprint, not both, not \"a\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "key": "ssh-ed25519 AAAA"}]}"#,
            "$.keys[0].key must be the PEM text of a public key (cannot read the key: it is not PEM), not \"ssh-ed25519 AAAA\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "key": "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n"}]}"#,
            "$.keys[0].key must be the PEM text of a public key (cannot use \"PRIVATE KEY\" where \"PUBLIC KEY\" is wanted), not \"-----BEGIN PRIVATE KEY-----\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "key": "E"}, {"name": "a", "fingerprint": "F"}]}"#,
            "$.keys[1] must be a key with a name that no other key has, not \"a\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "key": "E"}, {"name": "b", "key": "E"}]}"#,
            "$.keys[1].key must be another key than that of a: one key counts once, whatever its names, not \"b\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "key": "E"}, {"name": "b", "fingerprint": "OFE"}]}"#,
            "$.keys[1].fingerprint must be another key than that of a: one key counts once, whatever its names, not \"b\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "fingerprint": "F"}, {"name": "a", "fingerprint": "F"}]}"#,
            "$.keys[1] must be something that does not stand in the list already, not \"an object\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "fingerprint": "F"}], "threshold": 0}"#,
            "$.threshold must be from 1 to the number of keys, which is 1, not \"0\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "fingerprint": "F"}], "threshold": 2}"#,
            "$.threshold must be from 1 to the number of keys, which is 1, not \"2\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "fingerprint": "F"}], "threshold": -1}"#,
            "$.threshold must be from 1 to the number of keys, which is 1, not \"-1\""
        ),
        (
            #"{"policy": 1, "keys": [{"name": "a", "fingerprint": "F"}], "threshold": "1"}"#,
            "$.threshold must be a whole number, not a string"
        ),
        (#"{"policy": 1, "threshold": 1}"#, "$.threshold must be left out where no keys are named, not \"1\""),
        (
            #"{"policy": 1, "bundles": []}"#,
            "$.bundles must be a list with something in it, or left out where anything will do, not \"[]\""
        ),
        (#"{"policy": 1, "bundles": "line7"}"#, "$.bundles must be an array, not a string"),
        (#"{"policy": 1, "bundles": [7]}"#, "$.bundles[0] must be a string, not a whole number"),
        (
            #"{"policy": 1, "bundles": ["Line7"]}"#,
            "$.bundles[0] must be a bundle's name: lower-case letters, digits and -, not \"Line7\""
        ),
        (
            #"{"policy": 1, "bundles": ["line*"]}"#,
            "$.bundles[0] must be a bundle's name: lower-case letters, digits and -, not \"line*\""
        ),
        (
            #"{"policy": 1, "bundles": ["-line"]}"#,
            "$.bundles[0] must be a bundle's name: lower-case letters, digits and -, not \"-line\""
        ),
        (
            #"{"policy": 1, "bundles": ["line7", "line7"]}"#,
            "$.bundles[1] must be something that does not stand in the list already, not \"line7\""
        ),
        (#"{"policy": 1, "targets": ["k3s/amd64"]}"#, "$.targets[0] must be an object, not a string"),
        (#"{"policy": 1, "targets": [{"profile": "k3s"}]}"#, "$.targets[0] has no \"arch\""),
        (
            #"{"policy": 1, "targets": [{"profile": "k3s", "arch": "x86_64"}]}"#,
            "$.targets[0].arch must be amd64 or arm64, not \"x86_64\""
        ),
        (
            #"{"policy": 1, "targets": [{"profile": "k3s", "arch": "amd64", "os": "linux"}]}"#,
            "$.targets[0] has unknown key \"os\""
        ),
        (
            #"{"policy": 1, "targets": [{"profile": "k3s", "arch": "amd64"}, {"arch": "amd64", "profile": "k3s"}]}"#,
            "$.targets[1] must be something that does not stand in the list already, not \"an object\""
        ),
        (
            #"{"policy": 1, "roots": ["srv/images"]}"#,
            "$.roots[0] must be an absolute path without . and .. and without a / at its end, not \"srv/images\""
        ),
        (
            #"{"policy": 1, "roots": ["/srv/../etc"]}"#,
            "$.roots[0] must be an absolute path without . and .. and without a / at its end, not \"/srv/../etc\""
        ),
        (
            #"{"policy": 1, "roots": ["/srv/"]}"#,
            "$.roots[0] must be an absolute path without . and .. and without a / at its end, not \"/srv/\""
        ),
        (
            #"{"policy": 1, "roots": ["//srv"]}"#,
            "$.roots[0] must be an absolute path without . and .. and without a / at its end, not \"//srv\""
        ),
        (
            #"{"policy": 1, "roots": [""]}"#,
            "$.roots[0] must be an absolute path without . and .. and without a / at its end, not \"\""
        ),
        (#"{"policy": 1, "expiry": "ignore"}"#, "$.expiry must be refuse or warn, not \"ignore\""),
        (#"{"policy": 1, "expiry": false}"#, "$.expiry must be a string, not true or false"),
        (#"{"policy": 1, "weakClock": ""}"#, "$.weakClock must be refuse or warn, not \"\""),
        (
            #"{"policy": 1, "maximumSequenceStep": 0}"#,
            "$.maximumSequenceStep must be from 1 to 9007199254740991, not \"0\""
        ),
        (
            #"{"policy": 1, "maximumSequenceStep": 9007199254740992}"#,
            "the number 9007199254740992 is beyond ±9007199254740991"
        ),
        (
            #"{"policy": 1, "maximumSequenceStep": 1e9}"#,
            "a number has a fraction or an exponent, only whole numbers are allowed"
        ),
        (
            #"{"policy": 1, "require": []}"#,
            "$.require must be a list with something in it, or left out where anything will do, not \"[]\""
        ),
        (
            #"{"policy": 1, "require": ["sbom"]}"#,
            "$.require[0] must be one of sbom.cdx.json, sbom.spdx.json, report.html, provenance, not \"sbom\""
        ),
        (
            #"{"policy": 1, "require": ["provenance", "provenance"]}"#,
            "$.require[1] must be something that does not stand in the list already, not \"provenance\""
        ),
        (#"{"policy": 1, "bundles": [[[[[[[[["x"]]]]]]]]]}"#, "more than 8 arrays and objects inside one another"),
    ]

    /// Puts the keys in place of their letters.
    private static func filled(_ text: String) throws -> String {
        let edwardsKey = try PublicKey(pem: Array(edwards.replacing("\\n", with: "\n").utf8))
        return text.replacing("\"OFE\"", with: "\"\(edwardsKey.fingerprintText)\"").replacing(
            "\"F\"", with: "\"\(fingerprint)\""
        ).replacing("\"E\"", with: "\"\(edwards)\"")
    }

    @Test func `what is not understood is refused, with its place`() throws {
        var wrong = 0
        for (text, reason) in Self.malformed {
            let error = #expect(throws: JSONError.self, "\(text)") { _ = try read(Self.filled(text)) }
            #expect(error?.reason == reason)
            if error?.reason != reason { wrong += 1 }
            guard let error else { continue }
            let words = TrustError.unreadablePolicy("/etc/sealift/policy.json", error).diagnostic
            #expect(words.exitCode == .usage && words.next?.isEmpty == false)
            if case .text = error { #expect(words.location != nil) }
        }
        #expect(Self.malformed.count >= 40)
        Tally.report("S4", "policy files that are not well formed", count: Self.malformed.count, failing: wrong)
    }

    @Test func `a text that is no JSON is refused with line and column`() throws {
        let error = #expect(throws: JSONError.self) { _ = try read("{\"policy\": 1,\n \"bundles\": [line7]}") }
        let words = TrustError.unreadablePolicy("/etc/sealift/policy.json", try #require(error)).diagnostic
        #expect(words.lines(program: "sealift")[0].hasPrefix("sealift: error: /etc/sealift/policy.json:2:14: "))
    }

    @Test func `too much text is none`() throws {
        let text = "{\"policy\": 1, \"bundles\": [\"" + String(repeating: "a", count: 300_000) + "\"]}"
        #expect(throws: JSONError.self) { _ = try read(text) }
    }

    @Test func `a root is admitted with all that is below it, and the running machine by its own name only`() throws {
        let policy = try read(#"{"policy": 1, "roots": ["/srv/images", "/mnt/a b"]}"#)
        for path in ["/srv/images", "/srv/images/line7", "/mnt/a b/c"] { try policy.admit(root: FilePath(path)) }
        for path in ["/", "/srv", "/srv/images2", "/srv/image", "/mnt/a", "/etc"] {
            #expect(
                throws: TrustError.rootNotAdmitted(
                    FilePath(path), admitted: ["/srv/images", "/mnt/a b"], policy: "policy.json")
            ) {
                try policy.admit(root: FilePath(path))
            }
        }
        let machine = try read(#"{"policy": 1, "roots": ["/"]}"#)
        try machine.admit(root: "/")
        #expect(throws: TrustError.self) { try machine.admit(root: "/srv") }
    }
}

/// The file itself: who may have written it.
struct GuardedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ name: String, bits: UInt16) throws -> FilePath {
        let path = folder.path.appending(name)
        try Files.replace(path, with: Array("{\"policy\": 1}".utf8), mode: try #require(FileMode(bits: bits)))
        return path
    }

    private func refusal(_ path: FilePath) -> TrustError? {
        do throws(TrustError) { _ = try SitePolicy(at: path) } catch { return error }
        return nil
    }

    @Test(arguments: [0o644, 0o600, 0o444, 0o400] as [UInt16])
    func `a file that only its owner can write counts`(bits: UInt16) throws {
        #expect(refusal(try write("good", bits: bits)) == nil)
    }

    @Test(arguments: [0o664, 0o646, 0o666, 0o622] as [UInt16])
    func `a file that others can write does not`(bits: UInt16) throws {
        let path = try write("open", bits: bits)
        let error = try #require(refusal(path))
        #expect(error == .unguardedPolicy(path, .writable(bits)))
        #expect(error.diagnostic.exitCode == .notTrusted)
        #expect(error.diagnostic.next == "look at what it says, then `chmod go-w` it")
    }

    @Test func `a file of another user does not`() throws {
        guard System.userID == 0 else { return }
        let path = try write("foreign", bits: 0o644)
        #expect(chown(path.text, 65_534, 65_534) == 0)
        #expect(refusal(path) == .unguardedPolicy(path, .owner(65_534)))
    }

    @Test func `nothing but a regular file does, and nobody waits for a pipe`() throws {
        let good = try write("good", bits: 0o644)
        let link = folder.path.appending("link")
        #expect(symlink(good.text, link.text) == 0)
        let pipe = folder.path.appending("pipe")
        #expect(mkfifo(pipe.text, 0o600) == 0)
        for path in [link, pipe, folder.path, "/dev/null"] {
            #expect(refusal(path) == .unguardedPolicy(path, .notRegular))
        }
        #expect(refusal(folder.path.appending("absent")) != nil)
    }
}
