import Format
import LibCrypto
import Posix
public import Reporting
public import Trust
import Values

extension VerifyError: Diagnosable {
    /// The words for each refusal. A table.
    public var diagnostic: Diagnostic {
        switch self {
        case .noPins(let bundle):
            return untrusted(
                "cannot trust \(quoted(bundle)): no key is pinned", bundle,
                "give the site's public key with --key FILE, or the fingerprint from the work order with --fingerprint SHA256:…, "
                    + "or put the key into /etc/sealift/trusted-keys/")
        case .noRoot(let bundle):
            return untrusted(
                "cannot trust \(quoted(bundle)): it has no SHA256SUMS", bundle,
                "give the folder of one bundle; if it is one, it was not written to its end: copy it again")
        case .notSigned(let bundle, let by, let present, let found, let needed):
            return notSigned(bundle, by, present, found, needed)
        case .badSignature(let bundle, let key, let origin):
            return untrusted(
                "cannot trust \(quoted(bundle)): the signature of key \(key) does not verify", bundle,
                "SHA256SUMS or its signature was changed or damaged: get the bundle again from who built it",
                [Diagnostic.Detail("key", origin)])
        case .badCertificateSignature(let bundle, let name, let error):
            return untrusted(
                "cannot trust \(quoted(bundle)): \(quoted(name)) is no good signature: \(error.reason)", bundle,
                error.diagnostic.next ?? "get the bundle again from who built it")
        case .certificateNotValid(let bundle, let subject, let created, let validity):
            return untrusted(
                "cannot trust \(quoted(bundle)): the certificate of \(quoted(subject)) was not valid when the bundle was made",
                bundle,
                "have the bundle built anew, and signed with a certificate that is valid then",
                [
                    Diagnostic.Detail("made", created.description),
                    Diagnostic.Detail("valid", "\(validity.lowerBound) to \(validity.upperBound)"),
                ])
        case .badKeyCopy(let bundle, let key):
            return untrusted(
                "cannot trust \(quoted(bundle)): signatures/\(key).pub is not the pinned key", bundle,
                "give the whole public key with --key FILE")
        case .notSignedByNamed(let bundle, let by):
            return untrusted(
                "cannot trust \(quoted(bundle)): a key that was asked for by name has not signed it", bundle,
                "leave the option out to take any of the keys that the site's policy names, or get a bundle which that key has signed",
                [Diagnostic.Detail("asked for", by.joined(separator: ", "))])
        case .notOneKey(let bundle, let present):
            return untrusted(
                "cannot trust a key of \(quoted(bundle)) on first use: \(present.isEmpty ? "none has" : "several have") signed it",
                bundle, "pin the right one with --key FILE or --fingerprint SHA256:…",
                present.isEmpty ? [] : [Diagnostic.Detail("signed by", present.joined(separator: ", "))])
        case .trust(let error): return error.diagnostic
        case .missingVolume(let volume):
            return Diagnostic(
                "cannot accept the bundle: \(quoted(volume.name)), volume \(volume.number) of \(volume.count), is missing",
                details: volume.folders.map { .init("looked in", $0.text) },
                next:
                    "name the folder of the stick that has it with a further --bundle; if it is on none, copy it again "
                    + "from where the bundle was built", exitCode: .damaged)
        case .foreignVolume(let name, let folder):
            return Diagnostic(
                "cannot accept the bundle: \(quoted(name)) in \(quoted(folder)) is another bundle's, or damaged",
                details: [Diagnostic.Detail("file", name)],
                next:
                    "take the stick that belongs to this bundle; if it is that one, copy the file again from where the "
                    + "bundle was built", exitCode: .damaged)
        case .missing(let name): return damaged("\(quoted(name)) is missing", name)
        case .notRegular(let name): return damaged("\(quoted(name)) is not a regular file", name)
        case .wrongSize(let name, let expected, let found):
            return damaged("\(quoted(name)) has \(found), \(expected) were signed", name)
        case .tooLarge(let name, let limit): return damaged("\(quoted(name)) is larger than \(limit)", name)
        case .wrongDigest(let name): return damaged("\(quoted(name)) is not what was signed", name)
        case .surplusVolume(let name):
            return damaged("SHA256SUMS names \(quoted(name)), which the manifest does not know", name)
        case .contradiction(let name):
            return Diagnostic(
                "cannot accept the bundle: SHA256SUMS and the manifest give \(quoted(name)) two digests",
                next: "the bundle was built wrongly: report this to who built it", exitCode: .damaged)
        case .damagedChunk(let index, let volume, let offset, let entries, let kind):
            return damagedChunk(index, volume, offset, entries, kind)
        case .wrongEntry(let path):
            return Diagnostic(
                "cannot accept the bundle: \(quoted(path.text)) does not have the digest that the manifest promises",
                next: "the bundle was built wrongly: report this to who built it", exitCode: .damaged)
        case .evidence(let kind, let fault, let bundle): return fault.diagnostic(of: kind, in: bundle)
        case .format(let error): return error.diagnostic
        case .file(let error): return medium(error)
        }
    }

