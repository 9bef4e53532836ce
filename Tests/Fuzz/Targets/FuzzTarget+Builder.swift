import Definition
import JSON
import LibYAML
import Posix
import Resolve
import Values

/// What an integrator and the makers of platforms write.
extension FuzzTarget {
    /// A definition over the compiled-in profiles; those that name other files are left out, since a fuzzer reads none.
    static let definition = FuzzTarget("definition") { bytes in
        let document = try YAMLDocument.parse(bytes, file: "fuzz.yaml")
        let keys = try document.reader.entries().map(\.key)
        guard !keys.contains(where: { $0.hasPrefix("extends") || $0 == "profiles" }) else { throw Refusal() }
        let definition = try Definition.parse(bytes, path: FilePath("/nonexistent/fuzz.yaml"))
        try hold(!definition.annotatedText.isEmpty, "a definition has no text")
        _ = definition.origins.canonical()
    }

    /// A profile.
    static let profile = FuzzTarget("profile") { bytes in
        let profile = try Profile(YAMLDocument.parse(bytes, file: "fuzz.yaml"))
        try hold(!profile.canonicalText.isEmpty, "a profile has no text")
    }

    /// A lock: what is accepted is the same lock, in the same bytes, after it was written and read again.
    static let lock = FuzzTarget("lock") { bytes in
        let lock = try Lock.parse(bytes, file: "fuzz.lock.yaml")
        let again = try mustRead("a lock that sealift wrote was refused") {
            try Lock.parse(Array(lock.text.utf8), file: "again.lock.yaml")
        }
        try hold(again == lock && again.text == lock.text, "a lock is another one after it was written")
    }

    /// A makers' checksum file, in both forms: a digest that is found stands in the text.
    static let checksums = FuzzTarget("checksums") { bytes in
        var found: [SHA256Digest] = []
        for form in ChecksumSource.Form.allCases {
            do throws(ChecksumFault) {
                found.append(try ChecksumFile.digest(of: "k3s", in: bytes, form: form))
            } catch { continue }
        }
        guard !found.isEmpty else { throw Refusal() }
        let words = bytes.split { !"0123456789abcdef".utf8.contains($0) }
        for digest in found {
            let stands = words.contains { $0.elementsEqual(digest.hex.utf8) }
            try hold(stands, "the digest \(digest.hex) does not stand in the checksum file")
        }
    }

    /// The index of a repository of charts: what it names has an address.
    static let chartIndex = FuzzTarget("chart-index") { bytes in
        let index = try ChartIndex(bytes, url: "https://charts.example/index.yaml")
        for chart in index.charts {
            try hold(!index.addresses(of: chart).contains(""), "the chart \(chart) has a version without an address")
        }
    }
}
