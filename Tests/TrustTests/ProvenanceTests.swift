import Counting
import JSON
import LibCrypto
import Testing
import Trust
import Values

/// Attestations as an attacker would like to have them read, and as signers write them.
struct ProvenanceTests {
    static let root = SHA256Digest.of(Array("sums\n".utf8))
    static let good = statement()

    static func statement(
        type: String = Provenance.statement, predicate: String = Provenance.predicateType, digest: String = root.hex,
        subject: String? = nil,
        content: String = #"{"buildDefinition":{"buildType":"b"},"runDetails":{"builder":{"id":"i"}}}"#
    ) -> String {
        let subjects = subject ?? #"{"digest":{"sha256":"\#(digest)"}}"#
        return #"{"_type":"\#(type)","subject":[\#(subjects)],"predicateType":"\#(predicate)","predicate":\#(content)}"#
    }

    /// An envelope over `payload`, signed by `key` as DSSE says unless a part is replaced.
    static func envelope(
        _ payload: String, _ key: borrowing PrivateKey, type: String = DSSEEnvelope.statementType,
        signedType: String? = nil, signedBytes: [UInt8]? = nil, keyID: String? = nil
    ) throws -> String {
        let bytes = Array(payload.utf8)
        let message = DSSEEnvelope.preAuthenticationEncoding(signedType ?? type, signedBytes ?? bytes)
        let signature = Base64.encode(try key.sign(message))
        let hint = keyID.map { #""keyid":"\#($0)","# } ?? ""
        return
            #"{"payload":"\#(Base64.encode(bytes))","payloadType":"\#(type)","signatures":[{\#(hint)"sig":"\#(signature)"}]}"#
    }

    static func read(_ text: String, _ keys: [PublicKey], expecting: JSONValue? = nil) throws(ProvenanceRefusal)
        -> Provenance
    {
        try Provenance(reading: Array(text.utf8), over: root, under: keys, expecting: expecting)
    }

    @Test func `the worked example of DSSE is encoded as it is written there`() {
        let encoded = DSSEEnvelope.preAuthenticationEncoding("http://example.com/HelloWorld", Array("hello world".utf8))
        #expect(encoded == Array("DSSEv1 29 http://example.com/HelloWorld 11 hello world".utf8))
    }

    /// A public key, a body and a signature over its encoding that OpenSSL made.
    @Test func `a recorded envelope of another signer verifies`() throws {
        let spki =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELIrCfs4N7XvnpXFPqACi4V/WW5KPyOc1AXsTwH0kWWr7rtwtQ1FTC03MeByKo1MqmfBqermrF9SaRTTJRuieog=="
        let key = try PublicKey(spki: #require(Base64.decode(spki)))
        let body =
            #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"blob","digest":{"sha256":"c142f12df819fee0863e42117f0b7a9a1c37a68118c89170ea088ed755967777"}}],"predicateType":"https://example.org/sealift/bundle/v1","predicate":{}}"#
        let signature =
            "MEYCIQDdlw8HDSXh8gn5lHHfaqHG8NJzgldyW4uimtkhlf4XEQIhANq50Ozc3RKPRieUFJTO0E/68dOMSAWpVaqUjfEf1wlt"
        let text =
            #"{"payload":"\#(Base64.encode(Array(body.utf8)))","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"\#(signature)"}]}"#
        #expect(try DSSEEnvelope(reading: Array(text.utf8)).keys(signingWith: [key]) == [key])
        #expect(throws: ProvenanceRefusal.none([.otherType("https://example.org/sealift/bundle/v1")])) {
            try Self.read(text, [key])
        }
    }

    @Test(arguments: [SignatureAlgorithm.ecdsaP256, .ed25519])
    func `good provenance counts, whatever stands beside it`(algorithm: SignatureAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let other = try PrivateKey.generate(algorithm)
        let line = try Self.envelope(Self.good, key, keyID: "somebody else")
        let url = line.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "_")
        let lines = [
            try Self.envelope(Self.good, other),
            try Self.envelope(Self.statement(digest: SHA256Digest.of([1]).hex), key),
            try Self.envelope(Self.good, key, type: "text/plain"), line,
        ]
        let found = try Self.read(lines.joined(separator: "\n") + "\n", [key.publicKey])
        #expect(found.keys == [key.publicKey] && found.builder == "i" && found.buildType == "b")
        #expect(try Self.read(line, [key.publicKey], expecting: found.predicate).keys == [key.publicKey])
        let both = try Self.read(lines.joined(separator: "\n"), [key.publicKey, other.publicKey])
        #expect(Set(both.keys) == [key.publicKey, other.publicKey])
        // Only the payload type has a slash that is not of base64; it is not part of the text that is compared here.
        let alphabet = url.replacing("application_vnd.in-toto+json", with: DSSEEnvelope.statementType)
        #expect(try Self.read(alphabet, [key.publicKey]).keys == [key.publicKey])
    }

