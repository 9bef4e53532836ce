public import Reporting

/// A mapping whose keys are all known to its reader.
public struct YAMLMap: Sendable {
    private let reader: YAMLReader
    private let entries: [YAMLEntry]
    private let known: [String]

    init(_ reader: YAMLReader, entries: [YAMLEntry], known: [String]) {
        self.reader = reader
        self.entries = entries
        self.known = known
    }

    /// The value of `key`; `nil` when the mapping has no such key.
    public func optional(_ key: String) -> YAMLReader? {
        precondition(known.contains(key), "\(key) is read but not among the known keys")
        return entries.first { $0.key == key }.map { reader.child($0) }
    }

    /// The value of `key`.
    public func required(_ key: String) throws(YAMLError) -> YAMLReader {
        guard let value = optional(key) else { throw .missingKey(key, reader.location, place: reader.place) }
        return value
    }

    /// Whether the mapping has `key`.
    public func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// The keys present, in the order written.
    public var keys: [String] { entries.map(\.key) }

    /// An error about `key`, which must not stand here.
    public func refused(_ key: String, _ reason: String) -> YAMLError {
        let mark = entries.first { $0.key == key }?.keyMark ?? reader.node.mark
        return .refused(
            reader.source.location(of: mark), place: reader.place, what: "the key \(quoted(key))", reason: reason)
    }
}

extension YAMLReader {
    /// The mapping, every key of which is among `known`.
    public func map(_ known: [String]) throws(YAMLError) -> YAMLMap {
        let entries = try mappingEntries()
        for entry in entries where !known.contains(entry.key) {
            throw .unknownKey(entry.key, source.location(of: entry.keyMark), place: place, known: known)
        }
        return YAMLMap(self, entries: entries, known: known)
    }

    /// The entries of a mapping whose keys are names that the writer chose.
    public func entries() throws(YAMLError) -> [(key: String, location: SourceLocation, value: YAMLReader)] {
        try mappingEntries().map { ($0.key, source.location(of: $0.keyMark), child($0)) }
    }

    private func mappingEntries() throws(YAMLError) -> [YAMLEntry] {
        guard case .mapping(let entries) = node.kind else { throw unexpected("a map of `key: value`") }
        return entries
    }

    func child(_ entry: YAMLEntry) -> YAMLReader {
        YAMLReader(entry.value, in: source, place: place.isEmpty ? entry.key : "\(place).\(entry.key)")
    }
}
