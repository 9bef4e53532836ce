import Format
public import JSON
import Posix
import Values

extension Plan {
    /// The plan for a program: `bundle`, `role`, `root`, `items`, `users`, `steps`, `skipped`, `bytes`, `unchanged`, `upgrade`, `copies`, `keepsImages`.
    public var json: JSONValue {
        [
            "bundle": [
                "name": .string(bundle.name.description), "version": .string(bundle.version.description),
                "sequence": .integer(bundle.sequence), "sha256": .string(bundle.digest.hex),
            ],
            "role": .string(role), "root": .string(root.path.text), "items": .array(items.map(\.json)),
            "users": .array(users.map { .string($0.name) }),
            "steps": .array(steps.map { $0.planJSON(isRunning: root.isRunning) }),
            "skipped": .array(skipped.map { $0.planJSON(isRunning: true) }), "bytes": .integer(bytes.bytes),
            "unchanged": .bool(isUnchanged), "upgrade": .bool(isUpgrade), "keepsImages": .bool(keepsImages),
            "copies": .array(
                copies.map { ["path": .string("/" + $0.path.text), "bytes": .integer($0.bytes.bytes)] }),
        ]
    }
}

extension Plan.Item {
    var json: JSONValue {
        [
            "path": .string("/" + path.text), "kind": .string(kind), "action": .string(action.rawValue),
            "note": note.map { .string($0) } ?? .null,
        ]
    }
}

extension Step {
    fileprivate func planJSON(isRunning: Bool) -> JSONValue {
        .array(row(isRunning: isRunning).map { .string($0) })
    }
}
