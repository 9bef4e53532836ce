import Definition
import Fetch
import Format
import LibArchive
import OCI
import Posix
import Registry
public import Reporting
import Store

extension GatherError: Diagnosable {
    /// What could not be had, from where, and what to do. Exit code 5; 2 for what the definition or its files are the cause of.
    public var diagnostic: Diagnostic {
        switch self {
        case .fetch(let item, let error): error.diagnostic(for: item)
        case .registry(let error): error.diagnostic
        case .store(let error): error.diagnostic
        case .definition(let error): error.diagnostic
        case .file(let error): error.diagnostic
        case .staleLock(let reason):
            Diagnostic(
                "cannot use the lock: \(reason)", next: "make it anew with `sealift lock`, and review what changes",
                exitCode: .usage)
        case .changedFiles(let changes):
            Diagnostic(
                "cannot use the lock: \(changes.count == 1 ? "a local file is" : "local files are") not what it says",
                details: changes.prefix(Self.shown).map(\.detail),
                next: "make it anew with `sealift lock`, or put the old content back", exitCode: .usage)
        case .imageList(let url, let fault):
            Diagnostic(
                "cannot use the image list \(quoted(url)): \(fault.reason)", details: fault.details,
                next: "look at what answers there: a list has one image a line", exitCode: .gathering)
        case .archive(let name, let fault):
            Diagnostic(
                "cannot use the image archive \(quoted(name)): \(fault.reason)", details: fault.details,
                next: "name another place for it under artefacts, or set image-source: registry", exitCode: .gathering)
        case .snapMember(let snap, let path, let fault): fault.diagnostic(snap: snap, path: path)
        case .imageArchive(let request, let fault): fault.diagnostic(request.text, at: request.location)
        case .otherImages(let archive, let list, let missing, let surplus):
            Diagnostic(
                "cannot use the image archive \(quoted(archive)): it does not hold what the image list names",
                details: Self.names("missing", missing) + Self.names("surplus", surplus)
                    + [.init("list", quoted(list))],
                next: "take archive and list of the same release, or set image-source: registry",
                exitCode: .gathering)
        }
    }

    /// How many names or files are shown; the first ones tell enough.
    private static let shown = 8

    private static func names(_ label: String, _ names: [String]) -> [Diagnostic.Detail] {
        guard !names.isEmpty else { return [] }
        let rest = names.count > shown ? " and \(names.count - shown) more" : ""
        return [.init(label, names.prefix(shown).map { quoted($0) }.joined(separator: ", ") + rest)]
    }
}

extension FetchError {
    /// The error's own words, with who promised what; for content that changed, what to do about that.
    func diagnostic(for item: FetchedItem) -> Diagnostic {
        var words = diagnostic
        words.details.insert(.init("item", item.name), at: 0)
        switch self {
        case .otherContent(let site, _, _), .otherSize(let site, _, _):
            words.details.append(.init("promised by", item.promise))
            words.next =
                "if its makers replaced it, run `sealift lock --update` and review what changes; if they did not, \(site.host) or a proxy before it delivers something else: name another place with --mirror"
        case .address, .connection, .refused, .redirect, .encoded, .tooLarge, .store, .authorization, .setup, .stopped:
            break
        }
        return words
    }
}

extension LocalChange {
    fileprivate var detail: Diagnostic.Detail {
        switch (locked, found) {
        case (_, nil): .init("gone", quoted(name))
        case (nil, _): .init("new", quoted(name))
        case (let locked?, let found?):
            .init("changed", "\(quoted(name)), locked as \(locked.digest), now \(found.digest)")
        }
    }
}

extension ImageListFault {
    fileprivate var reason: String {
        switch self {
        case .line(let number, let text, _): "line \(number), \(quoted(text.prefix(200))), is no image name"
        case .notText(let line): "line \(line) is not text"
        case .empty: "it names no image"
        }
    }

    fileprivate var details: [Diagnostic.Detail] {
        guard case .line(_, _, let error) = self else { return [] }
        return [.init("because", error.diagnostic.message)]
    }
}

extension ArchiveFault {
    fileprivate var reason: String {
        switch self {
        case .unreadable(let error): error.diagnostic.message
        case .noImages: "it has neither index.json nor manifest.json, so that no platform would take it"
        case .document(let name, let reason): "its \(name) is not accepted: \(reason)"
        }
    }

    fileprivate var details: [Diagnostic.Detail] {
        guard case .unreadable(let error) = self else { return [] }
        return error.diagnostic.details
    }
}
