public import Posix
public import Values

/// The machine that this program runs on; files and space below a root of choice.
public struct HostProbe: MachineProbe {
    let root: FilePath
    /// Files of /proc and /sys: modules.dep has 1 MiB, a busy machine's /proc/net/tcp some.
    private static let limit = ByteCount.mebibytes(64)
    /// The usual folders of programs; the caller's PATH is not asked.
    package static let programFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// - Parameter root: `/`, or the root of an image. In an image links are not followed: they would lead to this machine.
    public init(root: FilePath) { self.root = root }

    var isRunning: Bool { root == "/" }

    /// Reads the file on the running machine, whatever the root.
    public func text(_ path: String) -> String? {
        value { () throws(FileError) in
            String(decoding: try Files.read(FilePath(path), limit: Self.limit), as: UTF8.self)
        }
    }

    /// Looks below the root.
    public func kind(of path: String) -> PathKind {
        do throws(FileError) {
            guard let member = memberPath(path) else { return .directory }  // the root itself
            let found =
                isRunning
                ? try Files.information(root.appending(member))
                : try DirectoryHandle.open(root).information(of: member)
            switch found?.kind {
            case nil: return .absent
            case .file, .other: return .file
            case .directory: return .directory
            case .link: return .link
            }
        } catch { return error.isAbsence ? .absent : .hidden }
    }

    /// Runs the program for at most ten seconds, in an environment that has nothing of the caller's.
    public func output(of command: [String]) -> String? {
        guard let program = command.first else { return nil }
        let outcome = value { () throws(FileError) -> Subprocess.Outcome? in
            for folder in Self.programFolders where try Files.exists(FilePath(folder).appending(program)) {
                return try Subprocess.run(
                    "\(folder)/\(program)", Array(command.dropFirst()),
                    environment: [
                        "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1",
                        "PATH": Self.programFolders.joined(separator: ":"),
                    ], timeLimit: 10)
            }
            return nil
        }
        guard let outcome = outcome ?? nil, outcome.isSuccess else { return nil }
        return outcome.outputText
    }

    /// Programs that most images have, as files and not as links.
    private static let usualPrograms = [
        "usr/bin/env", "usr/bin/bash", "usr/bin/dash", "bin/busybox", "bin/bash", "usr/lib/systemd/systemd",
    ].compactMap(memberPath)

    /// The running machine's, or that of an image, told by its programs; of a root without programs, the running machine's.
    public var machineName: String {
        (isRunning ? nil : Self.usualPrograms.lazy.compactMap(elfMachine).first) ?? System.machine
    }

    /// The field e_machine of an ELF file (elf(5)): 62 is x86-64, 183 is AArch64.
    private func elfMachine(_ path: MemberPath) -> String? {
        let header = value { () throws(FileError) in
            var header = [UInt8](repeating: 0, count: 20)
            let file = try DirectoryHandle.open(root).openFile(path, .readOnly)
            let count = try unsafe header.withMutableBytes { (bytes) throws(FileError) in
                try unsafe file.readFully(into: bytes)
            }
            return Array(header[..<count])
        }
        guard let header, header.count == 20, header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
        return [62: "x86_64", 183: "aarch64"][Int(header[18]) | Int(header[19]) << 8]
    }

    /// geteuid(2).
    public var userID: UInt32 { System.userID }
    /// uname(2).
    public var kernelRelease: String { System.kernelRelease }
    /// uname(2).
    public var hostName: String { System.hostName }
    /// sched_getaffinity(2).
    public var processorCount: Int { Workers.processorCount }
    /// clock_gettime(2).
    public var now: Timestamp { System.now() }

    /// What cannot be looked at is not known.
    func value<Value>(_ body: () throws(FileError) -> Value) -> Value? {
        do throws(FileError) { return try body() } catch { return nil }
    }
}

extension FileError {
    /// Whether the file is not there, be it for want of its folder.
    var isAbsence: Bool { errno == .notFound || errno == .notDirectory }
}
