import Definition
import JSON
import Posix

/// `sealift lock --show`: what a definition says once all is put together, and what its lock pins. Reads only.
struct LockShow {
    private let definition: Definition
    private let path: FilePath
    private let lock: Lock?

    init(_ definition: Definition) throws {
        self.definition = definition
        path = Lock.path(for: definition.path)
        lock = try Lock.load(path)
    }

    private var isCurrent: Bool { lock?.isCurrent(for: definition) ?? false }

    func print(_ console: Console) throws {
        try console.result(json, text: text)
    }

    private var text: String {
        let heading = "# \(definition.path), with the place of each value\n"
        return heading + definition.annotatedText + "\n" + lockText
    }

    private var lockText: String {
        guard let lock else { return "# \(path) is not there yet: sealift lock \(definition.path)\n" }
        return "# \(path), \(isCurrent ? "current" : "made of another definition or profile")\n" + lock.text
    }

    private var json: JSONValue {
        [
            "definition": .string(definition.path.text), "values": definition.origins,
            "lock": [
                "path": .string(path.text), "current": .bool(isCurrent), "content": lock?.json ?? .null,
            ],
        ]
    }
}
