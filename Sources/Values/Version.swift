/// A release tag such as `v1.31.4+k3s1`, ordered as its makers order it.
///
/// Grammar: optional `v`, numbers joined by `.`, optional `-` pre-release, optional `+` build. Numbers compare by value; a
/// pre-release sorts below the release; builds compare part by part with numbers by value, so `+k3s2` < `+k3s10`. (Plain
/// SemVer ignores the build, which K3s and k0s use for re-releases.) What is equal so far is ordered by its text, so that
/// two spellings never tie.
public struct Version: Hashable, Sendable {
    /// The text as written.
    public let text: String

    /// Takes any text; what follows no grammar compares by what can be made of it.
    public init(_ text: String) { self.text = text }

    /// Major, minor, patch and so on, up to the first part that is no number; one too large for `Int` is `Int.max`.
    public var numbers: [Int] { digits.map { Int(String($0)) ?? .max } }

    /// `v1.31` for `v1.31.4+k3s1`; `nil` with fewer than two numbers.
    public var minorLine: String? {
        let parts = digits
        guard parts.count >= 2 else { return nil }
        return "\(text.hasPrefix("v") ? "v" : "")\(parts[0]).\(parts[1])"
    }

    /// Whether a `-` suffix stands before any `+`.
    public var isPrerelease: Bool { prerelease != nil }

    /// Whether both are the same bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8)
    }

    private var body: Substring { text.hasPrefix("v") ? text.dropFirst() : text[...] }
    private var build: Substring { body.split(separator: "+", maxSplits: 1).dropFirst().first ?? "" }
    private var beforeBuild: Substring { body.prefix { $0 != "+" } }
    private var prerelease: Substring? { beforeBuild.split(separator: "-", maxSplits: 1).dropFirst().first }

    /// The numbers as they are spelled.
    private var digits: [Substring] {
        let parts = beforeBuild.prefix { $0 != "-" }.split(separator: ".", omittingEmptySubsequences: false)
        return Array(parts.prefix { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) })
    }
}

extension Version: CustomStringConvertible {
    /// The text as written.
    public var description: String { text }
}

extension Version: Comparable {
    /// Whether `left` is the older one.
    public static func < (left: Self, right: Self) -> Bool {
        switch compare(left, right) {
        case let order where order != 0: order < 0
        default: left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        }
    }

    /// Negative, zero or positive, as in strcmp(3).
    private static func compare(_ left: Self, _ right: Self) -> Int {
        let (a, b) = (left.digits, right.digits)
        for index in 0..<max(a.count, b.count) {
            let order = compareNumbers(index < a.count ? a[index] : "0", index < b.count ? b[index] : "0")
            if order != 0 { return order }
        }
        switch (left.prerelease, right.prerelease) {
        case (.some, nil): return -1
        case (nil, .some): return 1
        case (let x?, let y?):
            let order = compareNaturally(x, y)
            if order != 0 { return order }
        case (nil, nil): break
        }
        return compareNaturally(left.build, right.build)
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// Digits of any length by their value.
private func compareNumbers(_ left: Substring, _ right: Substring) -> Int {
    let (a, b) = (left.drop { $0 == "0" }, right.drop { $0 == "0" })
    if a.utf8.count != b.utf8.count { return a.utf8.count - b.utf8.count }
    return compareBytes(a, b)
}

private func compareBytes(_ left: Substring, _ right: Substring) -> Int {
    if left.utf8.elementsEqual(right.utf8) { return 0 }
    return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
}

/// Run by run: digits by value and before everything else, the others by bytes; the shorter of two like ones first.
private func compareNaturally(_ left: Substring, _ right: Substring) -> Int {
    let (a, b) = (runs(left), runs(right))
    for (x, y) in zip(a, b) {
        let order =
            switch (x.utf8.first.map(isDigit) ?? false, y.utf8.first.map(isDigit) ?? false) {
            case (true, true): compareNumbers(x, y)
            case (true, false): -1
            case (false, true): 1
            case (false, false): compareBytes(x, y)
            }
        if order != 0 { return order }
    }
    return a.count - b.count
}

/// `text` cut where digits begin or end.
private func runs(_ text: Substring) -> [Substring] {
    var found: [Substring] = []
    var rest = text
    while let first = rest.utf8.first {
        let run = Substring(rest.utf8.prefix { isDigit($0) == isDigit(first) })
        found.append(run)
        rest = rest[run.endIndex...]
    }
    return found
}
