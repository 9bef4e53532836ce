import Reporting
public import Values

/// A path as the kernel sees it: bytes, no encoding promised, never NUL when used.
///
/// For places that people name: definitions, media, caches. Below a target root use ``DirectoryHandle``, never joined text.
public struct FilePath: Hashable, Sendable {
    /// The bytes, without a trailing `/` (except for the root itself).
    public let bytes: [UInt8]

    /// Takes the UTF-8 bytes of `text`.
    public init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    /// Takes any bytes; trailing slashes are dropped.
    public init(bytes: [UInt8]) {
        let end = bytes.lastIndex { $0 != Self.slash }.map { $0 + 1 } ?? min(bytes.count, 1)
        self.bytes = Array(bytes[..<end])
    }

    private static let slash = UInt8(ascii: "/")
}

extension FilePath {
    /// This path with `component`, one name or several joined by `/`, after it.
    public func appending(_ component: String) -> FilePath {
        guard !bytes.isEmpty else { return FilePath(component) }
        let joint = bytes.last == Self.slash ? [] : [Self.slash]
        return FilePath(bytes: bytes + joint + Array(component.utf8))
    }

    /// This path with `member` after it.
    public func appending(_ member: MemberPath) -> FilePath { appending(member.text) }

    /// The name after the last `/`; `/` for the root; bytes that are not UTF-8 are replaced by U+FFFD.
    public var lastComponent: String {
        guard let slash = bytes.lastIndex(of: Self.slash), bytes.count > 1 else { return text }
        return String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    }

    /// What stands before the last component: `/` for the root and its children, `.` for a single name (dirname(3)).
    public var parent: FilePath {
        guard let slash = bytes.lastIndex(of: Self.slash) else { return "." }
        return slash == 0 ? "/" : FilePath(bytes: Array(bytes[..<slash]))
    }

    /// Whether it starts at the root.
    public var isAbsolute: Bool { bytes.first == Self.slash }

    /// The path as text, nothing escaped; bytes that are not UTF-8 are replaced by U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Gives the path to C as a NUL-terminated string.
    ///
    /// - Throws: ``Errno/invalid`` when a NUL is inside, so that no C function sees a shorter path than we checked.
    func withCPath<Result>(_ body: (UnsafePointer<CChar>) throws(Errno) -> Result) throws(Errno) -> Result {
        try unsafe withCName(bytes, body)
    }
}

extension FilePath: ExpressibleByStringLiteral {
    /// Takes the UTF-8 bytes of `value`.
    public init(stringLiteral value: String) { self.init(value) }
}

extension FilePath: CustomStringConvertible {
    /// For messages: control bytes, quotes and backslashes are escaped.
    public var description: String { String(quoted(text).dropFirst().dropLast()) }
}

/// Gives `bytes` to C as a NUL-terminated string.
///
/// - Throws: ``Errno/invalid`` when a NUL is inside, ``Errno/notFound`` when there are none (as the kernel says).
func withCName<Result>(
    _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(Errno) -> Result
) throws(Errno) -> Result {
    guard !bytes.contains(0) else { throw .invalid }
    let terminated = bytes.map { CChar(truncatingIfNeeded: $0) } + [0]  // CChar has no sign on arm64
    return try unsafe terminated.withUnsafeBufferPointer { (buffer) throws(Errno) in
        guard let name = buffer.baseAddress else { throw .invalid }
        return try unsafe body(name)
    }
}
