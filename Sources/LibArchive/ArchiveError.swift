public import Reporting
public import Values

/// Why a foreign archive could not be read to its end.
public enum ArchiveError: Error, Hashable, Sendable {
    /// How badly libarchive took it. All of them are errors here: a damaged header comes back as `retry`, a wrong check sum as
    /// `warning`.
    public enum Severity: String, Hashable, Sendable {
        /// ARCHIVE_RETRY
        case retry
        /// ARCHIVE_WARN
        case warning
        /// ARCHIVE_FAILED
        case failed
        /// ARCHIVE_FATAL, and any code that libarchive may learn.
        case fatal
    }

    /// libarchive says so of the entry after `entriesBefore` others.
    case damaged(Severity, entriesBefore: Int, reason: String)
    /// This libarchive was built without a format or compression.
    case unavailable(String)
    /// An entry has no path.
    case nameless(entriesBefore: Int)
    /// An entry's path leaves the archive, or is none that a file could have.
    case path(String, MemberPath.Refusal)
    /// An entry is a device, a pipe or a socket.
    case node(path: String)
    /// An entry is a link where none may be, leads out of the archive, or holds content of its own.
    case link(path: String)
    /// An entry lies below another one that is no folder.
    case notBelowFolder(path: String, file: String)
    /// What stands in front of an entry is longer than ``ArchiveLimits/headerSize``.
    case headerTooLarge(entriesBefore: Int, limit: ByteCount)
    /// An entry holds more or fewer bytes than it states.
    case sizeDiffers(path: String, stated: ByteCount, found: ByteCount)
    /// An entry has holes.
    case sparse(path: String)
    /// A path stands in the archive twice, and not as a folder.
    case repeated(path: String)
    /// More entries than ``ArchiveLimits/entries``.
    case tooManyEntries(limit: Int)
    /// An entry larger than ``ArchiveLimits/entrySize``, or than the caller takes.
    case entryTooLarge(path: String, limit: ByteCount)
    /// More content than ``ArchiveLimits/totalSize``.
    case tooLarge(limit: ByteCount)
    /// More content for its size than ``ArchiveLimits/ratio``.
    case suspiciousRatio(limit: Int)
    /// What gives the bytes of the archive failed.
    case source(Diagnostic)
}
