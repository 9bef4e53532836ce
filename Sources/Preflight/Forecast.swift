import Format
import JSON
public import Values

/// What becomes of one mount.
public struct Forecast: Hashable, Sendable {
    /// Where it is mounted.
    public let folder: String
    /// What an ordinary user may still fill now.
    public let available: ByteCount
    /// What is laid; of what is there already, what it replaces or removes afterwards; what is copied before; what stays free.
    public let laid, old, copied, reserve: ByteCount
    /// What the platform takes there later, as somebody estimates it.
    public let estimate: ByteCount

    /// For a program, in bytes.
    var json: JSONValue {
        [
            "mount": .string(folder), "available": .integer(available.bytes), "laid": .integer(laid.bytes),
            "old": .integer(old.bytes), "copied": .integer(copied.bytes), "reserve": .integer(reserve.bytes),
            "estimate": .integer(estimate.bytes),
        ]
    }
}

extension Preflight {
    func forecast(_ need: Need) -> Forecast {
        Forecast(
            folder: need.space.folder, available: need.space.available, laid: need.bytes, old: need.old,
            copied: need.copied, reserve: Self.reserve(of: need.space), estimate: estimate(at: need.space.mount))
    }

    /// All that is estimated for one mount together.
    func estimate(at mount: UInt64) -> ByteCount {
        var total = ByteCount(0)
        for requirement in manifest.requirements where requirement.roles.includes(role) {
            guard case .growth(let path, let estimate) = requirement.rule else { continue }
            if probe.space(of: memberPath(path))?.mount == mount { total += estimate }
        }
        return total
    }
}
