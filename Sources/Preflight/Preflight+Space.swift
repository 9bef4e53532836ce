import Format
import Values

extension Preflight {
    /// What the bundle needs on one mount.
    struct Need {
        let space: MountSpace
        /// What is newly laid. It stands beside the old until all of it is there.
        var bytes: ByteCount = 0
        /// What the last installation laid there and this one replaces or removes: taken already, and free again afterwards.
        var old: ByteCount = 0
        /// What is copied before the platform is touched.
        var copied: ByteCount = 0
        var files = 0
        /// Whether a program is laid there.
        var hasProgram = false
    }

    /// Blocks of the usual file systems: a file takes whole ones.
    private static let block = 4_096
    /// Kept free, whatever is laid: logs and databases grow, and file systems get slow when full.
    private static let reserve = (percent: 3, least: ByteCount.mebibytes(512))

    static func reserve(of space: MountSpace) -> ByteCount {
        max(reserve.least, ByteCount(space.total.bytes / 100 * reserve.percent))
    }

    /// Needs by mount, in the order in which the bundle's folders meet them.
    ///
    /// Files that are there as our receipt has them are not written again, and need nothing.
    static func needs(
        of manifest: Manifest, _ role: String, _ probe: any MachineProbe, _ previous: Receipt?
    ) -> (known: [Need], unmeasured: Set<MemberPath?>) {
        var unmeasured: Set<MemberPath?> = []
        var laid: [MemberPath: Content] = [:]
        for file in previous?.files ?? [] {
            if case .file(_, let content?) = file.kind { laid[file.path] = content }
        }
        var leaving = laid
        var needs: [Need] = []
        var mountOfFolder: [MemberPath?: Int] = [:]
        for entry in manifest.entries where entry.roles.includes(role) && !entry.isDirectory {
            let folder = entry.place.parent
            if mountOfFolder[folder] == nil {
                guard let space = unmeasured.contains(folder) ? nil : probe.space(of: folder) else {
                    unmeasured.insert(folder)
                    continue
                }
                let index = needs.firstIndex { $0.space.mount == space.mount }
                if index == nil { needs.append(Need(space: space)) }
                mountOfFolder[folder] = index ?? needs.count - 1
            }
            guard let index = mountOfFolder[folder] else { continue }
            let isProgram = (entry.permissions?.mode.bits ?? 0) & 0o111 != 0
            needs[index].hasProgram = needs[index].hasProgram || isProgram
            if let content = entry.content, laid[entry.place] == content,
                probe.kind(of: "/" + entry.place.text) == .file
            {
                leaving[entry.place] = nil
                continue
            }
            needs[index].bytes += blocks(entry.content?.size ?? 0)
            needs[index].files += 1
        }
        for (path, content) in leaving where probe.kind(of: "/" + path.text) == .file {
            guard let mount = probe.space(of: path.parent)?.mount else { continue }
            if let index = needs.firstIndex(where: { $0.space.mount == mount }) {
                needs[index].old += blocks(content.size)
            }
        }
        for path in copies(of: manifest, role, previous) {
            guard let size = probe.size(ofTree: path), let space = probe.space(of: memberPath(path)) else { continue }
            if let index = needs.firstIndex(where: { $0.space.mount == space.mount }) { needs[index].copied += size }
        }
        return (needs, unmeasured)
    }

    /// Before an upgrade touches the platform its datastore is copied, beside where it is.
    private static func copies(of manifest: Manifest, _ role: String, _ previous: Receipt?) -> [String] {
        guard previous != nil else { return [] }
        return manifest.operation.filter { $0.roles.includes(role) }.compactMap {
            if case .datastore(let path) = $0.duty { path } else { nil }
        }
    }

    private static func blocks(_ size: ByteCount) -> ByteCount { ByteCount((size.bytes + block - 1) / block * block) }

    /// Space, files, and what the mount allows, for each mount that something is laid on.
    var mounts: [Finding] {
        needs.flatMap { need -> [Finding] in
            var findings = [space(need)]
            if let available = need.space.availableFiles { findings.append(files(need, available)) }
            findings.append(writable(need.space))
            if need.hasProgram, isRunning { findings.append(executable(need.space)) }
            return findings
        } + unmeasured.map { "/" + ($0?.text ?? "") }.sorted().map(unknownSpace)
    }

    private func unknownSpace(_ folder: String) -> Finding {
        Finding(
            id: "space:\(folder)", verdict: .unknown, measured: "its file system does not tell",
            limit: "room for the bundle", reason: "a disk that fills up stops the platform", fix: "look as root")
    }

    /// The forecast of one mount: what is laid, what is copied, what stays free.
    private func space(_ need: Need) -> Finding {
        let reserve = Self.reserve(of: need.space)
        let wanted = need.bytes + need.copied + reserve
        let isEnough = need.bytes + need.copied == 0 || need.space.available >= wanted
        var parts = ["\(need.bytes.formatted) for the bundle"]
        if need.old > 0 { parts.append("beside \(need.old.formatted) of the last one, free again afterwards") }
        if need.copied > 0 { parts.append("\(need.copied.formatted) for a copy of the data") }
        return Finding(
            id: "space:\(need.space.folder)", verdict: isEnough ? .pass : .fail,
            measured: "\(need.space.available.formatted) available",
            limit: parts.joined(separator: ", ") + " and \(reserve.formatted) in reserve",
            reason: "a disk that fills up stops the platform",
            fix: isEnough
                ? nil
                : "free \(ByteCount(max(0, wanted.bytes - need.space.available.bytes)).formatted) at \(need.space.folder)"
        )
    }

    private func files(_ need: Need, _ available: Int) -> Finding {
        Finding(
            id: "files:\(need.space.folder)", verdict: available >= need.files + 100 ? .pass : .fail,
            measured: "\(available) more files possible", limit: "\(need.files) for the bundle and 100 in reserve",
            reason: "a file system without free inodes takes no file, whatever its space",
            fix: "remove small files at \(need.space.folder)")
    }

    private func writable(_ space: MountSpace) -> Finding {
        Finding(
            id: "writable:\(space.folder)", verdict: space.isReadOnly ? .fail : .pass,
            measured: space.isReadOnly ? "mounted read-only" : "mounted for writing", limit: "mounted for writing",
            reason: "the bundle lays files there", fix: "mount -o remount,rw \(space.folder)")
    }

    private func executable(_ space: MountSpace) -> Finding {
        Finding(
            id: "executable:\(space.folder)", verdict: space.isNoExec ? .fail : .pass,
            measured: space.isNoExec ? "mounted noexec" : "programs may start", limit: "not mounted noexec",
            reason: "the bundle lays programs there", fix: "mount -o remount,exec \(space.folder)")
    }
}
