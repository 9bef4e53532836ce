import Format
public import Posix
public import Reporting
import Values

/// A plain manifest that a definition brings.
public struct ManifestFile: Hashable, Sendable {
    /// Its name in the platform's folder.
    public let name: String
    /// Where it is now.
    public let path: FilePath
    /// Where it, or its folder, was asked for.
    public let location: SourceLocation
}

/// Finds the manifests that a definition names, itself or by folder.
public enum ManifestFiles {
    /// The files, in the order of the definition and, of a folder, by name; sub-folders are searched too.
    ///
    /// Names are kept, since platforms name what they apply after them: each must be a DNS label up to its first dot
    /// (RFC 1123) and stand once.
    public static func find(_ paths: [LocalPath], _ folder: ManifestFolder) throws(DefinitionError) -> [ManifestFile] {
        var files: [ManifestFile] = []
        for path in paths {
            for file in try search(path.path, origin: path, folder) {
                let name = file.lastComponent
                if let other = files.first(where: { base($0.name) == base(name) }) {
                    throw .collision(
                        destination: name, first: other.path.text, second: file.text, path.location)
                }
                try check(name, file, path, folder)
                files.append(ManifestFile(name: name, path: file, location: path.location))
            }
        }
        return files
    }

    private static func search(
        _ path: FilePath, origin: LocalPath, _ folder: ManifestFolder
    ) throws(DefinitionError) -> [FilePath] {
        let information: FileInformation?
        let names: [String]
        do throws(FileError) {
            information = try Files.information(path)
            names = information?.kind == .directory ? try DirectoryHandle.open(path).entries() : []
        } catch { throw .file(error) }
        switch information?.kind {
        case .file, .link: return [path]  // a link is followed when its content is read
        case .directory: break
        case nil:
            throw .localFile(
                origin.location, path: path, reason: "there is no such file or folder",
                next: "write the path as seen from the definition's folder")
        default:
            throw .localFile(
                origin.location, path: path, reason: "it is neither a file nor a folder",
                next: "put the file itself there")
        }
        var files: [FilePath] = []
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !name.hasPrefix(".") {
            files += try search(path.appending(name), origin: origin, folder)
        }
        return files
    }

    private static func check(
        _ name: String, _ file: FilePath, _ origin: LocalPath, _ folder: ManifestFolder
    ) throws(DefinitionError) {
        guard folder.suffixes.contains(where: name.hasSuffix) else {
            throw .localFile(
                origin.location, path: file,
                reason: "the platform reads only \(folder.suffixes.joined(separator: ", "))",
                next: "rename the file, or move it out of the folder of manifests")
        }
        let label = base(name)
        guard VariableType.hostname.accepts(label), label == label.lowercased() else {
            throw .localFile(
                origin.location, path: file, reason: "\(quoted(label)) is no name for what the platform applies",
                next: "name the file with a-z, 0-9 and -, up to its first dot")
        }
        guard !folder.reserved.contains(label) else {
            throw .localFile(
                origin.location, path: file,
                reason: "the platform has a \(quoted(label)) of its own and would replace the file",
                next: "give the file another name")
        }
    }

    private static func base(_ name: String) -> String { String(name.prefix { $0 != "." }) }
}
