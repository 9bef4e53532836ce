import Format
import Values

extension Preflight {
    /// What the bundle needs on one mount.
    struct Need {
        let space: MountSpace
        var bytes: ByteCount = 0
        var files = 0
        /// Whether a program is laid there.
        var hasProgram = false
    }

    /// Blocks of the usual file systems: a file takes whole ones.
    private static let block = 4_096
    /// Kept free, whatever is laid: logs and databases grow, and file systems get slow when full.
    private static let reserve = (percent: 3, least: ByteCount.mebibytes(512))

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
                continue
            }
            let size = entry.content?.size.bytes ?? 0
            needs[index].bytes += ByteCount((size + block - 1) / block * block)
            needs[index].files += 1
        }
        return (needs, unmeasured)
    }

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

    private func space(_ need: Need) -> Finding {
        let reserve = max(Self.reserve.least, ByteCount(need.space.total.bytes / 100 * Self.reserve.percent))
        let wanted = need.bytes + reserve
        let isEnough = need.bytes == 0 || need.space.available >= wanted
        return Finding(
            id: "space:\(need.space.folder)", verdict: isEnough ? .pass : .fail,
            measured: "\(need.space.available.formatted) available",
            limit: "\(need.bytes.formatted) for the bundle and \(reserve.formatted) in reserve",
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
