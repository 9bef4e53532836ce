public import Format
public import Values

/// Everything that rules want to know of a machine. Looks only, and never throws: what a machine does not tell is `nil`.
public protocol MachineProbe: Sendable {
    /// The text of a small file of the running kernel, such as `/proc/meminfo`.
    func text(_ path: String) -> String?
    /// What is at an absolute path below the target's root, a last link not followed.
    func kind(of path: String) -> PathKind
    /// What a program writes to standard output; `nil` when it is not there or fails.
    func output(of command: [String]) -> String?
    /// The file system that holds, or would hold, a folder below the target's root; `nil` for the root itself. `nil` when
    /// it cannot be told, be it for want of rights.
    func space(of folder: MemberPath?) -> MountSpace?
    /// The names in a folder of the running kernel, such as `/sys/class/net`.
    func names(in folder: String) -> [String]?
    /// What becomes of an attempt to have a port and to reach it; `nil` when that cannot be tried.
    func attempt(on port: UInt16, _ transport: PortRange.Transport) -> PortAttempt?
    /// How long small writes take to be on the disk of a folder below the target's root, in nanoseconds and in rounds. The one
    /// look that writes, and asked for by name only: into a file without a name, which is gone when it ends.
    func writeLatencies(in folder: MemberPath?) -> [[UInt64]]?
    /// What a folder and everything below it takes on its disk.
    func size(ofTree path: String) -> ByteCount?
    /// Where file systems of disks are mounted on the running machine.
    var mountPoints: [String] { get }
    /// Names of the programs that hold sockets, with their process numbers, as far as this user may see.
    func holders(of sockets: Set<UInt64>) -> [UInt64: String]
    /// What `uname -m` says of the target.
    var machineName: String { get }
    /// The number of who asks; 0 is root.
    var userID: UInt32 { get }
    /// What `uname -r` says.
    var kernelRelease: String { get }
    /// The host name.
    var hostName: String { get }
    /// Processors that this process may use.
    var processorCount: Int { get }
    /// The time of day.
    var now: Timestamp { get }
    /// Whether it told all this before, and may be another machine than this one.
    var isRecorded: Bool { get }
}

/// What stands at a path.
public enum PathKind: Hashable, Sendable {
    /// Nothing.
    case absent
    /// A regular file, or a device, pipe or socket.
    case file
    /// A folder.
    case directory
    /// A link, wherever it leads.
    case link
    /// Something that this user may not see.
    case hidden
}

extension MachineProbe {
    /// Asked now.
    public var isRecorded: Bool { false }

    /// Whether there is anything.
    ///
    /// - Throws: ``Unreadable`` when that cannot be seen.
    func exists(_ path: String) throws(Unreadable) -> Bool {
        switch kind(of: path) {
        case .absent: return false
        case .file, .directory, .link: return true
        case .hidden: throw Unreadable(reason: "\(path) cannot be looked at")
        }
    }
}

/// What became of an attempt to have a port.
public enum PortAttempt: Hashable, Sendable {
    /// It was free.
    case free
    /// Somebody has it.
    case held
    /// Nobody has it, and yet something answers there: the packet filter leads it elsewhere.
    case answered
}

/// How full one mount is and what it allows.
public struct MountSpace: Hashable, Sendable {
    /// Tells mounts apart.
    public var mount: UInt64
    /// The deepest folder that is there.
    public var folder: String
    /// Its size, and what an ordinary user may still fill.
    public var total, available: ByteCount
    /// Files that it can hold and can still take; `nil` where there is no limit.
    public var availableFiles: Int?
    /// Mounted for reading only; mounted so that no program starts from it; mounted nosuid.
    public var isReadOnly, isNoExec, isNoSUID: Bool
    /// `ext4`, `xfs`, `nfs`.
    public var type: String
    /// Whether its folders tell files from folders (`ftype=1` of XFS), which overlayfs needs; `nil` where it holds nothing to tell by.
    public var tellsKinds: Bool?
    /// Whether its disk rotates; `nil` when there is no disk, or it does not tell.
    public var isRotating: Bool?

    /// Takes all as they are.
    public init(
        mount: UInt64, folder: String, total: ByteCount, available: ByteCount, availableFiles: Int?,
        isReadOnly: Bool = false, isNoExec: Bool = false, isNoSUID: Bool = false, type: String = "ext4",
        tellsKinds: Bool? = nil, isRotating: Bool? = nil
    ) {
        self.mount = mount
        self.folder = folder
        self.total = total
        self.available = available
        self.availableFiles = availableFiles
        self.isReadOnly = isReadOnly
        self.isNoExec = isNoExec
        self.isNoSUID = isNoSUID
        self.type = type
        self.tellsKinds = tellsKinds
        self.isRotating = isRotating
    }
}
