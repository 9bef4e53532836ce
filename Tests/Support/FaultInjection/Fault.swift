public import Posix

/// One thing that goes wrong, at one call (test-matrix §4.1).
public struct Fault: Hashable, Sendable {
    /// Where.
    public enum Place: Hashable, Sendable {
        /// At the n-th call of all, from 1.
        case number(Int)
        /// At the n-th call with that tag, from 1.
        case tag(EffectTag, Int)
    }

    /// What.
    public enum Kind: Hashable, Sendable {
        /// The call fails and does nothing.
        case error(Errno)
        /// The call is made, and then fails all the same: for fsync that reports late, and for half-done work.
        case lateError(Errno)
        /// SIGKILL to this process instead of the call.
        case killBefore
        /// SIGKILL to this process after the call.
        case killAfter
        /// As if killed before the call, in a process that lives: neither this call nor any later one does anything.
        case stopBefore
        /// As if killed after the call, in a process that lives.
        case stopAfter
        /// A write does only its first bytes, then as `stopAfter`; other calls as `stopBefore`.
        case torn(Int)
    }

    /// Where.
    public var place: Place
    /// What.
    public var kind: Kind

    /// A fault at a place.
    public init(_ place: Place, _ kind: Kind) {
        self.place = place
        self.kind = kind
    }

    /// What all calls answer after a stop. No file system says this by itself.
    public static let stopped = Errno(rawValue: 130)  // EOWNERDEAD
}

extension Fault {
    /// Reads `12:kill-before`, `stage.write:ENOSPC`, `journal.rename#2:torn:512`, as in the variable SEALIFT_FAULT.
    public init?(parsing text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let kind = Kind(parsing: parts[1]) else { return nil }
        if let number = Int(parts[0]) {
            self.init(.number(number), kind)
        } else {
            let tag = parts[0].split(separator: "#").map(String.init)
            guard tag.count == 1 || tag.count == 2 && Int(tag[1]) != nil else { return nil }
            self.init(.tag(EffectTag(stringLiteral: tag[0]), tag.count == 2 ? Int(tag[1]) ?? 1 : 1), kind)
        }
    }
}

extension Fault.Kind {
    private static let words: [String: Self] = [
        "kill-before": .killBefore, "kill-after": .killAfter, "stop-before": .stopBefore, "stop-after": .stopAfter,
        "EIO": .error(.inputOutput), "ENOSPC": .error(.noSpace), "EDQUOT": .error(.overQuota),
        "EROFS": .error(.readOnly), "EACCES": .error(.accessDenied), "late-EIO": .lateError(.inputOutput),
    ]

    init?(parsing text: String) {
        if let kind = Self.words[text] {
            self = kind
        } else if text.hasPrefix("torn:"), let count = Int(text.dropFirst(5)), count >= 0 {
            self = .torn(count)
        } else {
            return nil
        }
    }
}
