import Format
import LibYAML
import OCI
public import Posix
import Values

extension Lock {
    /// The lock as text: sorted, one spelling.
    public var text: String { Self.heading + yaml.text }

    var yaml: YAMLValue { .map(members) }

    /// Writes the lock, at any moment either the old or the new one.
    public func write(to path: FilePath) throws(DefinitionError) {
        do throws(FileError) { try Files.replace(path, with: Array(text.utf8)) } catch { throw .file(error) }
    }

    private static let heading = """
        # Everything that the bundle is made of, by digest. Written by `sealift lock`; review it, keep it with the definition.

        """

    private var members: [YAMLMember] {
        [
            YAMLMember("lock", .integer(Self.form)), YAMLMember("definition", definition.yaml),
            YAMLMember("profile", profile.yaml),
            YAMLMember(
                "platform",
                .map([
                    YAMLMember("version", .string(version.text)), YAMLMember("requested", .string(requested)),
                    YAMLMember("arch", .string(architecture.rawValue)),
                ])), YAMLMember("created", .string(created.description)), YAMLMember("sequence", .integer(sequence)),
            YAMLMember("artefacts", .list(artefacts.map(\.yaml))),
        ] + (snaps.isEmpty ? [] : [YAMLMember("snaps", .list(snaps.map(\.yaml)))])
            + (imageList.map { [YAMLMember("image-list", .map($0.members))] } ?? []) + [
                YAMLMember("images", .list(images.map(\.yaml)))
            ] + (charts.isEmpty ? [] : [YAMLMember("charts", .list(charts.map(\.yaml)))])
            + (files.isEmpty ? [] : [YAMLMember("files", .list(files.map(\.yaml)))])
    }
}

extension Lock.Subject {
    fileprivate var yaml: YAMLValue {
        .map([YAMLMember("name", .string(name)), YAMLMember("digest", .string(digest.description))])
    }
}

extension Content {
    var members: [YAMLMember] {
        [YAMLMember("size", .integer(size.bytes)), YAMLMember("digest", .string(digest.description))]
    }
}

extension LockedDocument {
    var members: [YAMLMember] { [YAMLMember("url", .string(url))] + content.members }
}

extension LockedArtefact {
    fileprivate var yaml: YAMLValue {
        let place =
            switch origin {
            case .url(let url): YAMLMember("url", .string(url))
            case .file(let path): YAMLMember("file", .string(path))
            }
        let vouched = checksum.map { [YAMLMember("checksum", .map($0.members))] } ?? []
        return .map([YAMLMember("name", .string(name)), place] + content.members + vouched + signed)
    }

    private var signed: [YAMLMember] {
        guard let signature else { return [] }
        let key = signature.key.map { [YAMLMember("key", .string($0.description))] } ?? []
        return [YAMLMember("signature", .map(signature.document.members + key))]
    }
}

extension LockedFile {
    fileprivate var yaml: YAMLValue { .map([YAMLMember("path", .string(path))] + content.members) }
}

extension LockedImage {
    fileprivate var yaml: YAMLValue {
        let place = archive.map { [YAMLMember("archive", .string($0))] } ?? []
        return .map(
            [
                YAMLMember("name", .string(pinned.reference.description)),
                YAMLMember("platform", .string(pinned.platform.description)),
            ] + place + [
                YAMLMember("size", .integer(pinned.size.bytes)), YAMLMember("index", pinned.root.yaml),
                YAMLMember("manifest", pinned.manifest.yaml), YAMLMember("for", .list(reasons.map { .string($0) })),
            ])
    }
}

extension Descriptor {
    fileprivate var yaml: YAMLValue {
        .map([
            YAMLMember("digest", .string(digest.description)), YAMLMember("size", .integer(size.bytes)),
            YAMLMember("type", .string(mediaType.text)),
        ])
    }
}
