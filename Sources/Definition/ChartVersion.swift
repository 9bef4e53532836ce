/// The version of a chart (semver.org 2.0.0), with a leading `v` and missing numbers let pass, as Helm does.
public struct ChartVersion: Hashable, Sendable, CustomStringConvertible {
    /// As written.
    public let description: String
    /// Major, minor, patch.
    let numbers: [Int]
    /// The identifiers after `-`.
    let prerelease: [String]

    /// Takes `1.2.3`, `v1.2`, `1.2.3-rc.1+build`; `nil` for anything else.
    public init?(_ text: String) {
        let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
        let (rest, build) = Self.cut(bare, at: "+")
        let (core, prerelease) = Self.cut(rest, at: "-")
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard (1...3).contains(numbers.count), numbers.allSatisfy({ $0 != nil }) else { return nil }
        self.numbers = numbers.compactMap { $0 } + Array(repeating: 0, count: 3 - numbers.count)
        let identifiers = [prerelease, build].map { $0?.split(separator: ".", omittingEmptySubsequences: false) ?? [] }
        guard identifiers.joined().allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isIdentifierByte) }) else {
            return nil
        }
        self.prerelease = identifiers[0].map(String.init)
        description = text
    }

    /// Whether it is one that ranges pass over unless they name one themselves.
    public var isPrerelease: Bool { !prerelease.isEmpty }

    private static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 15, text.utf8.allSatisfy(isDigit) else { return nil }
        return Int(text)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}

extension ChartVersion: Comparable {
    /// Precedence by semver.org §11; versions that differ in their build only are in the order of their text.
    public static func < (left: ChartVersion, right: ChartVersion) -> Bool {
        switch precedence(left, right) {
        case 0: left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
        case let order: order < 0
        }
    }

    /// Negative, 0 or positive as `left` stands before, beside or after `right`.
    static func precedence(_ left: ChartVersion, _ right: ChartVersion) -> Int {
        for (first, second) in zip(left.numbers, right.numbers) where first != second {
            return first < second ? -1 : 1
        }
        switch (left.isPrerelease, right.isPrerelease) {
        case (false, false): return 0
        case (false, true): return 1
        case (true, false): return -1
        case (true, true): break
        }
        for (first, second) in zip(left.prerelease, right.prerelease) where first != second {
            return precedes(first, second) ? -1 : 1
        }
        return left.prerelease.count - right.prerelease.count
    }

    /// Numbers by value and before words, words by their bytes.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        switch (number(left[...]), number(right[...])) {
        case (let first?, let second?): first < second
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }
}