    /// What an attacker changes, and the refusal it must meet.
    struct Attack {
        let name: String
        let text: String
        let isRefused: (ProvenanceRefusal) -> Bool
    }

    static func passed(_ reason: ProvenanceRefusal.Passed) -> (ProvenanceRefusal) -> Bool { { $0 == .none([reason]) } }

    static func isMalformed(_ refusal: ProvenanceRefusal) -> Bool {
        if case .malformed(line: 1, _) = refusal { true } else { false }
    }

    static func signed(_ payload: String, _ key: borrowing PrivateKey) throws -> String { try envelope(payload, key) }

    static func attacks(_ key: borrowing PrivateKey, _ other: borrowing PrivateKey) throws -> [Attack] {
        let line = try envelope(good, key)
        let payload = Base64.encode(Array(good.utf8))
        let signature = Base64.encode(try key.sign(Array(good.utf8)))
        let changed = Base64.encode(
            Array(
                statement(content: #"{"buildDefinition":{"buildType":"x"},"runDetails":{"builder":{"id":"i"}}}"#).utf8))
        func with(_ signatures: String, payload: String = payload) -> String {
            #"{"payload":"\#(payload)","payloadType":"\#(DSSEEnvelope.statementType)","signatures":\#(signatures)}"#
        }
        func content(_ text: String) throws -> Attack {
            Attack(
                name: "signed statement \(text)", text: try envelope(statement(content: text), key),
                isRefused: isMalformed)
        }
        var attacks = [
            Attack(name: "nothing", text: "", isRefused: { $0 == .none([]) }),
            Attack(name: "an empty line first", text: "\n" + line, isRefused: isMalformed),
            Attack(name: "signed by another key", text: try envelope(good, other), isRefused: passed(.otherKey)),
            Attack(
                name: "another key with our key id",
                text: try envelope(good, other, keyID: key.publicKey.fingerprint.hex), isRefused: passed(.otherKey)),
            Attack(
                name: "signed without the encoding", text: with(#"[{"sig":"\#(signature)"}]"#),
                isRefused: passed(.otherKey)),
            Attack(
                name: "signed for another type", text: try envelope(good, key, signedType: "text/plain"),
                isRefused: passed(.otherKey)),
            Attack(
                name: "another type, signed as it", text: try envelope(good, key, type: "text/plain"),
                isRefused: passed(.otherType("text/plain"))),
            Attack(
                name: "another payload under the signature", text: line.replacing(payload, with: changed),
                isRefused: passed(.otherKey)),
            Attack(
                name: "about another bundle", text: try envelope(statement(digest: SHA256Digest.of([0]).hex), key),
                isRefused: passed(.otherSubject)),
            Attack(
                name: "the digest in capitals", text: try envelope(statement(digest: root.hex.uppercased()), key),
                isRefused: passed(.otherSubject)),
            Attack(
                name: "the digest under another algorithm",
                text: try envelope(statement(subject: #"{"digest":{"sha512":"\#(root.hex)"}}"#), key),
                isRefused: passed(.otherSubject)),
            Attack(
                name: "the digest as a name",
                text: try envelope(statement(subject: #"{"name":"\#(root.hex)","digest":{}}"#), key),
                isRefused: passed(.otherSubject)),
            Attack(
                name: "no subject", text: try envelope(statement(subject: ""), key), isRefused: passed(.otherSubject)),
            Attack(
                name: "a subject without a digest",
                text: try envelope(statement(subject: #"{"name":"SHA256SUMS"}"#), key), isRefused: isMalformed),
            Attack(
                name: "a list of contents", text: try envelope(statement(predicate: "https://cyclonedx.org/bom"), key),
                isRefused: passed(.otherType("https://cyclonedx.org/bom"))),
            Attack(
                name: "an older statement",
                text: try envelope(statement(type: "https://in-toto.io/Statement/v0.1"), key),
                isRefused: passed(.otherType("https://in-toto.io/Statement/v0.1"))),
            Attack(name: "no signatures", text: with("[]"), isRefused: isMalformed),
            Attack(name: "an empty signature", text: with(#"[{"sig":""}]"#), isRefused: passed(.otherKey)),
            Attack(
                name: "17 signatures",
                text: with("[" + Array(repeating: #"{"sig":"AA=="}"#, count: 17).joined(separator: ",") + "]"),
                isRefused: isMalformed),
            Attack(name: "a signature without padding", text: with(#"[{"sig":"AAA"}]"#), isRefused: isMalformed),
            Attack(name: "blanks in base64", text: with(#"[{"sig":"AA AA"}]"#), isRefused: isMalformed),
            Attack(name: "bits left over in base64", text: with(#"[{"sig":"AB=="}]"#), isRefused: isMalformed),
            Attack(name: "a signature that is a number", text: with(#"[{"sig":1}]"#), isRefused: isMalformed),
            Attack(
                name: "payload twice", text: #"{"payload":"\#(changed)",\#(line.dropFirst())"#, isRefused: isMalformed),
            Attack(
                name: "payload type twice", text: #"{"payloadType":"text/plain",\#(line.dropFirst())"#,
                isRefused: isMalformed),
            Attack(
                name: "no payload", text: #"{"payloadType":"application/vnd.in-toto+json","signatures":[{"sig":""}]}"#,
                isRefused: isMalformed),
            Attack(name: "a byte order mark", text: "\u{FEFF}" + line, isRefused: isMalformed),
            Attack(name: "two envelopes on a line", text: line + line, isRefused: isMalformed),
            Attack(name: "an array of envelopes", text: "[\(line)]", isRefused: isMalformed),
            Attack(
                name: "nesting of 600", text: String(repeating: "[", count: 600) + String(repeating: "]", count: 600),
                isRefused: isMalformed),
            Attack(name: "a signed payload that is no JSON", text: try envelope("hello", key), isRefused: isMalformed),
            Attack(
                name: "a signed payload with a member twice",
                text: try envelope(#"{"_type":"a",\#(good.dropFirst())"#, key), isRefused: isMalformed),
            Attack(
                name: "a signed payload with something after it", text: try envelope(good + "{}", key),
                isRefused: isMalformed),
            Attack(
                name: "17 lines", text: String(repeating: line + "\n", count: 17),
                isRefused: { $0 == .tooManyLines(17) }),
            Attack(
                name: "too many subjects",
                text: try envelope(
                    statement(subject: Array(repeating: #"{"digest":{}}"#, count: 1_025).joined(separator: ",")), key),
                isRefused: isMalformed),
        ]
        for text in [
            "{}", "null", "[]", #"{"buildDefinition":{"buildType":"b"}}"#, #"{"runDetails":{"builder":{"id":"i"}}}"#,
            #"{"buildDefinition":{"buildType":1},"runDetails":{"builder":{"id":"i"}}}"#,
        ] {
            attacks.append(try content(text))
        }
        return attacks
    }

    @Test(arguments: [SignatureAlgorithm.ecdsaP256, .ed25519])
    func `what is no provenance of this bundle by a key that counts is refused`(algorithm: SignatureAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let other = try PrivateKey.generate(algorithm)
        let attacks = try Self.attacks(key, other)
        var failed = 0
        for attack in attacks {
            do throws(ProvenanceRefusal) {
                _ = try Self.read(attack.text, [key.publicKey])
                Issue.record("\(attack.name) is accepted")
                failed += 1
            } catch {
                let isRight = attack.isRefused(error) && !error.reason.isEmpty
                #expect(isRight, "\(attack.name): \(error)")
                failed += isRight ? 0 : 1
            }
        }
        Tally.report("S1", "attestations that vouch for nothing", count: attacks.count, failing: failed)
        #expect(attacks.count >= 40)
    }

    @Test(arguments: [SignatureAlgorithm.ecdsaP256, .ed25519])
    func `no flipped bit of an attestation gives other words`(algorithm: SignatureAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let line = Array(try Self.envelope(Self.good, key).utf8)
        let wanted = try Self.read(String(decoding: line, as: UTF8.self), [key.publicKey]).predicate
        var (refused, same) = (0, 0)
        for index in line.indices {
            var flipped = line
            flipped[index] ^= 1 << UInt8(index % 8)
            do throws(ProvenanceRefusal) {
                let found = try Provenance(reading: flipped, over: Self.root, under: [key.publicKey])
                // Base64 has two alphabets; a bit can lead from one to the other.
                #expect(found.predicate == wanted)
                same += 1
            } catch { refused += 1 }
        }
        #expect(refused + same == line.count && same < 16)
        Tally.report("S2", "attestations with a flipped bit", count: line.count, failing: 0)
    }

    @Test func `another predicate than the bundle's does not count`() throws {
        let key = try PrivateKey.generate(.ed25519)
        let line = try Self.envelope(Self.good, key)
        #expect(throws: ProvenanceRefusal.none([.otherPredicate])) {
            try Self.read(line, [key.publicKey], expecting: ["other": true])
        }
    }
}
