public import JSON
public import LibCrypto
public import Trust
import Values

/// Signed provenance of a bundle: one line of `signatures/provenance.intoto.jsonl` for each key (docs/format.md §5.1).
public enum Attestation {
    /// The statement that is signed, in the one canonical spelling: a function of SHA256SUMS and of the predicate, so every signer signs the same bytes.
    ///
    /// - Parameters:
    ///   - sums: SHA256SUMS as it stands in the bundle; its digest is the subject.
    ///   - predicate: What `provenance.json` says.
    public static func statement(about sums: [UInt8], _ predicate: JSONValue) -> [UInt8] {
        let statement: JSONValue = [
            "_type": .string(Provenance.statement),
            "subject": [["name": "SHA256SUMS", "digest": ["sha256": .string(SHA256Digest.of(sums).hex)]]],
            "predicateType": .string(Provenance.predicateType), "predicate": predicate,
        ]
        return statement.canonical()
    }

    /// The line by which `key` vouches for `statement`, with its line feed: one envelope, one signature, as cosign reads it.
    ///
    /// - Throws: ``CryptoError``.
    public static func line(
        over statement: [UInt8], with key: borrowing PrivateKey
    ) throws(CryptoError) -> [UInt8] {
        let type = DSSEEnvelope.statementType
        let signature = try key.sign(DSSEEnvelope.preAuthenticationEncoding(type, statement))
        let envelope: JSONValue = [
            "payload": .string(Base64.encode(statement)), "payloadType": .string(type),
            "signatures": [
                ["keyid": .string(key.publicKey.fingerprint.hex), "sig": .string(Base64.encode(signature))]
            ],
        ]
        return envelope.compact() + [UInt8(ascii: "\n")]
    }

    /// The file with `line` at its end, and without what the same key said before.
    ///
    /// - Throws: ``ProvenanceRefusal`` when the file is none of attestations, or is full.
    public static func adding(
        _ line: [UInt8], by key: PublicKey, to file: [UInt8]
    ) throws(ProvenanceRefusal) -> [UInt8] {
        var kept: [UInt8] = []
        var count = 1
        for (number, old) in file.split(separator: UInt8(ascii: "\n")).enumerated() {
            do throws(JSONError) {
                guard try DSSEEnvelope(reading: Array(old)).keys(signingWith: [key]).isEmpty else { continue }
            } catch {
                throw .malformed(line: number + 1, error)
            }
            kept += old + [UInt8(ascii: "\n")]
            count += 1
        }
        guard count <= Provenance.mostLines else { throw .tooManyLines(count) }
        let size = ByteCount(kept.count + line.count)
        guard size <= Provenance.fileLimit else { throw .tooLong(size) }
        return kept + line
    }
}
