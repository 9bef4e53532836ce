import Format
import LibCrypto
import Trust
import Values

extension UntrustedBundle {
    /// Who has signed `root` below the CAs that the site names, and why others who have do not count.
    ///
    /// Opens the eight names that follow from each CA's key, and nothing without a CA. Times are left to
    /// ``checkCertificates(of:at:)``, since no time can be believed yet.
    borrowing func certifiedSigners(
        of root: [UInt8], under policy: TrustPolicy
    ) throws(VerifyError) -> (signers: [CertifiedSigner], others: [String]) {
        var signers: [CertifiedSigner] = []
        var others: [String] = []
        for authority in policy.authorities {
            for file in authority.fileNames {
                let name = "\(BundleFile.signatures)/\(file)"
                guard let bytes = try read(name, limit: CMSMessage.maximumSize) else { continue }
                let chain: CertificateChain
                do throws(CertificateError) {
                    chain = try CMSMessage(reading: bytes).verify(root, under: authority.root)
                } catch {
                    throw .badCertificateSignature(bundle: path, name: name, error)
                }
                switch authority.judge(chain) {
                case .counts(let signer): signers.append(signer)
                case .doesNotCount(let reason): others.append(reason)
                }
            }
        }
        return (signers, others)
    }

    /// Holds the certificates against the time when the bundle was made, once that is known from the signed manifest.
    borrowing func checkCertificates(of signers: [CertifiedSigner], at created: Timestamp) throws(VerifyError) {
        for signer in signers {
            guard let certificate = signer.invalidCertificate(at: created) else { continue }
            throw .certificateNotValid(
                bundle: path, subject: certificate.subject.description, created: created,
                validity: certificate.validity)
        }
    }
}
