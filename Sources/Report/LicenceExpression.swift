/// A licence as makers declare it, and as an SPDX expression where it is one (SPDX 2.3, annex D).
struct LicenceExpression {
    /// The words as they stand.
    let text: String

    /// Longer ones are texts, not names.
    private static let longest = 200

    /// `nil` for what no label or annotation should hold: nothing, several lines, a whole text.
    init?(_ text: String?) {
        guard let text, !text.isEmpty, text.utf8.count <= Self.longest,
            text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
        else { return nil }
        self.text = text
    }

    /// The text, when every name in it stands in SPDX's list as far as it is known here; `nil` otherwise: nothing is guessed.
    var spdx: String? {
        let spaced = text.flatMap { "()".contains($0) ? " \($0) " : String($0) }
        var words = String(spaced).split(separator: " ").map(String.init)[...]
        return Self.expression(&words) && words.isEmpty ? text : nil
    }

    /// One licence alone, not an expression of several.
    var isSingle: Bool { Self.licences.contains(text) }

    private static func expression(_ words: inout ArraySlice<String>) -> Bool {
        guard term(&words) else { return false }
        while let joint = words.first, ["AND", "OR"].contains(joint) {
            words.removeFirst()
            guard term(&words) else { return false }
        }
        return true
    }

    private static func term(_ words: inout ArraySlice<String>) -> Bool {
        guard let word = words.popFirst() else { return false }
        if word == "(" { return expression(&words) && words.popFirst() == ")" }
        guard licences.contains(word) else { return false }
        guard words.first == "WITH" else { return true }
        words.removeFirst()
        return words.popFirst().map { exceptions.contains($0) } ?? false
    }

    private static let licences: Set<String> = [
        "0BSD", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-1.1", "Apache-2.0", "Artistic-2.0", "BSD-1-Clause",
        "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "BUSL-1.1", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "CDDL-1.0",
        "CDDL-1.1", "EPL-1.0", "EPL-2.0", "EUPL-1.2", "Elastic-2.0", "GPL-1.0-only", "GPL-1.0-or-later",
        "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "LGPL-2.0-only",
        "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT",
        "MIT-0", "MPL-1.1", "MPL-2.0", "NCSA", "OFL-1.1", "OpenSSL", "PSF-2.0", "PostgreSQL", "Python-2.0",
        "SSPL-1.0", "UPL-1.0", "Unlicense", "Vim", "Zlib", "curl",
    ]
    private static let exceptions: Set<String> = [
        "Classpath-exception-2.0", "GCC-exception-3.1", "LLVM-exception", "Linux-syscall-note",
    ]
}