    /// What a stick that is pulled out looks like, besides its being bad.
    private func medium(_ error: FileError) -> Diagnostic {
        var diagnostic = error.diagnostic
        if error.errno.isOfAMediumGone {
            diagnostic.next =
                "if the stick was pulled out, put it back, mount it, and run again; if not, it is failing: look at "
                + "`dmesg`, and copy the bundle to another one"
        }
        return diagnostic
    }

    private func untrusted(
        _ message: String, _ bundle: FilePath, _ next: String, _ details: [Diagnostic.Detail] = []
    ) -> Diagnostic {
        Diagnostic(message, details: details, next: next, exitCode: .notTrusted)
    }

    private func notSigned(
        _ bundle: FilePath, _ by: [String], _ present: [String], _ found: Int, _ needed: Int
    ) -> Diagnostic {
        let others = present.isEmpty ? "none" : present.joined(separator: ", ")
        let message =
            needed == 1
            ? "cannot trust \(quoted(bundle)): no pinned key has signed it"
            : "cannot trust \(quoted(bundle)): \(found) of \(needed) needed keys have signed it"
        return untrusted(
            message, bundle,
            "if another key is right for this site, pin that one; its fingerprint must come by another road than the bundle",
            [Diagnostic.Detail("pinned", by.joined(separator: ", ")), Diagnostic.Detail("signed by", others)])
    }

    private func damaged(_ what: String, _ name: String) -> Diagnostic {
        Diagnostic(
            "cannot accept the bundle: \(what)", details: [Diagnostic.Detail("file", name)],
            next: "copy \(quoted(name)) again from where the bundle was built, and compare its size on both sides",
            exitCode: .damaged)
    }

    private func damagedChunk(
        _ index: Int, _ volume: String, _ offset: Int, _ entries: [MemberPath], _ kind: ChunkDamage
    ) -> Diagnostic {
        let what: String
        switch kind {
        case .stored: what = "chunk \(index) of \(quoted(volume)) is not what was signed"
        case .plain(let reason): what = "chunk \(index) of \(quoted(volume)) cannot be unpacked: \(reason)"
        case .layout: what = "chunk \(index) of \(quoted(volume)) is not the tar stream that the manifest describes"
        }
        let shown = entries.prefix(3).map { quoted($0.text) }.joined(separator: ", ")
        let more = entries.count > 3 ? " and \(entries.count - 3) more" : ""
        var details = [Diagnostic.Detail("at", "byte \(offset) of \(volume)")]
        if !entries.isEmpty { details.append(Diagnostic.Detail("holds", shown + more)) }
        return Diagnostic(
            "cannot accept the bundle: \(what)", details: details,
            next: kind == .stored
                ? "copy \(quoted(volume)) again from where the bundle was built; if it fails again, the medium is bad"
                : "the bundle was built wrongly: report this to who built it", exitCode: .damaged)
    }

    private func quoted(_ path: FilePath) -> String { Reporting.quoted(path.text) }
    private func quoted(_ text: String) -> String { Reporting.quoted(text) }
}

extension EvidenceFault {
    /// Why demanded evidence does not count, and who can mend it.
    func diagnostic(of kind: Evidence, in bundle: FilePath) -> Diagnostic {
        Diagnostic(
            "cannot accept the bundle: \(kind.rawValue) is demanded, and \(reason(kind))",
            details: [.init("in", bundle.text)], next: next(kind), exitCode: exitCode)
    }

    /// What SHA256SUMS promises and is not there, or not so, is damage.
    private var exitCode: ExitCode { if case .damaged = self { .damaged } else { .policy } }

    /// What is wrong, in words.
    public func reason(_ kind: Evidence) -> String {
        switch self {
        case .absent: "the bundle has no \(quoted(kind.file))"
        case .damaged(let name): "\(quoted(name)) is not what was signed"
        case .refused(let refusal): "\(quoted(kind.file)) shows none: \(refusal.reason)"
        }
    }

    private func next(_ kind: Evidence) -> String {
        switch self {
        case .damaged: "copy the bundle again, or get it again from who built it"
        case .absent, .refused:
            kind == .provenance
                ? "have who built it sign it with `sealift sign`, which adds provenance, or take the demand back"
                : "have it built by a sealift that writes this file, or take the demand back"
        }
    }
}
