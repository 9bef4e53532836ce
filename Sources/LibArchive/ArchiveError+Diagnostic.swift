public import Reporting
import Values

extension ArchiveError: Diagnosable {
    /// The words for each case. Which archive it was is added by who opened it.
    public var diagnostic: Diagnostic {
        if case .source(let diagnostic) = self { return diagnostic }
        return Diagnostic("cannot read the archive: \(reason)", next: next, exitCode: .gathering)
    }

    private var reason: String {
        switch self {
        case .damaged(_, let count, let reason): "after \(count) entries: \(quoted(reason))"
        case .unavailable(let what): "this libarchive was built without \(what)"
        case .nameless(let count): "the entry after \(count) others has no path"
        case .path(let path, _): "the path \(quoted(path)) is none that a file within it could have"
        case .node(let path): "\(quoted(path)) is a device, a pipe or a socket"
        case .link(let path): "\(quoted(path)) is a link that has no place in it"
        case .notBelowFolder(let path, let file): "\(quoted(path)) lies below \(quoted(file)), which is no folder"
        case .sizeDiffers(let path, let stated, let found): "\(quoted(path)) states \(stated) and holds \(found)"
        case .sparse(let path): "\(quoted(path)) has holes"
        case .repeated(let path): "\(quoted(path)) stands in it twice"
        case .source(let diagnostic): diagnostic.message
        case .tooManyEntries, .entryTooLarge, .headerTooLarge, .tooLarge, .suspiciousRatio: limitReason
        }
    }

    private var limitReason: String {
        switch self {
        case .tooManyEntries(let limit): "it has more than \(limit) entries"
        case .entryTooLarge(let path, let limit): "\(quoted(path)) holds more than \(limit)"
        case .headerTooLarge(let count, let limit): "the header after \(count) entries has more than \(limit)"
        case .tooLarge(let limit): "it holds more than \(limit)"
        case .suspiciousRatio(let limit): "it expands to more than \(limit) times its size"
        default: ""
        }
    }

    private var next: String {
        switch self {
        case .unavailable: "install a complete libarchive"
        case .damaged, .sizeDiffers: "fetch the archive again, and compare its digest with its maker's"
        case .source, .nameless, .path, .node, .link, .notBelowFolder, .sparse, .repeated, .tooManyEntries,
            .entryTooLarge,
            .headerTooLarge, .tooLarge, .suspiciousRatio:
            "have a look at where the archive comes from: its maker would not build it like this"
        }
    }
}
