public import LibCrypto
public import Posix
public import Values

/// Where the passphrase of a private key comes from. Never the command line: every user of the machine can read that.
public enum PassphraseSource {
    /// Nobody knows one; an encrypted key is refused.
    case none
    /// Asks a person, naming the key file; `nil` when there is no terminal.
    case prompt((FilePath) -> SecretBytes?)
    /// Reads one line from an inherited descriptor, which is then closed.
    case descriptor(Int32)
    /// Reads the first line of a file that only its owner may see.
    case file(FilePath)

    /// The longest passphrase, as in `openssl`.
    public static let limit = ByteCount(1_024)

    /// The passphrase for `key`, without its line end.
    ///
    /// - Parameter user: Who runs this program.
    /// - Throws: ``SignError``.
    public func passphrase(for key: FilePath, user: UInt32) throws(SignError) -> SecretBytes? {
        switch self {
        case .none: return nil
        case .prompt(let ask): return ask(key)
        case .descriptor(let number):
            let file = FileDescriptor(owning: number, path: FilePath("descriptor \(number)"))
            return try Self.firstLine(of: file)
        case .file(let path):
            let file = try PrivateFile.open(path, user: user)
            return try Self.firstLine(of: file)
        }
    }

    private static func firstLine(of file: borrowing FileDescriptor) throws(SignError) -> SecretBytes {
        let path = file.path
        let line = try attempt { () throws(FileError) in
            try unsafe SecretBytes(capacity: limit.bytes + 1) { memory throws(FileError) in
                let count = try unsafe readLine(from: file, into: memory)
                return count
            }
        }
        guard line.count <= limit.bytes else { throw .tooLong(path, limit: limit) }
        guard line.count > 0 else { throw .emptyPassphrase(path) }
        return line
    }

    /// Reads to the line end, which it does not count, or to the end, or until `memory` is full.
    private static func readLine(
        from file: borrowing FileDescriptor, into memory: UnsafeMutableRawBufferPointer
    ) throws(FileError) -> Int {
        var count = 0
        while count < memory.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            let more = try unsafe file.read(into: rest)
            if let end = unsafe rest[..<more].firstIndex(of: UInt8(ascii: "\n")) { return count + end }
            guard more > 0 else { break }
            count += more
        }
        return count
    }
}
