import Format
import JSON
import Posix
public import Trust
import Values

/// What became of one piece of evidence.
public struct EvidenceFinding: Sendable {
    /// Which.
    public let evidence: Evidence
    /// Why it does not count; `nil` for good evidence.
    public let fault: EvidenceFault?
    /// What signed provenance says.
    public let provenance: Provenance?
}

/// Why evidence does not count.
public enum EvidenceFault: Error, Hashable, Sendable {
    /// It is not there, or SHA256SUMS does not name it.
    case absent
    /// It is there, and is not what was signed.
    case damaged(name: String)
    /// No line of the attestations counts.
    case refused(ProvenanceRefusal)
}

extension VerifiedBundle {
    /// Looks for every kind of evidence, and checks what is there.
    ///
    /// - Parameter demanded: What must be there and good.
    /// - Throws: ``VerifyError/evidence(_:_:bundle:)`` for what is demanded and is not; ``VerifyError`` when the medium fails.
    public func evidence(demanding demanded: Set<Evidence> = []) throws(VerifyError) -> [EvidenceFinding] {
        var findings: [EvidenceFinding] = []
        for kind in Evidence.allCases {
            let finding = try finding(kind)
            if let fault = finding.fault, demanded.contains(kind) { throw .evidence(kind, fault, bundle: path) }
            findings.append(finding)
        }
        return findings
    }

    private func finding(_ kind: Evidence) throws(VerifyError) -> EvidenceFinding {
        do throws(VerifyError) {
            guard kind == .provenance else {
                guard sums.digest(of: kind.file) != nil else { return EvidenceFinding(kind, .absent) }
                _ = try readFile(kind.file)
                return EvidenceFinding(kind, nil)
            }
            return try provenance()
        } catch {
            switch error {
            case .file: throw error
            case .missing(let name), .wrongDigest(let name), .notRegular(let name), .tooLarge(let name, _):
                return EvidenceFinding(kind, .damaged(name: name))
            default: return EvidenceFinding(kind, .damaged(name: kind.file))
            }
        }
    }

    /// Reads the attestations, and, where the bundle carries its predicate, compares.
    private func provenance() throws(VerifyError) -> EvidenceFinding {
        guard let file = try folder.readRegular(Evidence.attestations, limit: Provenance.fileLimit) else {
            return EvidenceFinding(.provenance, .absent)
        }
        let carried = try carriedPredicate()
        do throws(ProvenanceRefusal) {
            let found = try Provenance(reading: file, over: rootDigest, under: keys, expecting: carried)
            return EvidenceFinding(.provenance, nil, found)
        } catch {
            return EvidenceFinding(.provenance, .refused(error))
        }
    }

    /// The predicate that the bundle itself carries, and SHA256SUMS names.
    private func carriedPredicate() throws(VerifyError) -> JSONValue? {
        guard sums.digest(of: BundleFile.provenance) != nil else { return nil }
        let bytes = try readFile(BundleFile.provenance)
        do throws(JSONError) { return try JSONValue.parse(bytes, dialect: .foreign) } catch {
            throw .wrongDigest(name: BundleFile.provenance)
        }
    }
}

extension EvidenceFinding {
    fileprivate init(_ evidence: Evidence, _ fault: EvidenceFault?, _ provenance: Provenance? = nil) {
        self.init(evidence: evidence, fault: fault, provenance: provenance)
    }
}
