public import Posix
import Values

/// What a machine is called by its maker and by its site, in the order in which a file of values is looked for.
public struct MachineNames: Hashable, Sendable {
    /// One of its names.
    public struct Name: Hashable, Sendable {
        /// What it is: `product serial`, `host name`.
        public let kind: String
        /// The name as a file can have it: every character but A-Z, a-z, 0-9, `.`, `_` and `-` is a `-`.
        public let text: String
    }

    /// The best first; none twice.
    public let all: [Name]

    /// The names that the machine tells.
    ///
    /// - Parameters:
    ///   - root: `/`, below which `sys` is; another folder for tests.
    ///   - hostName: As hostname(1) prints it.
    public init(root: FilePath, hostName: String?) {
        var names: [Name] = []
        func add(_ kind: String, _ text: String?) {
            guard let text, let name = Self.fileName(text), !names.contains(where: { $0.text == name }) else { return }
            names.append(Name(kind: kind, text: name))
        }
        for (kind, path) in Self.serials {
            guard let text = Self.text(root.appending(path)), !Self.isPlaceholder(text) else { continue }
            add(kind, text)
        }
        add("host name", hostName)
        all = names
    }

    /// Where the kernel shows what the maker engraved: DMI (readable by root only), and the device tree of boards without it.
    private static let serials = [
        ("product serial", "sys/class/dmi/id/product_serial"), ("board serial", "sys/class/dmi/id/board_serial"),
        ("device tree serial", "sys/firmware/devicetree/base/serial-number"),
    ]

    private static func text(_ path: FilePath) -> String? {
        let read = Result { () throws(FileError) in try Files.read(path, limit: .kibibytes(4)) }
        guard case .success(let bytes) = read else { return nil }
        let blank: (UInt8) -> Bool = { $0 <= 0x20 || $0 == 0x7F }
        let inner = bytes.drop(while: blank).reversed().drop(while: blank).reversed()
        return inner.isEmpty ? nil : String(decoding: Array(inner), as: UTF8.self)
    }

    /// What makers leave in the field when they forget it: many machines have it alike.
    private static func isPlaceholder(_ text: String) -> Bool {
        let words = text.lowercased()
        guard let first = words.utf8.first, !words.utf8.allSatisfy({ $0 == first }) else { return true }
        return placeholders.contains(words)
    }

    private static let placeholders: Set<String> = [
        "to be filled by o.e.m.", "default string", "system serial number", "base board serial number", "none", "n/a",
        "not specified", "not applicable", "not available", "unknown", "invalid", "empty", "oem", "o.e.m.",
        "123456789", "0123456789", "1234567890",
    ]

    private static func fileName(_ text: String) -> String? {
        let bytes = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                byte
            default: UInt8(ascii: "-")
            }
        }
        guard let first = bytes.first, first != UInt8(ascii: "."), bytes.count <= 200 else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
