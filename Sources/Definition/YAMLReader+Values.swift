import Format
import LibYAML
import OCI
import Values

/// What YAML texts of sealift say in values of ``Values``, ``Format`` and ``OCI``.
extension YAMLReader {
    /// Text that `make` takes.
    func value<Value>(_ expected: String, _ make: (String) -> Value?) throws(YAMLError) -> Value {
        guard let value = make(try string()) else { throw unexpected(expected) }
        return value
    }

    /// Permission bits in quotes or without: `0755`.
    func mode() throws(YAMLError) -> FileMode {
        try value("a mode of four octal digits such as 0644") { FileMode(octal: $0) }
    }

    func owner() throws(YAMLError) -> Owner {
        try value("an owner such as root:root") { Owner($0) }
    }

    /// A size such as `512 MiB`, or a plain number of bytes.
    func byteCount() throws(YAMLError) -> ByteCount {
        // A manifest holds no larger numbers (docs/format.md §3).
        guard let size = ByteCount(parsing: try scalarText()), size.bytes < 1 << 53 else {
            throw unexpected("a size such as 512 MiB or 1 GB")
        }
        return size
    }

    /// An absolute path on the machine, kept relative to its root folder.
    func destination() throws(YAMLError) -> MemberPath {
        let text = try string()
        guard text.hasPrefix("/"), let path = try? MemberPath(validating: String(text.dropFirst())) else {
            throw unexpected("an absolute path without `.` and `..` such as /etc/app/app.conf")
        }
        return path
    }

    /// An absolute path in words.
    func absolutePath() throws(YAMLError) -> String { "/" + (try destination()).text }

    /// The same, or `/` alone.
    func folderPath() throws(YAMLError) -> String { try string() == "/" ? "/" : try absolutePath() }

    func digest() throws(YAMLError) -> SHA256Digest {
        try value("sha256: and 64 lower-case hexadecimal digits") { SHA256Digest($0) }
    }

    func url() throws(YAMLError) -> String {
        try value("a URL such as https://example.org/file") { isURL($0) ? $0 : nil }
    }

    func timestamp() throws(YAMLError) -> Timestamp {
        try value("a time in UTC such as 2027-11-20T00:00:00Z") { Timestamp($0) }
    }

    func architecture() throws(YAMLError) -> Architecture { try choice() }

    func version() throws(YAMLError) -> Version { Version(try nonEmptyString()) }

    func image() throws(YAMLError) -> ImageReference {
        let text = try nonEmptyString()
        do throws(OCIError) { return try ImageReference(text) } catch {

            guard case .reference(_, let refusal) = error else {
                throw unexpected("an image such as ghcr.io/acme/app:1.2")
            }
            throw refused("\(refusal.reason); images are named like ghcr.io/acme/app:1.2")
        }
    }

    /// `os/arch` or `os/arch/variant`.
    func platform() throws(YAMLError) -> Platform {
        try value("a platform such as linux/arm64") { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            return Platform(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : "")
        }
    }

    /// A list of alternatives, or one.
    func versionRange() throws(YAMLError) -> VersionRange {
        let texts = isList ? try strings() : [try nonEmptyString()]
        guard let range = VersionRange(texts) else { throw unexpected("bounds such as `>=v1.30 <v1.34`") }
        return range
    }

    /// A text or number on one line: programs take no more as one setting, and a second line might be read as another.
    func lineText() throws(YAMLError) -> String {
        let text = try scalarText()
        guard text.isEmpty || VariableType.string.accepts(text) else {
            throw unexpected(VariableType.string.expectation)
        }
        return text
    }

    /// The names in a list, or one name.
    func names() throws(YAMLError) -> [String] { isList ? try strings() : [try nonEmptyString()] }
}

/// Whether `text` is an absolute URL of a scheme that sealift fetches.
private func isURL(_ text: String) -> Bool {
    guard let scheme = ["https://", "http://", "file://"].first(where: text.hasPrefix) else { return false }
    return text.utf8.count > scheme.utf8.count && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
}
