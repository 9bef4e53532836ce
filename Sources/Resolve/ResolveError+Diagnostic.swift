import Definition
import Discover
import Fetch
import Gather
import OCI
import Posix
public import Reporting
import Values

extension ResolveError: Diagnosable {
    /// What is wrong, where, and what would do. Exit code 2 for what the definition can mend, 5 for what its sources must.
    public var diagnostic: Diagnostic {
        switch self {
        case .gather(let error): error.diagnostic
        case .unknownChannel(let channel, let location, let known):
            Diagnostic(
                "there is no channel \(quoted(channel))", at: location, details: Self.list("channels", known),
                next: Self.suggestion(channel, known) ?? "name one of these, or a complete version", exitCode: .usage)
        case .channelAnswer(let channel, let url, let reason):
            Diagnostic(
                "cannot find out what the channel \(quoted(channel)) stands for: \(reason)",
                details: [.init("asked", quoted(url))], next: "name a complete version in the definition",
                exitCode: .gathering)
        case .unknownVersion(let unknown): unknown.diagnostic
        case .checksum(let url, let name, let fault):
            Diagnostic(
                "cannot check \(quoted(name)) by the checksum file \(quoted(url)): \(fault.reason)",
                details: fault.details(name), next: "look at what answers there; it may be the file of another release",
                exitCode: .gathering)
        case .signature(let artefact, let url, let key):
            Diagnostic(
                "cannot take the artefact \(quoted(artefact)): the makers' signature does not verify",
                details: [.init("signature", url), .init("key", key)],
                next: "do not use what answers there; if the makers have a new key, the profile must name it",
                exitCode: .gathering)
        case .otherContent(let item, let file, let promise, let expected, let found):
            Diagnostic(
                "cannot take \(quoted(file)) for \(item): its content is not what was promised",
                details: [
                    .init("expected", expected.description), .init("found", found.description),
                    .init("promised by", promise),
                ], next: "get the file anew, or give its own digest as sha256 under artefacts", exitCode: .usage)
        case .noPlace(let artefact, let location):
            Diagnostic(
                "cannot find the artefact \(quoted(artefact)): its makers publish it nowhere that sealift may ask",
                at: location,
                next:
                    "download it as they say, then write `artefacts: {\(artefact): {file: PATH, sha256: DIGEST}}` into the definition",
                exitCode: .usage)
        case .noPlaceForImages(let image, let location):
            Diagnostic(
                "cannot take the image \(quoted(image)): the roles of this bundle have no place for images",
                at: location, next: "take the image out, or offer a role that runs containers", exitCode: .usage)
        case .noLock(let path):
            Diagnostic(
                "cannot build from the lock: there is no \(quoted(path.text))",
                next: "make one with `sealift lock`, or leave out --locked", exitCode: .usage)
        case .editedLock(let path, let fault):
            Diagnostic(
                "cannot use the lock \(quoted(path.text)): \(fault)",
                next:
                    "make it anew with `sealift lock --update`, and review what changes; say what you want in the definition, not in the lock",
                exitCode: .usage)
        case .installer(let path, let architecture, let fault): fault.diagnostic(path, architecture)
        case .chart(let site, let trouble): trouble.diagnostic(site)
        case .discover(let error): error.diagnostic
        case .notClosed(let images, let definition): MissingImage.diagnostic(images, definition: definition)
        }
    }

    /// How many names are shown; the newest lines stand first.
    private static let shown = 12

    static func list(_ label: String, _ names: [String]) -> [Diagnostic.Detail] {
        guard !names.isEmpty else { return [] }
        let rest = names.count > shown ? " and \(names.count - shown) more" : ""
        return [.init(label, names.prefix(shown).joined(separator: ", ") + rest)]
    }

    static func suggestion(_ word: String, _ known: [String]) -> String? {
        nearest(to: word, in: known).map { "did you mean \(quoted($0))?" }
    }
}

extension UnknownVersion {
    fileprivate var diagnostic: Diagnostic {
        let words = "\(platform) has no files of \(version) for \(architecture.rawValue)"
        let asked = [Diagnostic.Detail("asked", quoted(site.url)), .init("host", site.host)]
        guard others.isEmpty else { return otherArchitecture(words, asked) }
        if let channel {
            return Diagnostic(
                "\(words), though the channel \(quoted(channel)) names it", at: location, details: asked,
                next: "wait until it is published, or name a complete version", exitCode: .gathering)
        }
        let channels = Dictionary(grouping: known.keys.sorted()) { known[$0] ?? version }
        let sorted = channels.sorted { $0.key > $1.key }
        let like = sorted.map(\.key).first { $0.minorLine == version.minorLine && $0 != version }?.text
        return Diagnostic(
            words, at: location,
            details: asked
                + ResolveError.list("there are", sorted.map { "\($0.key) (\($0.value.joined(separator: ", ")))" }),
            next: like.map { "did you mean \(quoted($0))?" } ?? "check the version, and that the architecture is built",
            exitCode: .usage)
    }

    /// The version is there, only not for this architecture.
    private func otherArchitecture(_ words: String, _ asked: [Diagnostic.Detail]) -> Diagnostic {
        Diagnostic(
            words, at: location,
            details: asked + ResolveError.list("there are", others.map { "\(version) for \($0.rawValue)" }),
            next:
                "change the platform's arch, name a version that is built for \(architecture.rawValue), or give the file under artefacts",
            exitCode: .usage)
    }
}

extension ChecksumFault {
    fileprivate var reason: String {
        switch self {
        case .noLine: "no line is about it"
        case .malformed(let line): "line \(line) is not 64 lower-case hexadecimal digits and the name"
        case .contradiction(let lines): "lines \(lines.map(String.init).joined(separator: " and ")) differ"
        }
    }

    fileprivate func details(_ name: String) -> [Diagnostic.Detail] {
        guard case .noLine(let names) = self else { return [] }
        guard !names.isEmpty else { return [.init("it names", "nothing that looks like a file and its digest")] }
        return ResolveError.list("it names", names.map { quoted($0) })
    }
}
