import Format
import Glibc
import LibCrypto
import Posix
import Values

/// A chart's folder as an archive: its files by name, without times and owners, so that the same files give the same bytes.
enum ChartFolderArchive {
    /// The most files of a chart, and the most bytes of all of them together.
    private static let maximumCount = 10_000
    private static let maximumSize = ByteCount.mebibytes(64)

    /// The archive of the chart in `folder`, all of it below one folder of the same name.
    static func bytes(of folder: FilePath) throws(FileError) -> [UInt8] {
        let ignore = try IgnoreRules(folder.appending(".helmignore"))
        var files: [(path: String, bytes: [UInt8])] = []
        try collect(folder, below: "", ignore, into: &files)
        let name = folder.lastComponent
        var contents: [String: [UInt8]] = [:]
        let entries = try files.map { file throws(FileError) -> Entry in
            let path: MemberPath
            do { path = try MemberPath(validating: "\(name)/\(file.path)") } catch {
                throw FileError("pack", folder.appending(file.path), .invalid)
            }
            contents[path.text] = file.bytes
            let content = Content(size: ByteCount(file.bytes.count), digest: .of(file.bytes))
            return Entry(path: path, kind: .file(Permissions(mode: .file), content))
        }.sorted { $0.path < $1.path }
        let layout = TarLayout(entries: entries)
        var tar: [UInt8] = []
        for piece in layout.pieces(in: 0..<layout.length) {
            switch piece {
            case .literal(let bytes): tar += bytes
            case .content(let entry, _, _): tar += contents[entries[entry].path.text] ?? []
            }
        }
        return GzipStored.encode(tar)
    }

    private static func collect(
        _ folder: FilePath, below prefix: String, _ ignore: IgnoreRules,
        into files: inout [(path: String, bytes: [UInt8])]
    ) throws(FileError) {
        for name in try DirectoryHandle.open(folder).entries() {
            let (path, relative) = (folder.appending(name), prefix + name)
            let isFolder = try Files.information(path)?.kind == .directory
            guard !ignore.leavesOut(relative, isFolder: isFolder) else { continue }
            if isFolder {
                try collect(path, below: relative + "/", ignore, into: &files)
            } else {
                files.append((relative, try Files.read(path, limit: maximumSize)))
            }
            let size = files.reduce(0) { $0 + $1.bytes.count }
            guard files.count <= maximumCount, size <= maximumSize.bytes else {
                throw FileError("pack", folder, .tooLarge)
            }
        }
    }
}

/// `.helmignore`: patterns of fnmatch(3), one a line (helm, `pkg/ignore`). `!` keeps, a `/` at the end means folders only, one elsewhere
/// the whole path from the chart's folder.
private struct IgnoreRules {
    private var rules: [(pattern: String, keeps: Bool, foldersOnly: Bool, isWhole: Bool)] = []

    init(_ path: FilePath) throws(FileError) {
        guard try Files.exists(path) else { return }
        let text = String(decoding: try Files.read(path, limit: .mebibytes(1)), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            var pattern = line.drop { $0 == " " || $0 == "\t" }
            while let last = pattern.last, last == " " || last == "\t" { pattern.removeLast() }
            guard !pattern.isEmpty, pattern.first != "#" else { continue }
            let keeps = pattern.first == "!"
            if keeps { pattern.removeFirst() }
            let foldersOnly = pattern.last == "/"
            if foldersOnly { pattern.removeLast() }
            let isWhole = pattern.contains("/")
            if pattern.first == "/" { pattern.removeFirst() }
            rules.append((String(pattern), keeps, foldersOnly, isWhole))
        }
    }

    func leavesOut(_ path: String, isFolder: Bool) -> Bool {
        // Helm leaves out hidden files among the templates, whatever the file says.
        if path.hasPrefix("templates/.") { return true }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        var isOut = false
        for rule in rules where isFolder || !rule.foldersOnly {
            if unsafe fnmatch(rule.pattern, rule.isWhole ? path : name, FNM_PATHNAME) == 0 { isOut = !rule.keeps }
        }
        return isOut
    }
}
