public import Values

/// A file of a payload of plain files: the bytes of an entry under a name that any medium and system takes (docs/format.md §8.3).
public enum PlainFile {
    /// The folder of the bundle that holds them.
    public static let folder = "payload"
    /// The longest path of an entry: with the folders that a system puts before it, Windows' 260 characters suffice.
    public static let maximumPath = 160
    /// The largest file that FAT32 takes. Larger ones are no mistake, but need another file system.
    public static let fat32Limit = ByteCount((4 << 30) - 1)

    /// The name in SHA256SUMS of the file with the bytes of the entry at `path`.
    public static func name(of path: MemberPath) -> String { folder + "/" + path.text }

    /// Whether `name` is the name of such a file.
    public static func isName(_ name: String) -> Bool { name.hasPrefix(folder + "/") }

    /// Why an entry cannot be called `path`; `nil` when it can.
    ///
    /// Each component must be one of SHA256SUMS' segments, and none that Windows reads as something else: a device such as
    /// `NUL` or `com1.txt`, or a name with a dot at its end, which it drops ("Naming Files, Paths, and Namespaces").
    public static func refusal(of path: MemberPath) -> String? {
        guard path.text.utf8.count <= maximumPath else { return "is longer than \(maximumPath) bytes" }
        for component in path.text.utf8.split(separator: UInt8(ascii: "/")) {
            guard SHA256Sums.isSegment(component) else {
                return "has a name of other signs than letters, digits, `.`, `_`, `-` and `+`"
            }
            guard component.last != UInt8(ascii: ".") else { return "has a name that ends with a dot" }
            guard !isDevice(component) else { return "has a name that Windows keeps for a device" }
        }
        return nil
    }

    private static func isDevice(_ component: Substring.UTF8View) -> Bool {
        var base = ""
        for byte in component.prefix(while: { $0 != UInt8(ascii: ".") }) {
            base.unicodeScalars.append(Unicode.Scalar(isUpper(byte) ? byte + 32 : byte))
        }
        if ["con", "prn", "aux", "nul"].contains(base) { return true }
        guard base.utf8.count == 4, base.hasPrefix("com") || base.hasPrefix("lpt") else { return false }
        return base.utf8.last.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }
}

extension Manifest {
    /// The bytes of the payload as they are stored: of volumes, or of plain files.
    public var payloadSize: ByteCount {
        target.os.takesPlainFiles
            ? entries.reduce(0) { $0 + ($1.content?.size ?? 0) } : volumes.reduce(0) { $0 + $1.size }
    }

    /// What the payload is made of, in words: `3 volumes`, `12 plain files`.
    public var parts: String {
        let isPlain = target.os.takesPlainFiles
        let count = isPlain ? entries.count { $0.content != nil } : volumes.count
        return "\(count) " + (isPlain ? "plain file" : "volume") + (count == 1 ? "" : "s")
    }
}
