import JSON
public import Values

/// A rule whose subject only a Windows machine shows (docs/format.md §10).
public enum WindowsRule: Hashable, Sendable {
    /// The edition is one of these, as `EditionID` in the registry names it, and the build is not older.
    case edition(editions: [String], build: Int)
    /// The system's licence is in force.
    case activation
    /// Optional features or capabilities that are there.
    case feature([String])
    /// Bytes of memory that nobody uses now.
    case freeMemory(minimum: ByteCount)
    /// The processor can run guests, and the firmware lets it.
    case virtualization
    /// A network adapter is up with an IPv4 address and a default gateway.
    case adapter
    /// No product is installed whose name begins so.
    case productAbsent([String])

    /// The word for the kind in a manifest.
    public var kindName: String {
        switch self {
        case .edition: "windows-edition"
        case .activation: "windows-activation"
        case .feature: "windows-feature"
        case .freeMemory: "free-memory"
        case .virtualization: "virtualization"
        case .adapter: "network-adapter"
        case .productAbsent: "product-absent"
        }
    }

    var members: [(String, JSONValue?)] {
        switch self {
        case .edition(let editions, let build): [("editions", strings(editions)), ("build", .integer(build))]
        case .feature(let features): [("features", strings(features))]
        case .freeMemory(let minimum): [("minimum", .integer(minimum.bytes))]
        case .productAbsent(let products): [("products", strings(products))]
        case .activation, .virtualization, .adapter: []
        }
    }

    /// The rule of this kind; `nil` for a kind that is none of these.
    static func read(_ kind: String, _ reader: JSONReader) throws(JSONError) -> WindowsRule? {
        switch kind {
        case "windows-edition":
            return .edition(
                editions: try reader.strings("editions"), build: try reader.integer("build", in: 1...Int.max))
        case "windows-activation": return .activation
        case "windows-feature": return .feature(try reader.strings("features"))
        case "free-memory": return .freeMemory(minimum: ByteCount(try reader.integer("minimum", in: 1...Int.max)))
        case "virtualization": return .virtualization
        case "network-adapter": return .adapter
        case "product-absent": return .productAbsent(try reader.strings("products"))
        default: return nil
        }
    }
}
