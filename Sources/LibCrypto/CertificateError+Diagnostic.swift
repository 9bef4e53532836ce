public import Reporting

extension CertificateError: Diagnosable {
    /// The words for each case. Which file it was is added by who opened it.
    public var diagnostic: Diagnostic {
        Diagnostic("cannot take the certificate's signature: \(reason)", next: next, exitCode: .notTrusted)
    }

    /// What is wrong, as the end of a sentence.
    public var reason: String {
        switch self {
        case .unusableText(let error): error.diagnostic.message
        case .severalCertificates(let count): "there are \(count) certificates where one is wanted"
        case .malformedCertificate: "a certificate is damaged, or not in the one encoding that it may have"
        case .tooLong: "it is longer than any such signature"
        case .malformed(let part, let fault): "\(part.rawValue) cannot be read: \(fault.rawValue)"
        case .notSignedData: "it is no signed data"
        case .wrongVersion: "its version does not fit its content"
        case .unsupportedDigest: "its digest is not SHA-256"
        case .attachedContent: "it brings content of its own"
        case .wrongContentType: "it is not about plain data"
        case .certificateCount(let count):
            "it holds \(count) certificates, and may hold 1 to \(CMSMessage.maximumCertificates)"
        case .unusableCertificates: "it holds a certificate twice, or one that is not X.509"
        case .revocationLists: "it holds lists of revoked certificates, which are not read"
        case .signerCount(let count): "it has \(count) signers, and must have one"
        case .signedAttributes: "its signed attributes are missing, or not as DER has them"
        case .unsignedAttributes: "it has attributes that nobody has signed"
        case .wrongMessageDigest: "it was made for other content"
        default: reasonOfTrust
        }
    }

    private var reasonOfTrust: String {
        switch self {
        case .anotherKey(let subject): "the certificate of \(quoted(subject)) is about another key"
        case .signing(let error): error.diagnostic.message
        case .unsupportedSignature: "its way of signing is not taken, or does not fit the key"
        case .badSignature: "the signature is not that of its certificate's key"
        case .noSignerCertificate: "its signer's certificate is not inside"
        case .surplusCertificate(let subject): "the certificate of \(quoted(subject)) is no part of its chain"
        case .noChain(_, let reason, let subject):
            "there is no chain to the root: at \(quoted(subject)): \(reason)"
        case .unsupportedKey(let name, let subject):
            "the key of \(quoted(subject)) is \(name): ECDSA on P-256 or P-384 and RSA from 3072 bits are taken"
        case .signerIsAuthority(let subject): "\(quoted(subject)) is a CA, and signs with its own key"
        case .notForSignatures(let subject): "the certificate of \(quoted(subject)) is not for digital signatures"
        case .notForCode(let subject): "the certificate of \(quoted(subject)) is not for signing code, or not only"
        case .rootIsNoAuthority(let subject): "\(quoted(subject)) is no CA that may sign certificates"
        default: ""
        }
    }

    private var next: String {
        switch self {
        case .unusableText, .severalCertificates: "give a PEM file with -----BEGIN CERTIFICATE-----"
        case .malformed(_, .indefiniteLength): "sign again without -stream"
        case .attachedContent: "sign again without -nodetach"
        case .unsupportedDigest: "sign again with -md sha256"
        case .wrongMessageDigest: "sign the SHA256SUMS of this very bundle, with -binary"
        case .noSignerCertificate: "sign again without -nocerts"
        case .anotherKey: "give the private key that the certificate was made for"
        case .noChain, .surplusCertificate:
            "give the certificates between the signer's and the root, all and no others, with -certfile"
        case .signerIsAuthority, .notForSignatures, .notForCode, .unsupportedKey:
            "ask the CA for a certificate with keyUsage digitalSignature and extendedKeyUsage codeSigning"
        case .rootIsNoAuthority: "name the certificate of the CA itself"
        default: "sign again with: openssl cms -sign -binary -nosmimecap -md sha256 -outform DER"
        }
    }
}
