import Arguments
import Posix
import Reporting
import Sign

/// The certificates of a company's PKI, for a CMS signature beside the plain one.
enum CertificateOptions {
    static let table: [Option] = [
        .value(
            "certificate", "PEM", "sign with this certificate of the key too, for sites that name its CA",
            completing: .file),
        .values("chain", "PEM", "certificates of the CAs between it and the root", completing: .file),
        .value("ca", "PEM", "the certificate of the root that sites name", completing: .file),
    ]

    /// `nil` without a certificate.
    static func identity(_ invocation: Invocation) throws -> CertifiedIdentity? {
        let chain = invocation.values("chain").map { FilePath($0) }
        switch (invocation.value("certificate"), invocation.value("ca")) {
        case (let certificate?, let root?):
            return try CertifiedIdentity(certificate: FilePath(certificate), chain: chain, root: FilePath(root))
        case (nil, nil) where chain.isEmpty: return nil
        case (nil, _):
            throw Diagnostic(
                "certificates of CAs without one of the key", next: "give --certificate PEM", exitCode: .usage)
        case (_?, nil):
            throw Diagnostic(
                "cannot name the signature: the root that sites know is not given",
                next: "give --ca PEM: its key names the file, and what is signed is checked against it",
                exitCode: .usage)
        }
    }
}
