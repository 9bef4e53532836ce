internal import CLibCrypto

/// Owns one `X509`. A class, so that several can stand in an array.
@safe final class CertificateHandle {
    let pointer: OpaquePointer

    /// Reads one certificate; `nil` when it is none, has bytes left over, or is not in its one encoding.
    init?(der: ArraySlice<UInt8>) {
        defer { ErrorQueue.clear() }
        var certificate = unsafe X509_new_ex(CryptoLibrary.shared.context, nil)
        let isWhole = unsafe der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return unsafe d2i_X509(&certificate, &next, bytes.count) != nil
                && next == bytes.baseAddress.map { unsafe $0 + bytes.count }
        }
        guard let certificate = unsafe certificate else { return nil }  // freed where it could not be read
        unsafe pointer = certificate
        guard isWhole, encoding == Array(der) else { return nil }
    }

    /// One more owner of a certificate that libcrypto holds.
    init(sharing certificate: OpaquePointer) {
        guard unsafe X509_up_ref(certificate) == 1 else { fatalError("X509_up_ref refused a live certificate") }
        unsafe pointer = certificate
    }

    deinit { unsafe X509_free(pointer) }

    /// The certificate as libcrypto writes it.
    var encoding: [UInt8] { unsafe Self.encode { unsafe i2d_X509(pointer, $0) } }
    /// The issuer's name and the serial number in DER, one behind the other, as in CMS.
    var issuerAndSerial: [UInt8] {
        unsafe Self.encode { unsafe i2d_X509_NAME(X509_get_issuer_name(pointer), $0) }
            + Self.encode { unsafe i2d_ASN1_INTEGER(X509_get0_serialNumber(pointer), $0) }
    }
    /// The subject's name in DER.
    var subject: [UInt8] { unsafe Self.encode { unsafe i2d_X509_NAME(X509_get_subject_name(pointer), $0) } }
    /// The subject for people; `?` where it cannot be read.
    var subjectText: String {
        do throws(DERFault) { return try DistinguishedName(der: subject[...]).description } catch { return "?" }
    }
    /// The serial number, most significant byte first.
    var serial: [UInt8] { unsafe Self.bytes(of: X509_get0_serialNumber(pointer)) }
    /// The subject key identifier; empty without one.
    var keyIdentifier: [UInt8] { unsafe Self.bytes(of: X509_get0_subject_key_id(pointer)) }

    /// The content of the extension, when it is there.
    func extensionContent(_ identifier: Int32) -> [UInt8]? {
        let place = unsafe X509_get_ext_by_NID(pointer, identifier, -1)
        guard place >= 0, let found = unsafe X509_get_ext(pointer, place) else { return nil }
        return unsafe Self.bytes(of: X509_EXTENSION_get_data(found))
    }

    /// The public key, with one more owner.
    func key() -> KeyHandle? {
        defer { ErrorQueue.clear() }
        return unsafe KeyHandle(owning: X509_get_pubkey(pointer))
    }

    /// Seconds since the epoch of the first and the last moment it is valid at.
    func validity() -> (from: Int, to: Int)? {
        guard let from = unsafe Self.seconds(X509_get0_notBefore(pointer)),
            let to = unsafe Self.seconds(X509_get0_notAfter(pointer))
        else { return nil }
        return (from, to)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int? {
        defer { ErrorQueue.clear() }
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return nil }
        defer { unsafe ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Int(days) * 86_400 + Int(seconds)
    }

    private static func bytes(of string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string = unsafe string else { return [] }
        return unsafe Array(
            UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
    }

    /// Runs an `i2d_` function that allocates.
    private static func encode(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32) -> [UInt8] {
        var encoded: UnsafeMutablePointer<UInt8>?
        let length = unsafe write(&encoded)
        guard length > 0, let encoded = unsafe encoded else { return [] }
        defer { unsafe CRYPTO_free(encoded, #file, #line) }
        return unsafe Array(UnsafeBufferPointer(start: encoded, count: Int(length)))
    }
}
