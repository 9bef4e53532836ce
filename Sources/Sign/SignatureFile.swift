import Format
import JSON
public import LibCrypto
import Trust
import Values

/// One file of a bundle's `signatures/` folder.
public struct SignatureFile: Hashable, Sendable {
    /// The name below the bundle's folder, such as `signatures/0b24d1037194edde.sig`.
    public let name: String
    /// The content.
    public let bytes: [UInt8]

    /// Signs the bytes of SHA256SUMS (docs/format.md §5): `.pub`, `.sig` and, for ECDSA, `.sigstore.json`, in this order.
    ///
    /// - Parameter sums: SHA256SUMS as it stands in the bundle, byte by byte.
    /// - Throws: ``CryptoError``.
    public static func signing(_ sums: [UInt8], with key: borrowing PrivateKey) throws(CryptoError) -> [SignatureFile] {
        let publicKey = key.publicKey
        let signature = try key.sign(sums)
        var files = [
            SignatureFile(publicKey, suffix: "pub", Array(publicKey.pem.utf8)),
            SignatureFile(publicKey, suffix: "sig", signature),
        ]
        if publicKey.algorithm == .ecdsaP256 {
            let bundle = sigstoreBundle(of: signature, over: sums, by: publicKey)
            files.append(SignatureFile(publicKey, suffix: "sigstore.json", bundle))
        }
        return files
    }

    /// Signs a whole request: SHA256SUMS, and the statement on its provenance where there is one.
    ///
    /// - Throws: ``CryptoError``.
    public static func signing(
        _ request: SignatureRequest, with key: borrowing PrivateKey
    ) throws(CryptoError) -> [SignatureFile] {
        let files = try signing(request.sums, with: key)
        guard let predicate = request.predicate else { return files }
        let statement = Attestation.statement(about: request.sums, predicate)
        let line = try Attestation.line(over: statement, with: key)
        return files + [SignatureFile(name: Evidence.attestations, bytes: line)]
    }

    /// A file that belongs to key lists.
    init(_ name: String, _ bytes: [UInt8]) { self.init(name: "\(BundleFile.signatures)/\(name)", bytes: bytes) }

    /// Takes both as they are.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    private init(_ key: PublicKey, suffix: String, _ bytes: [UInt8]) {
        name = "\(BundleFile.signatures)/\(key.keyID).\(suffix)"
        self.bytes = bytes
    }

    /// The signature as a Sigstore bundle v0.3 made with a plain key (sigstore/protobuf-specs, sigstore_bundle.proto).
    ///
    /// ECDSA only: cosign signs Ed25519 in another mode from version to version. The hint is the base64 of the fingerprint.
    private static func sigstoreBundle(of signature: [UInt8], over sums: [UInt8], by key: PublicKey) -> [UInt8] {
        let bundle: JSONValue = [
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": ["publicKey": ["hint": .string(Base64.encode(key.fingerprint.bytes))]],
            "messageSignature": [
                "messageDigest": [
                    "algorithm": "SHA2_256", "digest": .string(Base64.encode(SHA256Digest.of(sums).bytes)),
                ],
                "signature": .string(Base64.encode(signature)),
            ],
        ]
        return bundle.compact() + [UInt8(ascii: "\n")]
    }
}
