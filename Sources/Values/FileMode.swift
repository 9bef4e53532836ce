/// Permission bits of a file or directory, `0000` to `0777`. Set-user-id, set-group-id and sticky bits do not exist
/// in a bundle (docs/format.md §6).
public struct FileMode: Hashable, Sendable {
    /// The nine bits as chmod(2) takes them.
    public let bits: UInt16

    /// `nil` when any bit above `0777` is set.
    public init?(bits: UInt16) {
        guard bits <= 0o777 else { return nil }
        self.bits = bits
    }

    /// Takes `0` and three octal digits: `0755`; `nil` for any other text.
    public init?(octal text: some StringProtocol) {
        guard text.utf8.count == 4, text.hasPrefix("0"), text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        guard let bits = UInt16(text, radix: 8) else { return nil }
        self.init(bits: bits)
    }

    /// `rw-r--r--`: what anyone may read.
    public static let file = Self(0o644)
    /// `rwxr-xr-x`: programs and folders.
    public static let executable = Self(0o755)
    /// `rw-------`: what only its owner may read.
    public static let secret = Self(0o600)
    /// `rwx------`: a folder only its owner may enter.
    public static let secretDirectory = Self(0o700)

    private init(_ bits: UInt16) { self.bits = bits }
}

extension FileMode: CustomStringConvertible {
    /// `0` and three octal digits.
    public var description: String {
        let digits = String(bits, radix: 8)
        return String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}
