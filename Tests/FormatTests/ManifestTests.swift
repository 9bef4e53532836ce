import JSON
import LibCrypto
import Testing
import Values

@testable import Format

struct ManifestTests {
    @Test func `what is written is read back the same`() throws {
        let manifest = try Sample.everything()
        let bytes = manifest.canonical()
        let again = try Manifest(reading: bytes)
        #expect(again == manifest)
        #expect(again.canonical() == bytes)
    }

    @Test func `every bit flipped is refused or says the same`() throws {
        let manifest = try Sample.everything()
        let bytes = manifest.canonical()
        var refused = 0
        for index in stride(from: 0, to: bytes.count, by: 7) {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            do {
                // A flipped letter in free text is another manifest; it must never read as the same one.
                let other = try Manifest(reading: flipped)
                #expect(other != manifest)
            } catch {
                refused += 1
            }
        }
        #expect(refused > bytes.count / 7 / 3)
    }

    @Test func `every prefix is refused`() throws {
        let bytes = try Sample.manifest([Sample.file("a", [1])]).canonical()
        for count in 0..<bytes.count {
            #expect(throws: FormatError.self) { try Manifest(reading: Array(bytes[..<count])) }
        }
    }

    /// Each takes the text of a good manifest and breaks it: name, what is replaced, by what, where the error points.
    @Test(arguments: [
        ("another spelling of a number", "\"sequence\": 7,", "\"sequence\": 07,"),
        ("a size that would overflow a sum", "\"size\":3}", "\"size\":9007199254740991}"),
        ("a fraction", "\"sequence\": 7,", "\"sequence\": 7.0,"),
        ("a space more", "\"sequence\": 7,", "\"sequence\":  7,"),
        ("an unknown member", "\"sequence\": 7,", "\"sequence\": 7,\n  \"surplus\": 1,"),
        ("an unknown member of an entry", "{\"kind\":\"link\"", "{\"kind\":\"link\",\"more\":1"),
        ("an unknown kind of entry", "\"kind\":\"link\"", "\"kind\":\"device\""),
        ("an unknown kind of step", "\"kind\":\"label\"", "\"kind\":\"reboot\""),
        ("an unknown kind of requirement", "\"kind\":\"swap-off\"", "\"kind\":\"moon-phase\""),
        ("an unknown type of variable", "\"type\":\"port\"", "\"type\":\"shell\""),
        ("a default that is not of its type", "\"default\":\"6443\"", "\"default\":\"66443\""),
        ("a set-user-id bit", "\"mode\":\"0644\"", "\"mode\":\"4644\""),
        ("a path that climbs", "\"path\":\"etc/hostname\"", "\"path\":\"../hostname\""),
        ("an absolute path", "\"path\":\"etc/hostname\"", "\"path\":\"/etc/hostname\""),
        ("a link that climbs", "/usr/share/zoneinfo/UTC", "/usr/../../UTC"),
        ("an option as unit", "\"name\":\"k3s.service\"", "\"name\":\"--force\""),
        ("a role that is not declared", "\"roles\":[\"agent\"]", "\"roles\":[\"king\"]"),
        ("an image in no archive", "\"archive\":\"var/images.tar\"", "\"archive\":\"var/other.tar\""),
        ("extents moved", "\"extents\":[[", "\"extents\":[[1"),
        ("a volume of another size", "\"size\":20}", "\"size\":30}"),
        ("a volume of another name", "payload-001.tar.zst", "payload-007.tar.zst"),
        ("a chunk in another volume", "\"volume\":2}", "\"volume\":1}"),
        ("space that is not so", "\"files\":", "\"files\":1"),
        ("an upper-case digest", "\"sha256\":\"", "\"sha256\":\"A"),
        ("critical that is unknown", "\"critical\": [],", "\"critical\": [\n    \"org.example.note\"\n  ],"),
        ("a least version that is none", "\"minimum\":\"4.15\"", "\"minimum\":\"new\""),
        ("another operating system", "\"os\": \"linux\"", "\"os\": \"windows\""),
        ("text after the end", "\n}\n", "\n}\n\n"),
    ])
    func refuses(name: String, part: String, replacement: String) throws {
        let text = String(decoding: try Sample.everything().canonical(), as: UTF8.self)
        let range = try #require(text.firstRange(of: part), "the sample has no \(part)")
        let broken = text[..<range.lowerBound] + replacement + text[range.upperBound...]
        #expect(throws: FormatError.self) { try Manifest(reading: Array(broken.utf8)) }
    }

    @Test func `a newer format is refused before anything else is looked at`() throws {
        let text = "{\n  \"brandNew\": true,\n  \"format\": 2\n}\n"
        #expect(throws: FormatError.unsupportedFormat(document: .manifest, found: 2)) {
            try Manifest(reading: Array(text.utf8))
        }
    }

    @Test(arguments: [
        ("the same place for one role", ["a": "x", "b": "x"], false),
        ("names that differ in case only", ["a": "etc/Conf", "b": "etc/conf"], false),
        ("below a file", ["a": "x", "b": "x/y"], false),
        ("different places", ["a": "x", "b": "y"], true),
    ])
    func `two entries of one role`(name: String, places: [String: String], isAccepted: Bool) throws {
        let entries = try places.sorted { $0.key < $1.key }.map { try Sample.file($0.key, [1], destination: $0.value) }
        let bytes = try Sample.manifest(entries).canonical()
        if isAccepted {
            #expect(try Manifest(reading: bytes).entries == entries)
        } else {
            #expect(throws: FormatError.self) { try Manifest(reading: bytes) }
        }
    }

    @Test func `different roles may lay different files at one place`() throws {
        let entries = [
            try Sample.file("roles/agent/etc/a", [1], destination: "etc/a", roles: ["agent"]),
            try Sample.file("roles/server/etc/a", [2], destination: "etc/a", roles: ["server"]),
        ]
        #expect(try Manifest(reading: Sample.manifest(entries).canonical()).entries == entries)
    }

    @Test(arguments: [
        ("one role twice", ["agent"], VariableType.string, false), ("every role and one", [], .string, false),
        ("two types", ["server"], .secret, false), ("two roles", ["server"], .string, true),
    ])
    func `one variable for two roles`(name: String, others: [String], type: VariableType, isAccepted: Bool) throws {
        var manifest = try Sample.manifest([])
        manifest.variables = [
            Variable(name: "TOKEN", type: .string, ask: "token", roles: RoleScope(["agent"])),
            Variable(name: "TOKEN", type: type, ask: "token", required: false, roles: RoleScope(others)),
        ]
        if isAccepted {
            #expect(try Manifest(reading: manifest.canonical()).variables == manifest.variables)
        } else {
            #expect(throws: FormatError.self) { try Manifest(reading: manifest.canonical()) }
        }
    }
}
