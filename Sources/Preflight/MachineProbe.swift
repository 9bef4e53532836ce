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
    /// Mounted for reading only; mounted so that no program starts from it.
    public var isReadOnly, isNoExec: Bool

    /// Takes all as they are.
    public init(
        mount: UInt64, folder: String, total: ByteCount, available: ByteCount, availableFiles: Int?,
        isReadOnly: Bool = false, isNoExec: Bool = false
    ) {
        self.mount = mount
        self.folder = folder
        self.total = total
        self.available = available
        self.availableFiles = availableFiles
        self.isReadOnly = isReadOnly
        self.isNoExec = isNoExec
    }
}
