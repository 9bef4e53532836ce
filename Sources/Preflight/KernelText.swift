/// Why something about a machine is not known.
struct Unreadable: Error, Hashable {
    /// In words, as they stand in a finding.
    let reason: String
}

/// A text of the kernel, as lines of words.
struct KernelText {
    /// Where it was read.
    let path: String
    /// Its lines, each with one word at least.
    let lines: [[Substring]]

    init(_ text: String, path: String) {
        self.path = path
        lines = text.split(separator: "\n").map { line in line.split(whereSeparator: isBlank) }.filter { !$0.isEmpty }
    }

    /// The refusal of one line, counted from 0.
    func refusal(_ index: Int) -> Unreadable {
        Unreadable(reason: "line \(index + 1) of \(path) is not understood")
    }

    /// Reads each line but the first `skipped`; one that is not understood makes all unknown, since it could be the one that counts.
    func map<Value>(skipping skipped: Int = 0, _ read: ([Substring]) -> Value?) throws(Unreadable) -> [Value] {
        var values: [Value] = []
        for (index, line) in lines.enumerated().dropFirst(skipped) {
            guard let value = read(line) else { throw refusal(index) }
            values.append(value)
        }
        return values
    }
}

extension Preflight {
    /// A text that every Linux has.
    func kernelText(_ path: String) throws(Unreadable) -> KernelText {
        guard let text = probe.text(path) else { throw Unreadable(reason: "\(path) does not tell") }
        return KernelText(text, path: path)
    }

    /// A text that is missing where the kernel was built without its subject; then it has no lines.
    func optionalKernelText(_ path: String) -> KernelText { KernelText(probe.text(path) ?? "", path: path) }
}

/// A number in decimal digits and nothing else.
func decimal(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
}

/// A number in exactly so many hexadecimal digits.
func hexadecimal<Number: FixedWidthInteger>(_ text: Substring, digits: Int, as type: Number.Type) -> Number? {
    guard text.utf8.count == digits, text.utf8.first != UInt8(ascii: "+"), text.utf8.first != UInt8(ascii: "-")
    else { return nil }
    return Number(text, radix: 16)
}
