import Values

/// One `-----BEGIN label-----` block (RFC 7468). Its content is held as a secret: it may be a private key.
struct PEMBlock {
    let label: String
    /// `DEK-Info` of a block encrypted in the old way (RFC 1421 §4.6.1.3), which OpenSSL 0.9 wrote.
    let legacyEncryption: String?
    let content: SecretBytes

    /// The most text that is looked at; the longest key that sealift takes has 400 bytes.
    static let limit = ByteCount.kibibytes(64)

    /// The only block of `text` with the label that `wanted` accepts.
    ///
    /// `EC PARAMETERS` beside it are passed over: `openssl ecparam -genkey` writes them in front of every key.
    static func only(in text: UnsafeRawBufferPointer, labelled wanted: [String]) throws(CryptoError) -> PEMBlock {
        guard text.count <= limit.bytes else { throw .tooLong(found: ByteCount(text.count), limit: limit) }
        var blocks = try unsafe all(in: text)
        blocks.removeAll { $0.label == "EC PARAMETERS" }
        guard let block = blocks.first else { throw .notPEM }
        guard blocks.count == 1 else { throw .severalBlocks(labels: blocks.map { $0.label }) }
        guard wanted.contains(block.label) else { throw .unexpectedLabel(found: block.label, wanted: wanted[0]) }
        return block
    }

    /// The blocks of `text`, at least one, all with the label `wanted`.
    static func every(in text: UnsafeRawBufferPointer, labelled wanted: String) throws(CryptoError) -> [PEMBlock] {
        guard text.count <= limit.bytes else { throw .tooLong(found: ByteCount(text.count), limit: limit) }
        let blocks = try unsafe all(in: text)
        guard !blocks.isEmpty else { throw .notPEM }
        for block in blocks where block.label != wanted {
            throw .unexpectedLabel(found: block.label, wanted: wanted)
        }
        return blocks
    }

    /// All blocks of `text`; explanatory text around them is allowed (RFC 7468 §2).
    private static func all(in text: UnsafeRawBufferPointer) throws(CryptoError) -> [PEMBlock] {
        var blocks: [PEMBlock] = []
        var open: Draft?
        for line in unsafe lines(of: text) {
            guard var draft = open else {
                open = unsafe label(of: text[line], after: "-----BEGIN ").map { Draft(label: $0) }
                continue
            }
            if let label = unsafe label(of: text[line], after: "-----END ") {
                guard label == draft.label else { throw .malformedPEM(label: draft.label) }
                blocks.append(try unsafe draft.finish(text))
                open = nil
            } else {
                unsafe draft.take(text[line], at: line)
                open = draft
            }
        }
        if let open { throw .malformedPEM(label: open.label) }
        return blocks
    }

    /// The lines as ranges, without line ends and blanks at the end.
    private static func lines(of text: UnsafeRawBufferPointer) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        while start < text.count {
            let end = unsafe text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            var last = end
            while last > start, unsafe blanks.contains(text[last - 1]) { last -= 1 }
            lines.append(start..<last)
            start = end + 1
        }
        return lines
    }

    /// Carriage return, space and tab.
    private static let blanks: [UInt8] = [0x0D, 0x20, 0x09]

    private static func label(of line: Slice<UnsafeRawBufferPointer>, after start: String) -> String? {
        guard let text = unsafe String(validating: line, as: UTF8.self), text.hasPrefix(start), text.hasSuffix("-----"),
            text.utf8.count >= start.utf8.count + 5
        else { return nil }
        return String(text.dropFirst(start.utf8.count).dropLast(5))
    }
}

extension PEMBlock {
    /// A block whose end has not been seen.
    private struct Draft {
        let label: String
        var legacyEncryption: String?
        var lines: [Range<Int>] = []

        init(label: String) { self.label = label }

        /// A header line of RFC 1421 or a line of Base64. Which of both it is shows in the colon.
        mutating func take(_ line: Slice<UnsafeRawBufferPointer>, at range: Range<Int>) {
            guard unsafe line.contains(UInt8(ascii: ":")) else {
                lines.append(range)
                return
            }
            let header = unsafe String(decoding: line, as: UTF8.self)
            if header.hasPrefix("DEK-Info: ") { legacyEncryption = String(header.dropFirst(10)) }
        }

        func finish(_ text: UnsafeRawBufferPointer) throws(CryptoError) -> PEMBlock {
            let capacity = lines.reduce(0) { $0 + $1.count } / 4 * 3 + 3
            let content = try unsafe SecretBytes(capacity: capacity) { memory throws(CryptoError) in
                var count = 0
                let characters = unsafe lines.lazy.flatMap { unsafe text[$0] }
                let isBase64 = unsafe Base64.decode(characters) { byte in
                    unsafe memory[count] = byte
                    count += 1
                }
                guard isBase64 else { throw .malformedPEM(label: label) }
                return count
            }
            return PEMBlock(label: label, legacyEncryption: legacyEncryption, content: content)
        }
    }
}

extension PEMBlock {
    /// Calls `emit` with the text of one block: lines of 64 characters (RFC 7468 §2).
    static func write(_ content: UnsafeRawBufferPointer, labelled label: String, emit: (UInt8) -> Void) {
        "-----BEGIN \(label)-----\n".utf8.forEach(emit)
        var column = 0
        unsafe Base64.encode(content) { character in
            emit(character)
            column += 1
            if column == 64 {
                emit(UInt8(ascii: "\n"))
                column = 0
            }
        }
        if column > 0 { emit(UInt8(ascii: "\n")) }
        "-----END \(label)-----\n".utf8.forEach(emit)
    }
}
