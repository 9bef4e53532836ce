internal import CLibCrypto

/// What a certificate says that its key is for (RFC 5280 §4.2.1.3, §4.2.1.9, §4.2.1.12).
///
/// libcrypto's getters answer "everything" where an extension is absent, so each is asked for its presence first.
extension CertificateHandle {
    private var flags: UInt32 { unsafe X509_get_extension_flags(pointer) }

    private func has(_ flag: Int32) -> Bool { flags & UInt32(bitPattern: flag) != 0 }

    /// Every extension that libcrypto knows was understood, and none stands twice.
    var isConsistent: Bool { !has(EXFLAG_INVALID) }

    /// Basic constraints say that it is a CA, and key usage that it may sign certificates.
    var isAuthority: Bool {
        has(EXFLAG_BCONS) && has(EXFLAG_CA) && has(EXFLAG_KUSAGE) && keyUsage & UInt32(KU_KEY_CERT_SIGN) != 0
    }

    /// It says that it is a CA, or that its key may sign certificates or lists of revoked ones.
    var claimsAuthority: Bool {
        has(EXFLAG_CA) || has(EXFLAG_KUSAGE) && keyUsage & UInt32(KU_KEY_CERT_SIGN | KU_CRL_SIGN) != 0
    }

    /// Key usage is there and has digitalSignature.
    var isForSignatures: Bool { has(EXFLAG_KUSAGE) && keyUsage & UInt32(KU_DIGITAL_SIGNATURE) != 0 }

    /// Extended key usage is there and has codeSigning, and neither TLS servers nor everything beside it: a key for all ends is not
    /// what a site has decided about (CA/Browser Forum, Code Signing Baseline Requirements §7.1.2.3).
    var isForCode: Bool {
        let usage = unsafe X509_get_extended_key_usage(pointer)
        return has(EXFLAG_XKUSAGE) && usage & UInt32(XKU_CODE_SIGN) != 0
            && usage & UInt32(XKU_ANYEKU | XKU_SSL_SERVER) == 0
    }

    /// Of a CA: extended key usage, if there is one, does not leave code signing out.
    var admitsCode: Bool {
        let usage = unsafe X509_get_extended_key_usage(pointer)
        return !has(EXFLAG_XKUSAGE) || usage & UInt32(XKU_CODE_SIGN | XKU_ANYEKU) != 0
    }

    private var keyUsage: UInt32 { unsafe X509_get_key_usage(pointer) }
}
