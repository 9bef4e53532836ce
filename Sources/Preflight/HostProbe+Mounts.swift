import Posix
public import Values

extension HostProbe {
    /// Asks the file system of the deepest folder on the way that is there, and names it by the folder it is mounted on.
    public func space(of folder: MemberPath?) -> MountSpace? {
        var next = folder
        while true {
            do throws(FileError) { return named(try measured(next), from: next) } catch {
                guard error.isAbsence, let missing = next else { return nil }
                next = missing.parent
            }
        }
    }

    /// Goes up as long as the mount stays the same. Any of the folders may tell what an empty one does not.
    private func named(_ space: MountSpace, from folder: MemberPath?) -> MountSpace {
        var (space, next) = (space, folder)
        while let folder = next {
            let above = value { () throws(FileError) in try measured(folder.parent) }
            guard let above, above.mount == space.mount else { break }
            space.folder = above.folder
            space.tellsKinds = space.tellsKinds ?? above.tellsKinds
            next = folder.parent
        }
        space.isRotating = rotation(of: space.mount)
        return space
    }

    private func measured(_ folder: MemberPath?) throws(FileError) -> MountSpace {
        let handle = try open(folder)
        let found = try handle.statistics()
        return MountSpace(
            mount: try handle.mountID(), folder: "/" + (folder?.text ?? ""), total: found.total,
            available: found.available, availableFiles: found.totalFiles == 0 ? nil : found.availableFiles,
            isReadOnly: found.isReadOnly, isNoExec: found.isNoExec, isNoSUID: found.isNoSUID, type: found.type,
            tellsKinds: value { () throws(FileError) in try handle.tellsKinds() } ?? nil)
    }

    func open(_ folder: MemberPath?) throws(FileError) -> DirectoryHandle {
        guard let folder, !isRunning else { return try DirectoryHandle.open(folder.map { root.appending($0) } ?? root) }
        return try DirectoryHandle.open(root).open(folder)
    }

    /// What the queue of a mount's disk says (sysfs). A partition has its disk above it; where the number is none of a device, as
    /// with btrfs, the mount's source names it.
    private func rotation(of mount: UInt64) -> Bool? {
        for line in mountLines where line[0] == String(mount) {
            let source = line[line.count - 2].split(separator: "/")
            var places = ["/sys/dev/block/\(line[2])"]
            if source.first == "dev", let name = source.last { places.append("/sys/class/block/\(name)") }
            for place in places {
                let text = self.text("\(place)/queue/rotational") ?? self.text("\(place)/../queue/rotational")
                if let text { return text.hasPrefix("1") }
            }
        }
        return nil
    }

    /// Lines of mountinfo (proc_pid_mountinfo(5)): number, parent, device, root, mount point, …, `-`, type, source, options.
    private var mountLines: [[Substring]] {
        KernelText(text("/proc/self/mountinfo") ?? "", path: "").lines.filter { $0.count >= 10 }
    }

    /// Those whose source is a device, and the root.
    public var mountPoints: [String] {
        let points = mountLines.filter { $0[4] == "/" || $0[$0.count - 2].hasPrefix("/dev/") }
            .map { String($0[4]) }.filter { kind(of: $0) == .directory }
        return Set(points).sorted()
    }

    /// Adds up the blocks of all files; what cannot be looked at makes the whole unknown.
    public func size(ofTree path: String) -> ByteCount? {
        guard let member = memberPath(path) else { return nil }
        return value { () throws(FileError) -> ByteCount? in
            guard let about = try open(nil).information(of: member) else { return nil }
            return about.kind == .directory ? try blocks(below: try open(member)) : about.allocated
        } ?? nil
    }

    private func blocks(below folder: borrowing DirectoryHandle) throws(FileError) -> ByteCount {
        var total = ByteCount(0)
        for name in try folder.entries() {
            guard let member = memberPath(name), let about = try folder.information(of: member) else { continue }
            total += about.allocated
            if about.kind == .directory { total += try blocks(below: try folder.open(member)) }
        }
        return total
    }

    /// The names in a folder of the running machine.
    public func names(in folder: String) -> [String]? {
        value { () throws(FileError) in try DirectoryHandle.open(FilePath(folder)).entries() }
    }
}
