import CLinux
import Glibc

/// Standard output and standard error, which nobody owns and nobody closes.
public enum StandardStream: Int32, Sendable {
    /// Results.
    case output = 1
    /// Words for people.
    case errors = 2

    /// Writes all of `bytes`, in spite of signals and short writes.
    ///
    /// - Throws: ``FileError``; ``Errno/brokenPipe`` when the reader has gone.
    public func write(_ bytes: [UInt8]) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try doing("write to", path) { () throws(Errno) in
                try restarting {
                    unsafe rest.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress, $0.count) }
                }
            }
            rest = rest.dropFirst(Int(count))
        }
    }

    private var path: FilePath { self == .output ? "standard output" : "standard error" }
}
