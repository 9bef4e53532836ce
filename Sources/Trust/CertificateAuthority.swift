public import LibCrypto
public import Values

/// A certification authority whose signers a site trusts, and which of them (docs/format.md §5.3).
public struct CertificateAuthority: Hashable, Sendable {
    /// What people call it.
    public var name: String
    /// Its certificate: the end of every chain. Whether others vouch for it does not matter.
    public var root: Certificate
    /// Who may sign; `nil` for everyone to whom it gave a certificate for signing code.
    public var signers: [SignerDescription]?
    /// Certificates that do not count any more, or never did.
    public var refused: [RefusedCertificate]

    /// Takes all as they are.
    public init(
        name: String, root: Certificate, signers: [SignerDescription]? = nil, refused: [RefusedCertificate] = []
    ) {
        self.name = name
        self.root = root
        self.signers = signers
        self.refused = refused
    }

    /// The most signatures below one root that are looked for.
    public static let maximumSignatures = 8

    /// The names of signatures below this root, in the folder of signatures: `<key id>.cms`, `<key id>-2.cms` … `-8.cms`.
    public var fileNames: [String] {
        (1...Self.maximumSignatures).map { Self.fileName(root.keyID, number: $0) }
    }

    /// The name of the signature with this number, from 1, below the root with this key.
    public static func fileName(_ root: KeyID, number: Int) -> String {
        number == 1 ? "\(root).cms" : "\(root)-\(number).cms"
    }

    /// Whether a signer whom the CA vouches for counts here.
    public func judge(_ chain: CertificateChain) -> Verdict {
        for certificate in chain.certificates where refused.contains(where: { $0.names(certificate) }) {
            return .doesNotCount("\(certificate.subject) is refused by the site")
        }
        if let signers, !signers.contains(where: { $0.fits(chain.signer) }) {
            return .doesNotCount("\(chain.signer.subject) is none of the signers that the site names")
        }
        return .counts(CertifiedSigner(chain: chain, authority: name))
    }

    /// What is to be thought of a signature that is good as such.
    public enum Verdict: Hashable, Sendable {
        /// It counts as that of this signer.
        case counts(CertifiedSigner)
        /// Others may have signed in its place; this is why it is no help.
        case doesNotCount(String)
    }
}

/// What a signer's certificate must say. Every part that is given must fit, byte by byte.
public struct SignerDescription: Hashable, Sendable {
    /// Attributes of the subject; each must stand there exactly once.
    public var subject: [DistinguishedName.Kind: String]
    /// Further names, each among those of the certificate.
    public var alternativeNames: [Certificate.AlternativeName]

    /// Takes both as they are; at least one must say something.
    public init(
        subject: [DistinguishedName.Kind: String] = [:], alternativeNames: [Certificate.AlternativeName] = []
    ) {
        precondition(!subject.isEmpty || !alternativeNames.isEmpty, "a description of a signer says something")
        self.subject = subject
        self.alternativeNames = alternativeNames
    }

    /// Whether this is about the owner of `certificate`.
    public func fits(_ certificate: Certificate) -> Bool {
        // Byte by byte: Swift holds composed and decomposed letters for equal, a CA need not.
        let isSubject = subject.allSatisfy { kind, text in
            certificate.subject.only(kind).map { $0.utf8.elementsEqual(text.utf8) } ?? false
        }
        return isSubject
            && alternativeNames.allSatisfy { wanted in
                certificate.alternativeNames.contains { $0.isSame(as: wanted) }
            }
    }
}

extension Certificate.AlternativeName {
    fileprivate func isSame(as other: Self) -> Bool {
        switch (self, other) {
        case (.email(let left), .email(let right)), (.dns(let left), .dns(let right)),
            (.uri(let left), .uri(let right)):
            left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }
}

/// A certificate that a site does not take, as signer or as CA between.
public enum RefusedCertificate: Hashable, Sendable {
    /// By the SHA-256 over the certificate.
    case fingerprint(SHA256Digest)
    /// By its serial number, as lists of revoked certificates have it: lower-case hexadecimal without leading zeros.
    case serial(String)

    func names(_ certificate: Certificate) -> Bool {
        switch self {
        case .fingerprint(let digest): certificate.fingerprint == digest
        case .serial(let serial): certificate.serial == serial
        }
    }
}

/// Somebody who has signed a bundle with a key that a CA of the site vouches for.
public struct CertifiedSigner: Hashable, Sendable {
    /// Whose certificates lead to the site's root.
    public let chain: CertificateChain
    /// The name that the site has for the CA.
    public let authority: String

    /// The fingerprint of the key: what a threshold counts, whether the same key is pinned too or not.
    public var keyFingerprint: SHA256Digest { chain.signer.keyFingerprint }

    /// For people: `O=Company, CN=Builder (company PKI)`.
    public var words: String { "\(chain.signer.subject) (\(authority))" }

    /// The first certificate that was not valid when a bundle was made.
    ///
    /// The bundle's own time is all that there is to compare with: it was signed as part of the manifest, and no clock of the site is asked.
    public func invalidCertificate(at created: Timestamp) -> Certificate? {
        chain.certificates.first { !$0.validity.contains(created) }
    }
}
