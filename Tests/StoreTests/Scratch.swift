import Glibc
import Posix
import Store
import Values

/// A folder of its own, removed at the end.
final class Scratch {
    let path: FilePath

    init(in parent: String = "/tmp") {
        var template = Array("\(parent)/sealift-store.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no scratch folder") }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit {
        let folder = try? DirectoryHandle.open(path.parent)
        if let name = try? MemberPath(validating: path.lastComponent) { try? folder?.removeTree(name) }
    }

    func file(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
        let file = path.appending(name)
        try Files.replace(file, with: bytes)
        return file
    }
}

extension Store {
    /// Every file below the root but the lock, as relative paths.
    var everything: [String] {
        get throws { try Self.files(below: root, prefix: "").filter { $0 != "lock" } }
    }

    private static func files(below folder: FilePath, prefix: String) throws -> [String] {
        try DirectoryHandle.open(folder).entries().flatMap { name in
            let path = folder.appending(name)
            guard try Files.information(path)?.kind == .directory else { return [prefix + name] }
            return try files(below: path, prefix: prefix + name + "/")
        }
    }
}

extension ContentSink {
    func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }
}

/// `count` bytes that do not repeat soon.
func pattern(_ count: Int, seed: UInt8 = 1) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) &+ seed }
}
