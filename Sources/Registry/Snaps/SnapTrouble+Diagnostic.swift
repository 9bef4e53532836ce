import Fetch
import Reporting
import Values

extension SnapTrouble {
    /// What could not be had, why, from where, who asked for it, and what to do.
    func diagnostic(at site: SnapSite) -> Diagnostic {
        let inner = words(site)
        var details = [Diagnostic.Detail("because", inner.message)] + inner.details
        if !details.contains(where: { $0.label == "host" }) { details.append(.init("store", site.store)) }
        if let origin = site.origin { details.append(.init("asked for by", origin)) }
        return Diagnostic(
            "cannot take the snap \(quoted(site.name))", details: details, next: inner.next, exitCode: inner.exitCode)
    }

    /// How many channels are shown; the newest tracks stand first.
    private static let shown = 12

    private static func list(_ names: [String]) -> [Diagnostic.Detail] {
        guard !names.isEmpty else { return [] }
        let rest = names.count > shown ? " and \(names.count - shown) more" : ""
        return [.init("it has", names.prefix(shown).joined(separator: ", ") + rest)]
    }

    private func words(_ site: SnapSite) -> Diagnostic {
        switch self {
        case .unknown, .architecture, .channel, .version, .moved: questions(site)
        case .fetch(let what, let error):
            {
                var words = error.diagnostic
                words.details.insert(.init("item", what), at: 0)
                return words
            }()
        case .answer(let reason):
            Diagnostic(
                "the store's answer is not understood: \(reason)", next: "look at what answers at \(site.store)",
                exitCode: .gathering)
        case .otherDigest(let promised, let found, let by):
            Diagnostic(
                "its content is not what was promised",
                details: [
                    .init("expected", promised.description), .init("found", found.description),
                    .init("promised by", by),
                ],
                next: "run again; if it stays so, a proxy or mirror before the store delivers something else",
                exitCode: .gathering)
        default: evidence
        }
    }

    private func questions(_ site: SnapSite) -> Diagnostic {
        switch self {
        case .architecture(let asked, let available):
            Diagnostic(
                "the store has it for other architectures only, not for \(asked)",
                details: [.init("architectures", available.joined(separator: ", "))],
                next: "choose another arch under platform", exitCode: .usage)
        case .channel(let asked, let available):
            Diagnostic(
                "it has no channel \(quoted(asked))", details: Self.list(available),
                next: nearest(to: asked, in: available.map { String($0.prefix { $0 != " " }) })
                    .map { "did you mean \(quoted($0))?" } ?? "name one of these", exitCode: .usage)
        case .version(let asked, let available):
            Diagnostic(
                "no channel has the version \(quoted(asked))", details: Self.list(available),
                next: "name a channel, such as the version's own track; a lock keeps what it holds now",
                exitCode: .usage)
        case .moved(let channel, let version, let expected):
            Diagnostic(
                "its channel \(channel) moved from \(expected) to \(version) just now", next: "run again",
                exitCode: .gathering)
        default:
            Diagnostic(
                "the store has no snap of that name", next: "check the profile's snaps, and which store answers",
                exitCode: .gathering)
        }
    }

    private var evidence: Diagnostic {
        func refused(_ message: String, _ details: [Diagnostic.Detail] = [], next: String? = nil) -> Diagnostic {
            Diagnostic(
                message, details: details,
                next: next ?? "run again; if it stays so, ask who runs the store or the mirror before it",
                exitCode: .gathering)
        }
        switch self {
        case .noAssertion(let type): return refused("the store has no \(type) for it, so that no snapd would take it")
        case .malformed(let type, let fault):
            return refused("its \(type) is not well-formed, in line \(fault.line): \(fault.reason)")
        case .format(let type, let found, let newest):
            return refused(
                "its \(type) is of format \(quoted(found)), and a snapd of the site may know none beyond \(newest)")
        case .otherSubject(let type, let header, let expected, let found):
            return refused(
                "its \(type) is about something else",
                [.init("header", header), .init("expected", quoted(expected)), .init("found", quoted(found))])
        case .revoked: return refused("it was taken out of the store", next: "choose another snap or version")
        case .signature(let type): return refused("the signature of its \(type) is wrong")
        case .untrusted(let type, let key, let trusted):
            return refused(
                "nothing leads from the key that signed its \(type) to one that the profile trusts",
                [.init("key", key), .init("trusted", trusted.joined(separator: ", "))],
                next: "if the store has new keys, take a newer sealift, or name them in a profile of your own")
        case .otherAuthority(let type, let authority, let account):
            return refused(
                "its \(type) speaks for \(quoted(authority)), but the key that signed it belongs to \(quoted(account))")
        default: return refused("it is not what was asked for")
        }
    }
}
