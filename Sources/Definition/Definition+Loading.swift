import LibYAML
public import Posix
public import Values

extension Definition {
    /// The largest definition that is read.
    public static let maximumSize = ByteCount.mebibytes(4)

    /// Reads the definition at `path` and the profile it names.
    ///
    /// - Parameter profiles: Folders with profiles that go before those compiled in, and after the definition's own `profiles:`.
    public static func load(_ path: FilePath, profiles: [FilePath] = []) throws(DefinitionError) -> Definition {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.read(path, limit: maximumSize) } catch { throw .file(error) }
        return try parse(bytes, path: path, profiles: profiles)
    }

    /// Reads a definition that stands at `path`, and the profile it names.
    public static func parse(
        _ bytes: [UInt8], path: FilePath, profiles: [FilePath] = []
    ) throws(DefinitionError) -> Definition {
        let text = try ExtendedDocument(bytes, path: path)
        let outline = try inWords { () throws(YAMLError) in try Outline(text.document) }
        let library = ProfileLibrary(folders: outline.folders + profiles)
        let profile = try library.profile(named: outline.request.profile, at: outline.profileLocation)
        return try inWords { () throws(YAMLError) in
            try DefinitionReader(path: path, profile: profile, map: outline.map).definition(
                outline, text: text.document.reader)
        }
    }
}

/// Runs a reader of YAML; its errors are ours.
func inWords<Result>(_ body: () throws(YAMLError) -> Result) throws(DefinitionError) -> Result {
    do throws(YAMLError) { return try body() } catch { throw .yaml(error) }
}
