import Glibc
import Posix

/// The counts of a row of the test matrix: printed, and written where `SEALIFT_TALLY` says, for scripts/update-reliability.
public enum Tally {
    /// Whether the long campaigns are asked for.
    public static var isLong: Bool { System.environment("SEALIFT_LONG") != nil }

    /// One line: `reliability: C5 crash states 2412, failing 0`.
    public static func report(_ row: String, _ what: String, count: Int, failing: Int) {
        let line = "\(row)\t\(what)\t\(count)\t\(failing)\t\(isLong ? "long" : "fast")\n"
        // A test that cannot print its count has still counted.
        _ = Result { try StandardStream.errors.write(Array("reliability: \(line)".utf8)) }
        guard let path = System.environment("SEALIFT_TALLY") else { return }
        _ = Result { () throws(FileError) in
            try FileDescriptor.open(FilePath(path), .writeOnly, options: [.create, .append]).write(Array(line.utf8))
        }
    }
}
