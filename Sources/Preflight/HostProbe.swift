public import Posix
public import Values

/// The machine that this program runs on; files and space below a root of choice.
public struct HostProbe: MachineProbe {
    private let root: FilePath
    /// Files of /proc and /sys; a kernel's configuration has 300 KiB, modules.dep of a distribution 800.
    private static let limit = ByteCount.mebibytes(4)

    /// - Parameter root: `/`, or the root of an image.
    public init(root: FilePath) { self.root = root }

    /// Reads the file on the running machine, whatever the root.
    public func text(_ path: String) -> String? {
        value { () throws(FileError) in
            String(decoding: try Files.read(FilePath(path), limit: Self.limit), as: UTF8.self)
        }
    }

    /// Looks below the root; links on the way are followed, since this only looks.
    public func exists(_ path: String) -> Bool {
        value { () throws(FileError) in try Files.exists(root.appending(String(path.drop { $0 == "/" }))) } ?? false
    }

    /// Runs the program for at most ten seconds.
    public func output(of command: [String]) -> String? {
        guard let program = command.first else { return nil }
        let outcome = value { () throws(FileError) in
            try Subprocess.run(program, Array(command.dropFirst()), timeLimit: 10)
        }
        guard let outcome, outcome.isSuccess else { return nil }
        return outcome.outputText
    }

    /// Asks the file system of the deepest folder on the way that is there, and names it by the folder it is mounted on.
    public func space(of folder: MemberPath?) -> MountSpace? {
        var path = folder.map { root.appending($0) } ?? root
        while path != root, measured(path) == nil { path = path.parent }
        guard var space = measured(path) else { return nil }
        while path != root, let above = measured(path.parent), above.mount == space.mount {
            path = path.parent
            space.folder = above.folder
        }
        return space
    }

    private func measured(_ path: FilePath) -> MountSpace? {
        value { () throws(FileError) in
            let handle = try DirectoryHandle.open(path)
            let found = try handle.statistics()
            let below = path.bytes.dropFirst(root == "/" ? 0 : root.bytes.count)
            return MountSpace(
                mount: try handle.mountID(), folder: below.isEmpty ? "/" : String(decoding: below, as: UTF8.self),
                total: found.total, available: found.available,
                availableFiles: found.totalFiles == 0 ? nil : found.availableFiles, isReadOnly: found.isReadOnly,
                isNoExec: found.isNoExec)
        }
    }

    /// The running machine's, or that of an image, told by the program that starts its programs.
    public var machineName: String {
        guard root != "/" else { return System.machine }
        for name in ["usr/bin/sh", "bin/sh", "usr/bin/env", "sbin/init"] {
            if let machine = elfMachine(root.appending(name)) { return machine }
        }
        return System.machine
    }

    /// The field e_machine of an ELF file (elf(5)): 62 is x86-64, 183 is AArch64.
    private func elfMachine(_ path: FilePath) -> String? {
        let header = value { () throws(FileError) in
            var header = [UInt8](repeating: 0, count: 20)
            let file = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
            let count = try unsafe header.withMutableBytes { (bytes) throws(FileError) in
                try unsafe file.readFully(into: bytes)
            }
            return Array(header[..<count])
        }
        guard let header, header.count == 20, header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
        return [62: "x86_64", 183: "aarch64"][Int(header[18]) | Int(header[19]) << 8]
    }

    /// uname(2).
    public var kernelRelease: String { System.kernelRelease }
    /// uname(2).
    public var hostName: String { System.hostName }
    /// sched_getaffinity(2).
    public var processorCount: Int { Workers.processorCount }
    /// clock_gettime(2).
    public var now: Timestamp { System.now() }

    /// What cannot be looked at is not known.
    private func value<Value>(_ body: () throws(FileError) -> Value) -> Value? {
        do throws(FileError) { return try body() } catch { return nil }
    }
}
