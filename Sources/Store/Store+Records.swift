import LibCrypto
import Posix
public import Values

extension Store {
    /// 16 MiB: the most that a record holds; larger things are content.
    public static let recordLimit = ByteCount.mebibytes(16)

    /// What was last kept under this name; `nil` when there is nothing, or only what a power cut left of it.
    ///
    /// - Parameters:
    ///   - kind: What it is, a word of `a-z`, `0-9` and `-`.
    ///   - key: What tells it from others of its kind, any text.
    public func record(kind: String, key: String) throws(StoreError) -> [UInt8]? {
        let path = recordPath(kind, key)
        let stored: [UInt8]
        do throws(FileError) {
            stored = try Files.read(path, limit: Self.recordLimit + ByteCount(SHA256Digest.byteCount))
        } catch {
            guard error.errno == .notFound else { throw .file(error) }
            return nil
        }
        guard stored.count >= SHA256Digest.byteCount else { return nil }
        let body = Array(stored[SHA256Digest.byteCount...])
        return SHA256Digest.of(body).bytes == Array(stored[..<SHA256Digest.byteCount]) ? body : nil
    }

    /// Keeps `bytes` under this name in the place of what was there. Readers see the old or the new bytes, never a mixture.
    ///
    /// - Precondition: At most ``recordLimit``.
    public func setRecord(_ bytes: [UInt8], kind: String, key: String) throws(StoreError) {
        precondition(bytes.count <= Self.recordLimit.bytes, "a record is small")
        let path = recordPath(kind, key)
        try filing { () throws(FileError) in
            try Files.makeDirectories(path.parent)
            let temporary = path.parent.appending("new.\(try Self.randomName())")
            do throws(FileError) {
                let file = try FileDescriptor.open(temporary, .writeOnly, options: [.create, .exclusive])
                try file.write(SHA256Digest.of(bytes).bytes + bytes)
                try Files.rename(temporary, to: path)
            } catch {
                try? Files.remove(temporary)  // the first error is the one to tell
                throw error
            }
        }
    }

    private func recordPath(_ kind: String, _ key: String) -> FilePath {
        let isWord =
            !kind.isEmpty
            && kind.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        precondition(isWord, "the kind of a record is a plain word")
        return records.appending(kind).appending(SHA256Digest.of(Array(key.utf8)).hex)
    }
}
