import Glibc

/// The counts of a row of the test matrix: printed, and written where `SEALIFT_TALLY` says, for scripts/update-reliability.
public enum Tally {
    /// Whether the long campaigns are asked for.
    public static var isLong: Bool { variable("SEALIFT_LONG") != nil }

    /// One line of tab-separated fields: `reliability: C5 crash states 2412 0 fast`. Equal rows and words are added up.
    public static func report(_ row: String, _ what: String, count: Int, failing: Int) {
        let line = "\(row)\t\(what)\t\(count)\t\(failing)\t\(isLong ? "long" : "fast")\n"
        append("reliability: " + line, to: STDERR_FILENO)
        guard let path = variable("SEALIFT_TALLY") else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { fatalError("cannot write counts to \(path)") }
        append(line, to: file)
        close(file)
    }

    /// In one call, so that lines of several tests do not mix.
    private static func append(_ text: String, to file: Int32) {
        let bytes = Array(text.utf8)
        guard write(file, bytes, bytes.count) == bytes.count else { fatalError("cannot write the count \(text)") }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
