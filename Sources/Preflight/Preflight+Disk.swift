import Format
import Values

/// Rules on the disk behind a folder.
extension Preflight {
    /// The mount of a folder and what the bundle needs on it.
    func mount(of path: String) throws(Unreadable) -> (space: MountSpace, need: Need?) {
        let folder = memberPath(path)
        guard folder != nil || path == "/", let space = probe.space(of: folder) else {
            throw Unreadable(reason: "the file system of \(path) does not tell")
        }
        return (space, needs.first { $0.space.mount == space.mount })
    }

    /// What is available at the mount of `path` when the bundle is laid.
    func disk(_ path: String, _ minimum: ByteCount) throws(Unreadable) -> Finding.Measurement {
        let left = try left(path)
        return judged(left.bytes >= minimum, "\(left.bytes.formatted) at \(left.folder)")
    }

    private func left(_ path: String) throws(Unreadable) -> (bytes: ByteCount, folder: String) {
        let (space, need) = try mount(of: path)
        let taken = (need?.bytes ?? 0) + (need?.copied ?? 0)
        return (ByteCount(max(0, space.available.bytes - taken.bytes)), space.folder)
    }

    /// Files that can still be made when the bundle is laid.
    func inodes(_ path: String, _ minimum: Int) throws(Unreadable) -> Finding.Measurement {
        let (space, need) = try mount(of: path)
        guard let available = space.availableFiles else { return .holds("no limit at \(space.folder)") }
        let left = max(0, available - (need?.files ?? 0))
        return judged(left >= minimum, "\(left) at \(space.folder)")
    }

    /// kubelet begins to remove images and pods when less is free.
    func diskShare(_ path: String, _ minimum: Int) throws(Unreadable) -> Finding.Measurement {
        let left = try left(path)
        let total = try mount(of: path).space.total
        guard total > 0 else { throw Unreadable(reason: "the file system of \(path) tells no size") }
        let share = Int((Double(left.bytes.bytes) / Double(total.bytes) * 100).rounded(.down))
        return judged(share >= minimum, "\(share) % at \(left.folder)")
    }

    /// All that is estimated for the mount together.
    func growth(_ path: String) throws(Unreadable) -> Finding.Measurement {
        let (space, _) = try mount(of: path)
        let estimate = estimate(at: space.mount)
        let left = try left(path)
        let after = max(0, left.bytes.bytes - Self.reserve(of: space).bytes)
        return judged(
            ByteCount(after) >= estimate, "\(ByteCount(after).formatted) at \(left.folder) besides bundle and reserve")
    }

    /// Each trait holds at the folder, or where it will be.
    func fileSystem(_ path: String, _ traits: [FileSystemTrait]) throws(Unreadable) -> Finding.Measurement {
        let (space, _) = try mount(of: path)
        var odd: [String] = []
        var unknown: String?
        for trait in traits {
            switch trait {
            case .writable: if space.isReadOnly { odd.append("mounted read-only") }
            case .exec: if space.isNoExec { odd.append("mounted noexec") }
            case .suid: if space.isNoSUID { odd.append("mounted nosuid") }
            case .local: if Self.networkTypes.contains(space.type) { odd.append("on the network") }
            case .noLink: if let link = try link(on: path) { odd.append("\(link) is a link") }
            case .overlay:
                if Self.layerless.contains(space.type) || space.tellsKinds == false {
                    odd.append("no place for overlayfs\(space.type == "xfs" ? ": made with ftype=0" : "")")
                } else if space.type == "xfs", space.tellsKinds == nil {
                    unknown = "xfs at \(space.folder) holds nothing that tells its ftype"
                }
            }
        }
        let place = "\(space.type) at \(space.folder)"
        if !odd.isEmpty { return .broken("\(place), \(odd.joined(separator: ", "))") }
        return unknown.map { .unknown($0) } ?? .holds(place)
    }

    private static let networkTypes: Set = ["nfs", "cifs", "9p", "fuse"]
    /// Those that the kernel's overlayfs.rst rules out as upper layers, for want of file kinds, whiteouts or attributes.
    private static let layerless: Set = [
        "nfs", "cifs", "9p", "fuse", "vfat", "exfat", "ntfs", "ntfs3", "overlay", "squashfs", "iso9660", "udf", "erofs",
    ]

    /// The first part of a path that is a link.
    private func link(on path: String) throws(Unreadable) -> String? {
        guard let folder = memberPath(path) else { return nil }
        for part in folder.ancestors.sorted() + [folder] {
            switch probe.kind(of: "/" + part.text) {
            case .link: return "/" + part.text
            case .hidden: throw Unreadable(reason: "/\(part.text) cannot be looked at")
            case .absent: return nil
            case .file, .directory: break
            }
        }
        return nil
    }

    /// The queue of the disk says that it does not rotate (Documentation/ABI/stable/sysfs-block).
    func solidState(_ path: String) throws(Unreadable) -> Finding.Measurement {
        let (space, _) = try mount(of: path)
        guard let isRotating = space.isRotating else { return .unknown("the disk of \(space.folder) does not tell") }
        return judged(!isRotating, isRotating ? "a rotating disk at \(space.folder)" : "an SSD at \(space.folder)")
    }

    /// etcd asks for 99 of 100 writes within 10 ms (etcd docs, Hardware recommendations); the worst round counts.
    func writeLatency(_ path: String, _ maximum: Int) throws(Unreadable) -> Finding.Measurement {
        guard probesDisk else { return .notAsked("not measured: check --probe-disk writes and measures") }
        guard let rounds = probe.writeLatencies(in: memberPath(path)), rounds.contains(where: { !$0.isEmpty }) else {
            return .unknown("nothing could be written at \(path)")
        }
        let worst = rounds.filter { !$0.isEmpty }.map(Self.percentile99).max() ?? 0
        let tenths = worst / 100_000
        let count = rounds.reduce(0) { $0 + $1.count }
        return judged(
            worst <= UInt64(maximum) * 1_000_000,
            "\(tenths / 10).\(tenths % 10) ms, \(count) writes in \(rounds.count) rounds")
    }

    /// The value that 99 of 100 do not exceed.
    private static func percentile99(_ times: [UInt64]) -> UInt64 { times.sorted()[(times.count * 99 + 99) / 100 - 1] }
}
