import LibArchive
import OCI
import Registry
import Values

/// What servers deliver.
extension FuzzTarget {
    /// The documents of a registry; the first byte, a digit, says which.
    static let registry = FuzzTarget("registry") { bytes in
        let text = Array(bytes.dropFirst())
        switch bytes.first.map({ Int($0) - 0x30 }) {
        case 0: try readDocument(text)
        case 1: try readReference(text)
        case let number? where ForeignText.allCases.indices.contains(number - 2):
            guard ForeignText.allCases[number - 2].read(text) != nil else { throw Refusal() }
        default: throw Refusal()
        }
    }

    /// An index or a manifest, by the digest of its own bytes.
    private static func readDocument(_ bytes: [UInt8]) throws {
        let descriptor = try ImageDocument.describe(bytes, contentType: nil)
        let document = try ImageDocument.read(bytes, as: descriptor)
        try hold(document.descriptor == descriptor, "a document has another descriptor than it was read by")
        var graph = ImageGraph(root: descriptor)
        try graph.add(bytes, for: descriptor)
        if case .manifest(let manifest) = document { try manifest.requireImage() }
    }

    private static func readReference(_ bytes: [UInt8]) throws {
        let reference = try ImageReference(String(decoding: bytes, as: UTF8.self))
        let again = try mustRead("a reference was refused in its own words") {
            try ImageReference(reference.description)
        }
        try hold(again == reference, "\(reference) names another image")
    }

    /// Assertions of a snap store: one that is read alone is read alike in a stream.
    static let assertion = FuzzTarget("assertion") { bytes in
        guard let assertions = parsed(bytes, Assertion.parseStream) else { throw Refusal() }
        for assertion in assertions { _ = ForeignText.assertionKey.read(assertion.body) }
        guard let alone = parsed(bytes, { bytes throws(AssertionFault) in [try Assertion.parse(bytes)] }) else {
            return
        }
        try hold(alone == assertions, "an assertion is read in two ways")
        let twice = parsed(Assertion.stream([bytes, bytes]), Assertion.parseStream)
        try hold(twice == alone + alone, "an assertion reads differently in a stream")
    }

    private static func parsed(
        _ bytes: [UInt8], _ parse: ([UInt8]) throws(AssertionFault) -> [Assertion]
    ) -> [Assertion]? {
        do throws(AssertionFault) { return try parse(bytes) } catch { return nil }
    }

    /// A foreign archive, any format and filter that sealift accepts: the limits hold whatever it says.
    static let archive = FuzzTarget("archive") { bytes in
        let limits = ArchiveLimits(entries: 64, entrySize: .kibibytes(256), totalSize: .mebibytes(1))
        var reader = try ArchiveReader(
            bytes: bytes, accepting: [.tar, .zip], filters: [.gzip, .zstd, .xz, .bzip2], limits: limits)
        var total = 0
        while let entry = try reader.next() {
            let content = try reader.content(limit: limits.entrySize)
            total += content.count
            let isWhole = entry.kind != .file || entry.size.map { $0.bytes == content.count } ?? true
            try hold(isWhole, "an entry of another size than it says")
        }
        try hold(total <= limits.totalSize.bytes, "an archive gave \(total) bytes")
        try hold(reader.entryCount <= limits.entries, "an archive gave \(reader.entryCount) entries")
        guard reader.entryCount > 0 else { throw Refusal() }
    }
}
