import Format
import LibArchive
import Posix
import Reporting
import Values
import Verify

/// libarchive's opinion of a payload: it must see exactly the entries that the manifest lists.
///
/// Our own reader computes headers and compares; this one parses them, and knows nothing of our code.
enum IndependentJudge {
    /// Reads the volumes as one zstd-compressed tar.
    ///
    /// - Throws: ``Diagnostic`` (damaged) for the first difference.
    static func read(_ bundle: VerifiedBundle) throws {
        let stream = PayloadStream(of: bundle)
        // The sizes are signed and were just counted: no ratio is suspicious any more.
        let limits = ArchiveLimits(
            entries: Manifest.maximumEntries, entrySize: Content.maximumSize, totalSize: Content.maximumSize,
            ratio: .max)
        var reader = try ArchiveReader(accepting: .tar, filters: .zstd, limits: limits) { try stream.read(into: $0) }
        for entry in bundle.manifest.entries {
            guard let found = try reader.next() else { throw difference("ends before", entry) }
            let name = entry.path.text + (entry.isDirectory ? "/" : "")
            guard found.path == Array(name.utf8), found.size == entry.content?.size ?? 0 else {
                throw difference("differs at", entry)
            }
        }
        guard try reader.next() == nil else {
            throw Diagnostic(
                "libarchive finds more in the payload than the manifest lists",
                next: "report this to who built the bundle",
                exitCode: .damaged)
        }
    }

    private static func difference(_ what: String, _ entry: Entry) -> Diagnostic {
        Diagnostic(
            "libarchive's reading of the payload \(what) \(quoted(entry.path.text))",
            next: "report this to who built the bundle",
            exitCode: .damaged)
    }
}
