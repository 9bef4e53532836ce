import Values

extension CMSMessage {
    /// Signs `content` in the form that ``init(reading:)`` reads: one signer, detached, DER, without a time.
    ///
    /// The signed attributes are content type and digest: a time would be the signer's word only (RFC 5652 §11.3 leaves it to the reader whether
    /// to believe it).
    ///
    /// - Parameters:
    ///   - key: ECDSA P-256; CMS with Ed25519 is read by few (RFC 8419).
    ///   - certificates: The signer's first, then those between it and the root.
    /// - Throws: ``CertificateError``.
    public static func signing(
        _ content: [UInt8], with key: borrowing PrivateKey, certificates: [Certificate]
    ) throws(CertificateError) -> [UInt8] {
        guard let first = certificates.first, let handle = CertificateHandle(der: first.der[...]) else {
            throw .certificateCount(0)
        }
        let subject = first.subject.description
        guard first.keyFingerprint == key.publicKey.fingerprint else { throw .anotherKey(subject: subject) }
        guard key.publicKey.algorithm == .ecdsaP256 else { throw .unsupportedKey(name: "Ed25519", subject: subject) }
        let attributes = attributes(of: content)
        let signature: [UInt8]
        do throws(CryptoError) {
            signature = try key.sign(DERWriter.element(DERReader.Tag.set, attributes))
        } catch {
            throw .signing(error)
        }
        let signer = DERWriter.sequence(
            DERWriter.integer([1]) + DERWriter.sequence(handle.issuerAndSerial) + sha256
                + DERWriter.element(DERReader.Tag.context(0), attributes)
                + DERWriter.sequence(DERWriter.identifier(Identifier.ecdsaWithSHA256))
                + DERWriter.element(DERReader.Tag.octets, signature))
        // The elements of a SET OF stand in the order of their bytes (X.690 §11.6).
        let sorted = certificates.map(\.der).sorted { $0.lexicographicallyPrecedes($1) }
        let data = DERWriter.sequence(
            DERWriter.integer([1]) + DERWriter.element(DERReader.Tag.set, sha256)
                + DERWriter.sequence(DERWriter.identifier(Identifier.data))
                + DERWriter.element(DERReader.Tag.context(0), sorted.flatMap { $0 })
                + DERWriter.element(DERReader.Tag.set, signer))
        return DERWriter.sequence(
            DERWriter.identifier(Identifier.signedData) + DERWriter.element(DERReader.Tag.context(0), data))
    }

    private static var sha256: [UInt8] { DERWriter.sequence(DERWriter.identifier(Identifier.sha256)) }

    /// Content type, then digest: their order by bytes.
    private static func attributes(of content: [UInt8]) -> [UInt8] {
        func attribute(_ kind: [UInt8], _ value: [UInt8]) -> [UInt8] {
            DERWriter.sequence(DERWriter.identifier(kind) + DERWriter.element(DERReader.Tag.set, value))
        }
        let digest = SHA256Digest.of(content).bytes
        return attribute(Identifier.contentType, DERWriter.identifier(Identifier.data))
            + attribute(Identifier.messageDigest, DERWriter.element(DERReader.Tag.octets, digest))
    }
}
