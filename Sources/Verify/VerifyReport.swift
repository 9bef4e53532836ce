import Format
public import JSON
import LibCrypto
public import Posix
public import Reporting
public import Trust
public import Values

/// What `verify --json` prints, of both programs: who vouches for a bundle, and what became of everything in it.
///
/// - SeeAlso: `docs/schema/verify-report.schema.json`.
public struct VerifyReport: Sendable {
    /// The only form that is written.
    public static let format = 1

    private let head: JSONObject
    private let begun: Timestamp
    private var bundle: VerifiedBundle?
    private var policy: TrustPolicy?
    private var demanded: Set<Evidence> = []
    private var findings: [EvidenceFinding] = []
    private var damaged: [String: String] = [:]
    private var warnings: [Diagnostic] = []

    /// Begins a report.
    ///
    /// - Parameters:
    ///   - program: Name and version of the program that checks.
    ///   - path: Where the bundle is.
    ///   - isDeep: Whether everything is unpacked too.
    public init(by program: (name: String, version: String), of path: FilePath, isDeep: Bool, at begun: Timestamp) {
        head = [
            "program": ["name": .string(program.name), "version": .string(program.version)],
            "path": .string(path.text), "deep": .bool(isDeep),
        ]
        self.begun = begun
    }

    /// The signature is good, and so is the manifest.
    public mutating func opened(_ bundle: VerifiedBundle, under policy: TrustPolicy, demanding named: Set<Evidence>) {
        self.bundle = bundle
        self.policy = policy
        demanded = named.union(policy.site?.evidence ?? [])
    }

    /// Checks everything that is opened but the payload: each file, then the evidence that is there or demanded.
    ///
    /// - Throws: ``VerifyError``.
    public mutating func checkFiles() throws(VerifyError) {
        guard let bundle else { preconditionFailure("files are checked of a bundle that is opened") }
        for error in try bundle.verifyFiles() {
            var words = error.diagnostic
            words.severity = .warning
            warnings.append(words)
            if let name = error.fileName { damaged[name] = words.message }
        }
        findings = try bundle.evidence(demanding: demanded)
    }

    /// Adds what is worth a word and no refusal.
    public mutating func warn(_ more: [Diagnostic]) { warnings += more }

    /// What to tell a person besides.
    public var allWarnings: [Diagnostic] { warnings }

    /// Good evidence, for a person.
    public var evidenceNames: [String] { findings.filter { $0.fault == nil }.map(\.evidence.rawValue) }

    /// The report of a bundle that is good.
    public func good(at end: Timestamp) -> JSONValue { .object(document("good", nil, end)) }

    /// The report of one that is refused: what was known by then, and why.
    public func refused(_ diagnostic: Diagnostic, at end: Timestamp) -> VerifyRefusal {
        VerifyRefusal(diagnostic: diagnostic, report: document("refused", diagnostic, end))
    }

    private func document(_ verdict: String, _ refusal: Diagnostic?, _ end: Timestamp) -> JSONObject {
        var object: JSONObject = [
            "report": .integer(Self.format), "verdict": .string(verdict),
            "exitCode": .integer(Int((refusal?.exitCode ?? .done).rawValue)), "begun": .string(begun.description),
            "ended": .string(end.description),
        ]
        for member in head { object.append(member.key, member.value) }
        if let refusal { object.append("error", JSONValue(refusal.fields)) }
        if let bundle, let policy {
            object.append("bundle", bundle.identity)
            object.append("trust", trust(bundle, policy))
            object.append("keyList", bundle.keyChain?.json ?? .null)
            if refusal == nil {
                object.append("files", .array(bundle.sums.lines.map { file($0.name, $0.digest, bundle) }))
                object.append("payload", payload(bundle))
                for key in ["images", "sources", "requirements"] {
                    object.append(key, bundle.manifest.json[key] ?? .array([]))
                }
                object.append("evidence", .array(findings.map(evidence)))
            }
        }
        object.append("warnings", .array(warnings.map { JSONValue($0.fields) }))
        return object
    }

    private func trust(_ bundle: VerifiedBundle, _ policy: TrustPolicy) -> JSONValue {
        [
            "threshold": .integer(policy.threshold), "policy": policy.site.map { .string($0.path.text) } ?? .null,
            "keys": .array(
                bundle.keys.map { key in
                    let pins = policy.pins.filter { $0.matches(key) }
                    return [
                        "fingerprint": .string(key.fingerprintText), "algorithm": .string(key.algorithm.rawValue),
                        "pinnedBy": .array(pins.map { .string($0.origin) }),
                    ]
                }),
            "certificates": .array(
                bundle.signers.map {
                    ["fingerprint": .string("SHA256:" + $0.keyFingerprint.hex), "name": .string($0.words)]
                }),
        ]
    }

    private func file(_ name: String, _ digest: SHA256Digest, _ bundle: VerifiedBundle) -> JSONValue {
        var file: JSONObject = ["name": .string(name), "sha256": .string(digest.hex)]
        file.append("verdict", .string(damaged[name] == nil ? "good" : "damaged"))
        if let reason = damaged[name] { file.append("reason", .string(reason)) }
        return .object(file)
    }

    private func payload(_ bundle: VerifiedBundle) -> JSONValue {
        let manifest = bundle.manifest
        let volumes = manifest.volumes.enumerated().map { index, volume -> JSONValue in
            [
                "name": .string(volume.name), "size": .integer(volume.size.bytes),
                "chunks": .integer(manifest.chunks.count { $0.volume == index + 1 }),
            ]
        }
        return [
            "bytes": .integer(bundle.payloadSize.bytes), "chunks": .integer(manifest.chunks.count),
            "entries": .integer(manifest.entries.count), "volumes": .array(volumes),
        ]
    }

    private func evidence(_ finding: EvidenceFinding) -> JSONValue {
        var object: JSONObject = [
            "name": .string(finding.evidence.rawValue), "file": .string(finding.evidence.file),
            "demanded": .bool(demanded.contains(finding.evidence)), "verdict": .string(finding.verdict),
        ]
        if let fault = finding.fault, fault != .absent {
            object.append("reason", .string(fault.reason(finding.evidence)))
        }
        if let provenance = finding.provenance {
            object.append("keys", .array(provenance.keys.map { .string($0.fingerprintText) }))
            object.append("builder", .string(provenance.builder))
            object.append("buildType", .string(provenance.buildType))
        }
        return .object(object)
    }
}

/// A bundle that was refused, with the report on it.
public struct VerifyRefusal: Diagnosable {
    /// Why.
    public let diagnostic: Diagnostic
    /// What `--json` prints.
    public let report: JSONObject
}

extension EvidenceFinding {
    fileprivate var verdict: String {
        switch fault {
        case nil: "good"
        case .absent: "absent"
        case .damaged: "damaged"
        case .refused: "refused"
        }
    }
}

extension VerifiedBundle {
    /// What the bundle is, in a few members.
    public var identity: JSONValue {
        let target = manifest.target
        return [
            "name": .string(manifest.name.description), "version": .string(manifest.version.description),
            "sequence": .integer(manifest.sequence), "created": .string(manifest.created.description),
            "expires": manifest.expires.map { .string($0.description) } ?? .null,
            "sha256": .string(rootDigest.hex), "payloadBytes": .integer(payloadSize.bytes),
            "target": [
                "profile": .string(target.profile), "version": .string(target.version.text),
                "os": .string(target.os.rawValue), "arch": .string(target.architecture.rawValue),
            ],
        ]
    }
}
