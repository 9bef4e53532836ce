/// Why a certificate, or a CMS signature made with one, was not accepted.
public enum CertificateError: Error, Hashable, Sendable {
    // The text of a certificate.
    /// Not the PEM text of certificates.
    case unusableText(CryptoError)
    /// One certificate was wanted.
    case severalCertificates(Int)
    /// Not a certificate, not in its one encoding, or with an extension that cannot be read or stands twice.
    case malformedCertificate

    // The form of a CMS signature (RFC 5652), in the order in which it is read.
    /// Longer than any signature of ours.
    case tooLong
    /// Not DER, or not the structure that it should be, in this part of it.
    case malformed(CMSPart, DERFault)
    /// CMS, but not signed data.
    case notSignedData
    /// A version that does not fit the rest.
    case wrongVersion
    /// Not SHA-256.
    case unsupportedDigest
    /// The content is inside.
    case attachedContent
    /// The content is said to be something else than plain data.
    case wrongContentType
    /// Not one to ``CMSMessage/maximumCertificates`` certificates.
    case certificateCount(Int)
    /// Certificates in a form other than X.509, or one twice.
    case unusableCertificates
    /// Lists of revoked certificates inside.
    case revocationLists
    /// Not exactly one signer.
    case signerCount(Int)
    /// No signed attributes, or too many, in another order than DER's, one twice or with several values.
    case signedAttributes
    /// Attributes beside the signature that nobody has signed.
    case unsignedAttributes
    /// The digest that was signed is that of other content.
    case wrongMessageDigest
    /// A way of signing that is not taken, or one that does not fit the key.
    case unsupportedSignature
    /// The signature is not the signer's.
    case badSignature

    // Making one.
    /// The certificate is about another key.
    case anotherKey(subject: String)
    /// The key refused to sign.
    case signing(CryptoError)

    // Whose it is.
    /// The signer's certificate is not inside.
    case noSignerCertificate
    /// A certificate inside leads nowhere.
    case surplusCertificate(subject: String)
    /// No chain to the root. `code` is libcrypto's (X509_STORE_CTX_get_error(3)), `reason` its words, `subject` where it ended.
    case noChain(code: Int, reason: String, subject: String)
    /// The signer's key is none that is taken.
    case unsupportedKey(name: String, subject: String)
    /// The signer's certificate is that of a CA.
    case signerIsAuthority(subject: String)
    /// The signer's certificate is not for signatures.
    case notForSignatures(subject: String)
    /// The certificate is not for signing code, or is for everything.
    case notForCode(subject: String)
    /// A root that is no CA.
    case rootIsNoAuthority(subject: String)
}

/// A part of a CMS signature.
public enum CMSPart: String, Hashable, Sendable {
    /// ContentInfo and what stands directly in SignedData.
    case message = "the message"
    /// A certificate's frame.
    case certificates = "its certificates"
    /// SignerInfo.
    case signer = "its signer"
    /// The signed attributes.
    case attributes = "its signed attributes"
}
