import LibYAML
import Posix
import Reporting
import Values

/// The part of a definition that can be read before its profile is known.
struct Outline {
    let map: YAMLMap
    let request: Definition.PlatformRequest
    let profileLocation: SourceLocation
    let folders: [FilePath]
    let canonicalText: String

    init(_ document: YAMLDocument) throws(YAMLError) {
        map = try document.reader.map(DefinitionKeys.definition)
        let fields = try map.required("platform").map(DefinitionKeys.platform)
        let profile = try fields.required("profile")
        let version = try fields.required("version")
        profileLocation = profile.location
        request = Definition.PlatformRequest(
            profile: try profile.nonEmptyString(), version: try version.scalarText(),
            versionLocation: version.location, architecture: try fields.required("arch").choice(),
            hardware: try fields.optional("hardware")?.nonEmptyString())
        var folders: [FilePath] = []
        if let reader = map.optional("profiles") {
            for folder in reader.isList ? try reader.list() : [reader] { folders.append(try folder.pathFromItsFile()) }
        }
        self.folders = folders
        canonicalText = document.root.value.text
    }
}

extension FilePath {
    /// `text` as seen from this folder: itself when it is absolute; a leading `./` is dropped.
    func resolving(_ text: String) -> FilePath {
        guard !text.hasPrefix("/") else { return FilePath(text) }
        var rest = text[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        return rest.isEmpty || rest == "." ? self : appending(String(rest))
    }
}
