import Values

/// A YAML document: its root node and the text it came from.
public struct YAMLDocument: Sendable {
    /// The outermost node.
    public let root: YAMLNode
    /// The text, for errors.
    public let source: YAMLSource

    /// A reader over the whole document.
    public var reader: YAMLReader { YAMLReader(root, in: source) }

    /// Parses a text that holds exactly one document.
    ///
    /// - Parameters:
    ///   - bytes: The text, UTF-8 with or without byte order mark.
    ///   - file: Its name as errors shall show it.
    /// - Throws: ``YAMLError`` for the first thing that is wrong.
    public static func parse(
        _ bytes: [UInt8], file: String, limits: YAMLLimits = .standard
    ) throws(YAMLError) -> YAMLDocument {
        let documents = try parseStream(bytes, file: file, limits: limits)
        guard let first = documents.first else { throw .empty(file: file) }
        if documents.count > 1 {
            throw .severalDocuments(first.source.location(of: documents[1].root.mark))
        }
        return first
    }

    /// Parses a text of any number of documents between `---` lines, such as a Kubernetes manifest. Empty ones are left out.
    ///
    /// - Throws: ``YAMLError`` for the first thing that is wrong.
    public static func parseStream(
        _ bytes: [UInt8], file: String, limits: YAMLLimits = .standard
    ) throws(YAMLError) -> [YAMLDocument] {
        guard bytes.count <= limits.size.bytes else {
            throw .tooLarge(file: file, size: ByteCount(bytes.count), limit: limits.size)
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let source = YAMLSource(file: file, bytes: text)
        if let offset = firstInvalidByte(of: text) { throw .notUTF8(source.location(ofByte: offset)) }
        var builder = NodeBuilder(text, source: source, limits: limits)
        return try builder.documents().map { YAMLDocument(root: $0, source: source) }
    }

    /// The offset of the first byte that is not well-formed UTF-8.
    private static func firstInvalidByte(of bytes: [UInt8]) -> Int? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var offset = 0
        var decoder = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }
}
