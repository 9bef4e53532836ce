import Format
public import LibCrypto
public import Posix
import Trust
public import Values

/// A signer's certificates up to the root that sites name: what makes a CMS signature beside the plain one (docs/format.md §5.3).
public struct CertifiedIdentity: Sendable {
    /// The signer's certificate first, then those between it and the root.
    private let certificates: [Certificate]
    private let root: Certificate
    private let path: FilePath

    /// The most text of certificates.
    private static let limit = ByteCount.kibibytes(64)

    /// Reads the signer's certificate, which those between may follow, more of them, and the root.
    ///
    /// - Throws: ``SignError``.
    public init(certificate path: FilePath, chain: [FilePath], root: FilePath) throws(SignError) {
        self.path = path
        var certificates: [Certificate] = []
        for file in [path] + chain { certificates += try Self.read(file) }
        let found = try Self.read(root)
        guard found.count == 1 else { throw .certificate(.severalCertificates(found.count), root) }
        guard found[0].isAuthority else {
            throw .certificate(.rootIsNoAuthority(subject: found[0].subject.description), root)
        }
        self.root = found[0]
        // The root goes to the site by another road; a copy here would only be carried along.
        self.certificates = certificates.filter { $0 != found[0] }
        guard certificates.first != found[0] else {
            throw .certificate(.signerIsAuthority(subject: found[0].subject.description), path)
        }
    }

    private static func read(_ path: FilePath) throws(SignError) -> [Certificate] {
        let text = try attempt { () throws(FileError) in try Files.read(path, limit: limit) }
        do throws(CertificateError) { return try Certificate.all(pem: text) } catch { throw .certificate(error, path) }
    }

    /// Signs `content`, and reads the signature as a site with this root reads it.
    ///
    /// - Throws: ``SignError`` for whatever a site would refuse, validity apart.
    public func sign(_ content: [UInt8], with key: borrowing PrivateKey) throws(SignError) -> [UInt8] {
        do throws(CertificateError) {
            let message = try CMSMessage.signing(content, with: key, certificates: certificates)
            _ = try CMSMessage(reading: message).verify(content, under: root)
            return message
        } catch {
            throw .certificate(error, path)
        }
    }

    /// Refuses certificates that sites would refuse for a bundle made at this time.
    public func check(at created: Timestamp) throws(SignError) {
        for certificate in certificates + [root] where !certificate.validity.contains(created) {
            throw .certificateNotValid(
                subject: certificate.subject.description, created: created, validity: certificate.validity)
        }
    }

    /// The name of the first signature below the root, in the bundle.
    public var fileName: String { name(1) }

    /// The name for this signer's signature in a bundle that has others: the one it has, or the first that is free.
    ///
    /// - Throws: ``SignError/noFreeName(_:)``.
    public func fileName(in bundle: FilePath) throws(SignError) -> String {
        for number in 1...CertificateAuthority.maximumSignatures {
            let file = bundle.appending(name(number))
            guard try attempt({ () throws(FileError) in try Files.exists(file) }) else { return name(number) }
            let bytes = try attempt { () throws(FileError) in try Files.read(file, limit: CMSMessage.maximumSize) }
            do throws(CertificateError) {
                guard try CMSMessage(reading: bytes).holds(certificates[0]) else { continue }
                return name(number)
            } catch {
                throw .certificate(error, file)
            }
        }
        throw .noFreeName(bundle)
    }

    private func name(_ number: Int) -> String {
        "\(BundleFile.signatures)/\(CertificateAuthority.fileName(root.keyID, number: number))"
    }
}
