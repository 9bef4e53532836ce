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
