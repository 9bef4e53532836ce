import Format
import Preflight
import Values

/// A machine made of texts: what a test does not say is not told.
struct PlayedProbe: MachineProbe {
    var texts: [String: String] = [:]
    /// Files.
    var paths: Set<String> = []
    /// Other things than files.
    var kinds: [String: PathKind] = [:]
    /// Whether no mount tells.
    var hidesMounts = false
    var outputs: [String: String] = [:]
    var root = MountSpace(
        mount: 1, folder: "/", total: .gibibytes(10), available: .gibibytes(5), availableFiles: 10_000)
    /// Other mounts by the folder they are on.
    var mounts: [String: MountSpace] = [:]
    var machineName = "x86_64"
    var userID: UInt32 = 0
    var kernelRelease = "6.1.0-18-amd64"
    var hostName = "node1"
    var processorCount = 4
    var now = Timestamp(seconds: 1_763_700_000)

    /// Names in folders.
    var folders: [String: [String]] = [:]
    /// What attempts on ports come to.
    var attempts: [UInt16: PortAttempt] = [:]
    /// Times of writes.
    var latencies: [[UInt64]]?
    var treeSizes: [String: ByteCount] = [:]
    var mountPoints: [String] { ["/"] + mounts.keys.sorted() }

    /// What is said, or what else stands below.
    func names(in folder: String) -> [String]? {
        if let names = folders[folder] { return names }
        guard kinds[folder] != .file else { return nil }
        let prefix = folder == "/" ? "/" : folder + "/"
        let below = (Array(paths) + kinds.keys).filter { $0.hasPrefix(prefix) && $0 != folder }
        let names = Set(below.map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) })
        return names.isEmpty && kinds[folder] != .directory ? nil : names.sorted()
    }
    func attempt(on port: UInt16, _ transport: PortRange.Transport) -> PortAttempt? { attempts[port] }
    func writeLatencies(in folder: MemberPath?) -> [[UInt64]]? { latencies }
    func size(ofTree path: String) -> ByteCount? { treeSizes[path] }

    /// Who holds which socket.
    var holders: [UInt64: String] = [:]

    func holders(of sockets: Set<UInt64>) -> [UInt64: String] { holders.filter { sockets.contains($0.key) } }
    func text(_ path: String) -> String? { texts[path] }
    func kind(of path: String) -> PathKind { kinds[path] ?? (paths.contains(path) ? .file : .absent) }
    func output(of command: [String]) -> String? { outputs[command.joined(separator: " ")] }
    func space(of folder: MemberPath?) -> MountSpace? {
        guard !hidesMounts else { return nil }
        guard let folder else { return root }
        for candidate in ([folder] + folder.ancestors.reversed()) {
            if let mount = mounts["/" + candidate.text] { return mount }
        }
        return root
    }
}

extension PlayedProbe {
    /// Has SELinux say `1` for enforcing, `0` for not.
    mutating func enforces(_ text: String) {
        paths.insert("/sys/fs/selinux/enforce")
        texts["/sys/fs/selinux/enforce"] = text
    }
}
