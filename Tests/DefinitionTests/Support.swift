import Definition
import Format
import LibYAML
import Posix
import Reporting
import Testing
import Values

/// The smallest definition, with more lines after it.
func definitionText(_ more: String = "", version: String = "v1.31.4+k3s1", profile: String = "k3s") -> String {
    """
    name: line7
    version: 2026.11.0
    platform: {profile: \(profile), version: \(version), arch: amd64}

    """ + more
}

func definition(_ more: String = "", version: String = "v1.31.4+k3s1") throws(DefinitionError) -> Definition {
    try Definition.parse(Array(definitionText(more, version: version).utf8), path: "site/line7.yaml")
}

func k3s() throws(DefinitionError) -> Profile { try ProfileLibrary().profile(named: "k3s") }

func layout(
    _ more: String = "", version: String = "v1.31.4+k3s1", _ architecture: Architecture = .amd64
) throws -> Layout {
    let definition = try definition(more, version: version)
    let release = try #require(definition.profile.release(Version(version), architecture))
    return try Layout(definition, release)
}

/// The layout of a definition for k0s.
func k0sLayout(
    _ more: String = "", version: String = "v1.34.2+k0s.0", _ architecture: Architecture = .amd64
) throws -> Layout {
    let text = definitionText(more, version: version, profile: "k0s")
    let definition = try Definition.parse(Array(text.utf8), path: "site/line7.yaml")
    let release = try #require(definition.profile.release(Version(version), architecture))
    return try Layout(definition, release)
}

extension Layout {
    /// What is laid at `destination` for `role`.
    func entry(_ destination: String, _ role: String) -> LaidEntry? {
        entries.first { "/" + $0.destination.text == destination && $0.roles.includes(role) }
    }

    /// The text of a file or template at `destination` for `role`.
    func text(_ destination: String, _ role: String) -> String? {
        switch entry(destination, role)?.kind {
        case .file(_, .bytes(let bytes)), .template(_, .bytes(let bytes), _): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }
}

/// The diagnostic of the error that `body` throws.
func diagnostic(_ body: () throws(DefinitionError) -> some Any) throws -> Diagnostic {
    do throws(DefinitionError) { _ = try body() } catch { return error.diagnostic }
    throw Diagnostic("nothing was thrown", exitCode: .internalError)
}

/// A folder that is gone when the test is over.
func withFolder(_ body: (FilePath) throws -> Void) throws {
    let random = try Hex.encode(System.randomBytes(8))
    let folder = FilePath("/tmp").appending("sealift-definition-" + random)
    try Files.makeDirectories(folder)
    defer { try? Files.removeTree(folder) }
    try body(folder)
}
