internal import CLibCrypto
import Values

/// A chain of certificates from a signer to a root, every link checked.
public struct CertificateChain: Hashable, Sendable {
    /// The signer's certificate first, the root last.
    public let certificates: [Certificate]

    /// The signer's certificate.
    public var signer: Certificate { certificates[0] }
}

extension CMSMessage {
    /// The most CAs between signer and root.
    static let maximumDepth: Int32 = 4
    /// 128 bits of security, as P-256 has: RSA from 3072 bits, digests from SHA-256 (SSL_CTX_set_security_level(3), level 3).
    private static let securityLevel: Int32 = 3

    /// Checks that this message is a signature over `content` by somebody whom `root` vouches for, for signing code.
    ///
    /// Times are not looked at: nothing that could be compared with them is known yet. The caller does, by
    /// ``CertificateChain/certificates`` and their validity.
    ///
    /// - Parameters:
    ///   - content: The bytes that are signed.
    ///   - root: A CA that the site trusts; whether others vouch for it does not matter.
    /// - Throws: ``CertificateError``.
    public func verify(_ content: [UInt8], under root: Certificate) throws(CertificateError) -> CertificateChain {
        guard messageDigest == SHA256Digest.of(content).bytes else { throw .wrongMessageDigest }
        defer { ErrorQueue.clear() }
        let (signer, others) = try handles()
        let chain = try Self.chain(from: signer, through: others, to: root)
        for other in others where !chain.contains(where: { $0.encoding == other.encoding }) {
            throw .surplusCertificate(subject: try Certificate(other).subject.description)
        }
        var certificates: [Certificate] = []
        for handle in chain { certificates.append(try Certificate(handle)) }
        try Self.checkUsage(chain, certificates)
        try checkSignature(by: signer, certificates[0])
        return CertificateChain(certificates: certificates)
    }

    /// The signer's certificate, and the others.
    private func handles() throws(CertificateError) -> (CertificateHandle, [CertificateHandle]) {
        var handles: [CertificateHandle] = []
        for der in certificates {
            guard let handle = CertificateHandle(der: der[...]) else { throw .malformedCertificate }
            handles.append(handle)
        }
        let found = handles.indices.filter { index in
            switch signer {
            case .issuerAndSerial(let name): handles[index].issuerAndSerial == name
            case .keyIdentifier(let identifier): handles[index].keyIdentifier == identifier
            }
        }
        guard found.count == 1 else { throw .noSignerCertificate }
        let first = handles.remove(at: found[0])
        return (first, handles)
    }

    /// Path validation by libcrypto (RFC 5280 §6): names, signatures, constraints of CAs, critical extensions; with only `root` trusted.
    private static func chain(
        from signer: CertificateHandle, through others: [CertificateHandle], to root: Certificate
    ) throws(CertificateError) -> [CertificateHandle] {
        guard let anchor = CertificateHandle(der: root.der[...]), anchor.isAuthority else {
            throw .rootIsNoAuthority(subject: root.subject.description)
        }
        guard let store = unsafe X509_STORE_new(),
            let context = unsafe X509_STORE_CTX_new_ex(CryptoLibrary.shared.context, nil),
            let untrusted = unsafe OPENSSL_sk_new_null()
        else { fatalError("libcrypto cannot make a store of certificates: out of memory") }
        defer {
            unsafe X509_STORE_CTX_free(context)
            unsafe OPENSSL_sk_free(untrusted)
            unsafe X509_STORE_free(store)
            withExtendedLifetime((signer, others)) {}
        }
        for other in others { _ = unsafe OPENSSL_sk_push(untrusted, UnsafeRawPointer(other.pointer)) }
        guard unsafe X509_STORE_add_cert(store, anchor.pointer) == 1,
            unsafe X509_STORE_CTX_init(context, store, signer.pointer, untrusted) == 1
        else { fatalError("libcrypto cannot fill a store of certificates: out of memory") }
        let parameters = unsafe X509_STORE_CTX_get0_param(context)
        unsafe X509_VERIFY_PARAM_set_depth(parameters, maximumDepth)
        unsafe X509_VERIFY_PARAM_set_auth_level(parameters, securityLevel)
        let flags = X509_V_FLAG_X509_STRICT | X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN
        _ = unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(flags))
        guard unsafe X509_verify_cert(context) == 1 else { throw unsafe refusal(context) }
        return unsafe built(context)
    }

    private static func built(_ context: OpaquePointer) -> [CertificateHandle] {
        let chain = unsafe X509_STORE_CTX_get0_chain(context)
        return (0..<(unsafe OPENSSL_sk_num(chain))).compactMap { index in
            unsafe OPENSSL_sk_value(chain, index).map { unsafe CertificateHandle(sharing: OpaquePointer($0)) }
        }
    }

    private static func refusal(_ context: OpaquePointer) -> CertificateError {
        let code = unsafe X509_STORE_CTX_get_error(context)
        let current = unsafe X509_STORE_CTX_get_current_cert(context)
        let subject = unsafe current.map { unsafe CertificateHandle(sharing: $0).subjectText }
        return unsafe .noChain(
            code: Int(code), reason: String(cString: X509_verify_cert_error_string(Int(code))),
            subject: subject ?? "?")
    }

    /// What libcrypto's path validation leaves to the one who asks: what the keys are for.
    private static func checkUsage(
        _ chain: [CertificateHandle], _ certificates: [Certificate]
    ) throws(CertificateError) {
        let subjects = certificates.map(\.subject.description)
        guard !chain[0].claimsAuthority else { throw .signerIsAuthority(subject: subjects[0]) }
        guard chain[0].isForSignatures else { throw .notForSignatures(subject: subjects[0]) }
        guard chain[0].isForCode else { throw .notForCode(subject: subjects[0]) }
        for (handle, subject) in zip(chain, subjects).dropFirst() {
            guard handle.isAuthority else { throw .rootIsNoAuthority(subject: subject) }
            guard handle.admitsCode else { throw .notForCode(subject: subject) }
        }
    }

    private func checkSignature(by handle: CertificateHandle, _ certificate: Certificate) throws(CertificateError) {
        guard let key = handle.key() else { throw .malformedCertificate }
        let kind = try Self.scheme(of: key, certificate)
        guard kind == scheme else { throw .unsupportedSignature }
        guard key.verifies(signature, over: attributes, digestName: "SHA256") else { throw .badSignature }
    }

    private static func scheme(of key: borrowing KeyHandle, _ certificate: Certificate) throws(CertificateError)
        -> Scheme
    {
        switch (key.typeName, key.typeName == "EC" ? key.groupName : nil) {
        case ("EC", "prime256v1"?), ("EC", "secp384r1"?): return .ecdsa
        case ("RSA", _): return .rsa  // its length was checked with the chain
        case (let name, let group):
            throw .unsupportedKey(
                name: group.map { "\(name) \($0)" } ?? name, subject: certificate.subject.description)
        }
    }
}
