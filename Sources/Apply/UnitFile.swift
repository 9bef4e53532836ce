import Values

/// The part of a systemd unit that enabling looks at (systemd.unit(5), "[INSTALL] SECTION OPTIONS").
struct UnitFile {
    private let name: String
    /// Units that want or require it, and other names.
    private var wantedBy: [String] = []
    private var requiredBy: [String] = []
    private var aliases: [String] = []

    init(name: String, text: [UInt8]) {
        self.name = name
        var isInstall = false
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let line = String(decoding: line, as: UTF8.self)
            if line.hasPrefix("[") {
                isInstall = line.hasPrefix("[Install]")
            } else if isInstall, let equals = line.firstIndex(of: "=") {
                let words = line[line.index(after: equals)...].split { $0 == " " || $0 == "\t" || $0 == "\r" }
                    .map(String.init)
                switch line[..<equals].filter({ $0 != " " }) {
                case "WantedBy": wantedBy += words
                case "RequiredBy": requiredBy += words
                case "Alias": aliases += words
                default: break
                }
            }
        }
    }

    /// The folders below the root where units are looked for, those of the administrator first.
    static let folders = [
        "etc/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system",
    ]

    /// The links that `systemctl enable` would make: place below the root.
    var links: [String] {
        wantedBy.map { "etc/systemd/system/\($0).wants/\(name)" }
            + requiredBy.map { "etc/systemd/system/\($0).requires/\(name)" }
            + aliases.map { "etc/systemd/system/\($0)" }
    }
}
