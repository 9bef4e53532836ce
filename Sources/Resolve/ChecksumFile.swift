package import Definition
package import Values

/// A makers' checksum file.
package enum ChecksumFile {
    /// The digest that `bytes` give for `name`.
    package static func digest(
        of name: String, in bytes: [UInt8], form: ChecksumSource.Form
    ) throws(ChecksumFault) -> SHA256Digest {
        switch form {
        case .sums: try sums(name, bytes)
        case .bare: try bare(bytes)
        }
    }

    /// `^([0-9a-f]{64}) [ *](.+)$`, the name compared whole: `k3s` is the beginning of every other name in its file.
    private static func sums(_ name: String, _ bytes: [UInt8]) throws(ChecksumFault) -> SHA256Digest {
        var found: [(digest: SHA256Digest, line: Int)] = []
        var names: [String] = []
        for (number, line) in lines(bytes).enumerated() {
            if let entry = Entry(line) {
                names.append(entry.name)
                if entry.name == name { found.append((entry.digest, number + 1)) }
            } else if line.hasSuffix(" " + name) || line.hasSuffix("*" + name) {
                throw .malformed(line: number + 1)
            }
        }
        guard let first = found.first else { throw .noLine(names: names) }
        guard let other = found.first(where: { $0.digest != first.digest }) else { return first.digest }
        throw .contradiction(lines: [first.line, other.line])
    }

    /// One digest, and nothing after it but a name or white space.
    private static func bare(_ bytes: [UInt8]) throws(ChecksumFault) -> SHA256Digest {
        let written = lines(bytes).enumerated().filter { $0.element.contains { $0 != " " && $0 != "\t" } }
        guard let line = written.first else { throw .noLine(names: []) }
        let words = line.element.split { $0 == " " || $0 == "\t" }
        guard written.count == 1, words.count <= 2, let digest = SHA256Digest(hex: String(words[0])) else {
            throw .malformed(line: (written.count == 1 ? line : written[1]).offset + 1)
        }
        return digest
    }

    /// The lines without their ends, be they of Unix or of Windows; what is no UTF-8 is replaced, and matches nothing.
    private static func lines(_ bytes: [UInt8]) -> [Substring] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            let isWindows = line.last == UInt8(ascii: "\r")
            return Substring(decoding: isWindows ? line.dropLast() : line, as: UTF8.self)
        }
    }

    /// One line as `sha256sum` writes it: two blanks, or a blank and `*` for `sha256sum -b`.
    private struct Entry {
        let digest: SHA256Digest
        let name: String

        init?(_ line: Substring) {
            let bytes = line.utf8
            guard let digest = SHA256Digest(hex: String(line.prefix(64))), bytes.count > 66,
                bytes.dropFirst(64).first == UInt8(ascii: " "),
                bytes.dropFirst(65).first.map({ " *".utf8.contains($0) }) == true
            else { return nil }
            self.digest = digest
            name = String(line.dropFirst(66))
        }
    }
}
