import Format
import LibCrypto
import Posix
import Store
import Testing
import Values

/// Takes something away at the end of a test; what cannot be taken away is a failure of it.
func clearing(_ body: () throws -> Void) {
    do { try body() } catch { Issue.record(error) }
}

/// A folder of its own for one test, removed in the end.
final class Scratch {
    let path: FilePath

    init() throws {
        path = FilePath("/tmp/sealift-assemble-\(try System.randomName())")
        try Files.makeDirectories(path)
    }

    deinit { clearing { try Files.removeTree(path) } }

    func folder(_ name: String) throws -> FilePath {
        try Files.makeDirectories(path.appending(name))
        return path.appending(name)
    }
}

extension Store {
    /// Takes bytes in, for items.
    func add(_ bytes: [UInt8]) throws -> Content {
        let stored = try ingest(bytes)
        return Content(size: stored.size, digest: stored.digest)
    }

    /// What a disk that forgets makes of content.
    func damage(_ digest: SHA256Digest, to bytes: [UInt8]) throws { try Files.replace(path(of: digest), with: bytes) }
}

/// Bytes that look like nothing and are always the same (SplitMix64).
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        withUnsafeBytes(of: &word) { bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(count))
}

func path(_ text: String) -> MemberPath {
    do { return try MemberPath(validating: text) } catch { fatalError("\(text): \(error)") }
}
