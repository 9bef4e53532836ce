/// A relative path inside a bundle's payload or below a target root: components joined by `/`.
///
/// Valid UTF-8, at most 1 024 bytes and 64 components of 255 bytes; no empty, `.` or `..` component, no backslash, no
/// control byte. Compared and ordered by bytes, never by Unicode equivalence (docs/format.md §6).
public struct MemberPath: Hashable, Sendable {
    /// The text as written.
    public let text: String

    /// The longest path, in bytes.
    public static let maximumLength = 1_024
    /// The most components.
    public static let maximumDepth = 64
    /// The longest component, in bytes (NAME_MAX).
    public static let maximumComponent = 255

    /// Why a text is not a member path.
    public enum Refusal: Error, Hashable, Sendable {
        case empty, absolute, emptyComponent, dotComponent, backslash, controlByte, tooLong, tooDeep, notUTF8
    }

    /// - Throws: ``Refusal``, the first that applies.
    public init(validating text: String) throws(Refusal) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.first != UInt8(ascii: "/") else { throw .absolute }
        guard text.utf8.count <= Self.maximumLength else { throw .tooLong }
        for byte in text.utf8 {
            guard byte != UInt8(ascii: "\\") else { throw .backslash }
            guard byte >= 0x20, byte != 0x7F else { throw .controlByte }
        }
        let components = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard components.count <= Self.maximumDepth else { throw .tooDeep }
        for component in components {
            guard !component.isEmpty else { throw .emptyComponent }
            guard component.count <= Self.maximumComponent else { throw .tooLong }
            guard !component.elementsEqual(".".utf8), !component.elementsEqual("..".utf8) else { throw .dotComponent }
        }
        self.text = text
    }

    /// - Throws: ``Refusal``; `.notUTF8` when `bytes` are not well-formed UTF-8.
    public init(validating bytes: some Collection<UInt8>) throws(Refusal) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        try self.init(validating: text)
    }

    /// A name of our own making: that it is refused is our mistake, not anybody's input.
    public init(own text: String) {
        do throws(Refusal) { try self.init(validating: text) } catch {
            fatalError("our own name \(text) is refused: \(error)")
        }
    }

    /// The components, first to last.
    public var components: [String] {
        text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    }

    /// The last component.
    public var name: String { components[components.count - 1] }

    /// The path without its last component; `nil` for a single component.
    public var parent: MemberPath? {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return MemberPath(unchecked: String(text[..<slash]))
    }

    /// All proper ancestors, outermost first.
    public var ancestors: [MemberPath] {
        var found: [MemberPath] = []
        var next = parent
        while let path = next {
            found.append(path)
            next = path.parent
        }
        return found.reversed()
    }

    private init(unchecked text: String) { self.text = text }

    /// Whether both are the same bytes; the first comparison is fast, and the second sees through canonical equivalence.
    public static func == (left: Self, right: Self) -> Bool {
        left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Feeds the text to `hasher`. Canonically equivalent paths hash alike, which is allowed.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension MemberPath: Comparable {
    /// Byte order, the order of entries in a bundle.
    public static func < (left: Self, right: Self) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }
}

extension MemberPath: CustomStringConvertible {
    /// The text as written.
    public var description: String { text }
}
