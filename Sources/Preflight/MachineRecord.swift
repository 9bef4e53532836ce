public import Format
public import Values

/// What a machine tells, word for word, so that the rules of any bundle can be tried on it later and elsewhere
/// (docs/schema/survey.schema.json).
///
/// What was not written down is not known: a rule that asks for it says so.
public struct MachineRecord: MachineProbe, Hashable {
    /// The number of the document's form.
    static let format = 1

    /// What stands in one folder.
    typealias Folder = [String: PathKind]

    /// When it was written.
    public let now: Timestamp
    /// What uname(2) said.
    public let machineName, kernelRelease, hostName: String
    /// Who asked; an ordinary user sees less.
    public let userID: UInt32
    /// Processors that the program could use.
    public let processorCount: Int
    var texts: [String: String] = [:]
    /// By the words of the command.
    var outputs: [String: String] = [:]
    var folders: [String: Folder] = [:]
    var mounts: [MountSpace] = []
    /// What sealift had installed.
    public var receipts: [Receipt] = []

    /// It is.
    public var isRecorded: Bool { true }

    /// Whole, or cut to what rules read.
    public func text(_ path: String) -> String? { texts[path] }

    /// Commands that were run then.
    public func output(of command: [String]) -> String? { outputs[command.joined(separator: " ")] }

    /// Folders that were listed.
    public func names(in folder: String) -> [String]? { folders[folder]?.keys.sorted() }

    /// Listed folders tell what is in them and what is not; of all others nothing is known.
    public func kind(of path: String) -> PathKind {
        guard path != "/", folders[path] == nil else { return .directory }
        guard texts[path] == nil else { return .file }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let parent = slash == path.startIndex ? "/" : String(path[..<slash])
        if let listed = folders[parent] { return listed[String(path[path.index(after: slash)...])] ?? .absent }
        // Below what is not there, or is no folder, there is nothing.
        switch kind(of: parent) {
        case .absent, .file: return .absent
        case .directory, .link, .hidden: return .hidden
        }
    }

    /// The deepest mount on the way.
    public func space(of folder: MemberPath?) -> MountSpace? {
        let path = "/" + (folder?.text ?? "")
        return mounts.filter { path == $0.folder || path.hasPrefix($0.folder == "/" ? "/" : $0.folder + "/") }
            .max { $0.folder.utf8.count < $1.folder.utf8.count }
    }

    /// Those that were there.
    public var mountPoints: [String] { mounts.map(\.folder) }

    /// Processes are not written down.
    public func holders(of sockets: Set<UInt64>) -> [UInt64: String] { [:] }
    /// Not to be tried any more.
    public func attempt(on port: UInt16, _ transport: PortRange.Transport) -> PortAttempt? { nil }
    /// Not to be tried any more.
    public func writeLatencies(in folder: MemberPath?) -> [[UInt64]]? { nil }
    /// Sizes of folders are not written down.
    public func size(ofTree path: String) -> ByteCount? { nil }
}
