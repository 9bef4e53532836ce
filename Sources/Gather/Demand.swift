public import Definition
import Format
public import Posix
public import Reporting

/// What a definition at one release needs from outside of itself: files to fetch, local files, images.
///
/// Derived from what is laid, so that nothing is fetched for a role that the bundle does not offer.
public struct Demand: Sendable {
    /// The profile at the version and architecture.
    public let release: Release
    /// What is laid.
    public let layout: Layout
    /// Files that are laid as they are, the makers' image archive among them where it is wanted; sorted by name.
    public let artefacts: [ReleaseArtefact]
    /// Local files that are laid, apart from artefacts; sorted by name.
    public let locals: [LocalName]
    /// Whether there is a place for an archive of pulled images.
    public let takesImages: Bool

    /// A local file, and what the lock calls it.
    public struct LocalName: Hashable, Sendable {
        /// As the definition writes it, or below the folder that it writes.
        public let name: String
        /// Where it is.
        public let path: FilePath
        /// Where it, or its folder, was asked for.
        public let location: SourceLocation
    }

    /// Lays out `definition` at `release`, and lists what that needs.
    ///
    /// - Throws: ``DefinitionError``: collisions, missing manifests.
    /// - Parameter snaps: The snaps as they are locked.
    /// - Parameter charts: The charts as they are locked.
    public init(
        _ definition: Definition, _ release: Release, snaps: [LockedSnap] = [], charts: [LockedChart] = []
    ) throws(DefinitionError) {
        layout = try Layout(definition, release, snaps: snaps, charts: charts)
        self.release = release
        let sources = layout.entries.compactMap(\.source)
        artefacts = (release.artefacts + [release.imageArchive].compactMap(\.self))
            .filter { sources.contains(.artefact($0.name)) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        takesImages = sources.contains(.images)
        let roots = definition.localPaths
        var names: [FilePath: LocalName] = [:]
        for case .local(let path) in sources { names[path] = roots.compactMap { $0.name(of: path) }.first }
        locals = names.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

extension LaidEntry {
    /// Where the bytes come from; `nil` for folders and links.
    fileprivate var source: Source? {
        switch kind {
        case .file(_, let source), .template(_, let source, _): source
        case .directory, .link: nil
        }
    }
}

extension Definition {
    /// Files and folders that the definition names; a file that it names itself before one in a folder.
    fileprivate var localPaths: [LocalPath] {
        files.compactMap { file in
            if case .local(let path) = file.content { path } else { nil }
        } + manifests
    }
}

extension LocalPath {
    /// What the lock calls `file`; `nil` when it is neither this nor below it.
    fileprivate func name(of file: FilePath) -> Demand.LocalName? {
        if file == path { return Demand.LocalName(name: text, path: file, location: location) }
        let folder = path.appending("x").bytes.dropLast()
        guard file.bytes.starts(with: folder) else { return nil }
        let rest = String(decoding: file.bytes.dropFirst(folder.count), as: UTF8.self)
        return Demand.LocalName(
            name: FilePath(text).appending(rest).text, path: file, location: location)
    }
}
