public import Posix
import Reporting
public import Values

/// The installer that travels with a bundle: a static program for the bundle's architecture.
///
/// Read by the ELF specification (elf(5)): 64 bits, little-endian, no program interpreter.
public enum InstallerFile {
    /// Makes sure that `path` is an installer that will run on `architecture`.
    ///
    /// - Throws: ``ResolveError/installer(_:_:_:)``.
    public static func check(_ path: FilePath, for architecture: Architecture) throws(ResolveError) {
        do throws(InstallerFault) { try check(bytes(path), architecture) } catch {
            throw .installer(path, architecture, error)
        }
    }

    /// Header and program headers stand in front; linkers write a dozen of 56 bytes.
    private static let headLimit = 64 << 10

    private static func bytes(_ path: FilePath) throws(InstallerFault) -> [UInt8] {
        let found: [UInt8]?
        do throws(FileError) { found = try head(of: path) } catch {
            throw error.errno == .notFound ? .missing : .unreadable(error)
        }
        guard let found else { throw .notAFile }
        return found
    }

    /// The first bytes; `nil` when it is not a file.
    private static func head(of path: FilePath) throws(FileError) -> [UInt8]? {
        let file = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
        guard try file.information().kind == .file else { return nil }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: headLimit, alignment: 8)
        defer { unsafe block.deallocate() }
        let count = try unsafe file.readFully(into: block, at: 0)
        return unsafe Array(block[..<count])
    }

    private static func check(_ bytes: [UInt8], _ architecture: Architecture) throws(InstallerFault) {
        // ELFCLASS64, ELFDATA2LSB; ET_EXEC or ET_DYN.
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let type = number(bytes, 16, 2),
            (2...3).contains(type),
            let machine = number(bytes, 18, 2), let table = number(bytes, 32, 8), let size = number(bytes, 54, 2),
            let count = number(bytes, 56, 2), size >= 56
        else { throw .notAProgram }
        guard machine == machines[architecture] else {
            throw .otherMachine(machines.first { $0.value == machine }?.key.rawValue ?? "machine type \(machine)")
        }
        for index in 0..<count {
            guard table <= headLimit, let kind = number(bytes, table + index * size, 4) else { throw .notAProgram }
            guard kind != interpreter else { throw .dynamic }
        }
    }

    /// EM_X86_64, EM_AARCH64.
    private static let machines: [Architecture: Int] = [.amd64: 62, .arm64: 183]
    /// PT_INTERP.
    private static let interpreter = 3

    /// The little-endian number of `count` bytes at `offset`; `nil` past the end, and for one too large for an Int.
    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int? {
        guard offset + count <= bytes.count else { return nil }
        let value = bytes[offset..<offset + count].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: value)
    }
}

/// Why a file is no installer for an architecture.
public enum InstallerFault: Error, Hashable, Sendable {
    /// There is nothing of that name.
    case missing
    /// A folder or something else.
    case notAFile
    /// It cannot be read.
    case unreadable(FileError)
    /// No ELF program of 64 bits.
    case notAProgram
    /// A program for another machine; its name.
    case otherMachine(String)
    /// It needs an interpreter and libraries of the machine it runs on.
    case dynamic
}

extension InstallerFault {
    /// The fault in words. Exit code 2: another `--installer` mends it.
    func diagnostic(_ path: FilePath, _ architecture: Architecture) -> Diagnostic {
        Diagnostic(
            "cannot build for \(architecture.rawValue): \(reason(architecture))",
            details: [.init("installer", quoted(path.text))],
            next:
                "build it with scripts/build-installer --arch \(architecture.rawValue), or name one with --installer FILE",
            exitCode: .usage)
    }

    private func reason(_ architecture: Architecture) -> String {
        switch self {
        case .missing: "there is no installer for it"
        case .notAFile: "what should be its installer is not a file"
        case .unreadable(let error): "its installer cannot be read: \(error.errno.text)"
        case .notAProgram: "what should be its installer is no Linux program"
        case .otherMachine(let name): "the installer is for \(name)"
        case .dynamic: "the installer is not static, so that it would not run on every machine"
        }
    }
}
