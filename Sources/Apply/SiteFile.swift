public import Format
public import Posix
public import Reporting
public import Values

/// The values of one machine, in a file beside the bundle: `sites/<serial or host name>.env`.
///
/// It belongs to the site: no signature covers it, so it can only give values to variables of the signed bundle.
public struct SiteFile: Sendable {
    /// The name in the file that chooses the role; no variable of a bundle is called so.
    public static let roleName = "SEALIFT_ROLE"
    /// Values are typed by hand.
    public static let maximumSize = ByteCount.mebibytes(1)

    /// Its values.
    public let source: ValueSource
    /// The role that it chooses.
    public let role: String?
    /// Why this file: `product serial 7H2K9Q3`.
    public let reason: String
    /// What a person should know: files of the same machine that are not read.
    public let warnings: [Diagnostic]

    /// The file for this machine; `nil` when there is none.
    ///
    /// A folder called like the bundle, `sites/<bundle>`, goes before `sites` itself, so that several bundles on one stick can
    /// have values of their own. Of several names the first that has a file counts.
    ///
    /// - Throws: ``ApplyError`` for a line that is not understood, ``FileError``.
    public static func find(
        beside bundle: FilePath, of name: BundleName, for machine: MachineNames
    ) throws -> SiteFile? {
        guard let folder = try folder(beside: bundle, of: name) else { return nil }
        var found: [(name: MachineNames.Name, path: FilePath)] = []
        for name in machine.all {
            let path = folder.appending(name.text + ".env")
            if try Files.exists(path) { found.append((name, path)) }
        }
        guard let first = found.first else { return nil }
        return try SiteFile(
            first.path, reason: "\(first.name.kind) \(first.name.text)",
            warnings: found.dropFirst().map { Self.unread($0.path, first.path) })
    }

    /// The file that `--site` names.
    public static func named(_ text: String, beside bundle: FilePath, of name: BundleName) throws -> SiteFile {
        let folder = try folder(beside: bundle, of: name) ?? sites(bundle)
        let path = folder.appending(text + ".env")
        guard !text.isEmpty, !text.contains("/"), try Files.exists(path) else {
            throw ApplyError.noSiteFile(name: text, folder: folder)
        }
        return try SiteFile(path, reason: "--site", warnings: [])
    }

    /// Where files are looked for; `nil` when there is no such folder.
    public static func folder(beside bundle: FilePath, of name: BundleName) throws -> FilePath? {
        let sites = try sites(bundle)
        for folder in [sites.appending(name.description), sites]
        where try Files.information(folder)?.kind == .directory {
            return folder
        }
        return nil
    }

    private static func sites(_ bundle: FilePath) throws -> FilePath {
        try bundle.resolved().parent.appending("sites")
    }

    private init(_ path: FilePath, reason: String, warnings: [Diagnostic]) throws {
        guard try Files.information(path)?.kind == .file else {
            throw ApplyError.unreadableLine(file: path.text, line: 1, reason: "it is not a file")
        }
        let all = try ValueSource.file(path.text, Files.read(path, limit: Self.maximumSize))
        source = ValueSource(
            name: all.name, isCommandLine: false, isFromThePast: false,
            values: all.values.filter { $0.name != Self.roleName })
        let role = all.values.first { $0.name == Self.roleName }?.text
        self.role = role?.isEmpty == true ? nil : role
        self.reason = reason
        self.warnings = warnings
    }

    private static func unread(_ path: FilePath, _ first: FilePath) -> Diagnostic {
        Diagnostic(
            "\(quoted(path.text)) is for this machine too and is not read, because \(quoted(first.text)) goes before it",
            severity: .warning, next: "remove one of the two", exitCode: .done)
    }
}

extension ValueSource {
    /// A warning where a secret of `manifest` stands in a file that others can read; `nil` where none does.
    ///
    /// - Throws: ``FileError`` when the file cannot be looked at any more.
    public func exposure(in manifest: Manifest) throws -> Diagnostic? {
        guard let path = values.first(where: { $0.line != nil }).map({ _ in FilePath(name) }),
            let mode = try Files.information(path)?.mode, mode & 0o044 != 0
        else { return nil }
        let secrets = Set(manifest.variables.filter(\.type.isSecret).map(\.name))
        let exposed = values.filter { !$0.text.isEmpty && secrets.contains($0.name) }.map(\.name)
        guard !exposed.isEmpty else { return nil }
        return Diagnostic(
            "\(quoted(name)) holds \(exposed.joined(separator: ", ")) and can be read by other users of this machine",
            severity: .warning,
            next:
                "give it the mode 0600; where its file system knows no modes, take the secret out and type it when asked",
            exitCode: .done)
    }
}
