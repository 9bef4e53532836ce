import Format
public import JSON
import Values

extension ProfileSheet {
    /// The sheet for a program: `profile` and what it says of every version, `release` and what holds for that one.
    public var json: JSONValue { ["profile": profileJSON, "release": releaseJSON] }

    private var profileJSON: JSONValue {
        [
            "name": .string(profile.name), "title": .string(profile.title), "summary": .string(profile.summary),
            "homepage": .string(profile.homepage), "notes": strings(profile.notes),
            "architectures": strings(profile.architectures.keys.map(\.rawValue).sorted()),
            "versions": [
                "exact": strings(profile.versions.exact.map(\.description)),
                "example": .string(profile.versions.example), "range": .string(profile.versions.range.description),
            ],
            "channels": .array(
                profile.channels.map {
                    [
                        "kind": .string($0.kind.rawValue), "url": .string($0.url.description),
                        "names": strings($0.names.map(\.description)),
                    ]
                }),
            "roles": .array(profile.roles.map { ["name": .string($0.name), "summary": .string($0.summary)] }),
            "settings": .object(settingsObject),
        ]
    }

    private var settingsObject: JSONObject {
        var object = JSONObject()
        for (name, file) in [("config", profile.config), ("registries", profile.registries)] {
            guard let file else { continue }
            object[name] = [
                "path": .string("/\(file.destination)"),
                "keys": .array(
                    file.keys.sorted { $0.key < $1.key }.map { key, value in
                        members([
                            ("key", .string(key)), ("type", .string(value.type.rawValue)),
                            ("roles", roles(value.roles)),
                        ])
                    }),
            ]
        }
        return object
    }

    private var releaseJSON: JSONValue {
        members([
            ("version", .string(release.version.text)), ("arch", .string(release.architecture.rawValue)),
            ("artefacts", .array(release.artefacts.map(json))),
            (
                "optionalArtefacts",
                .array(
                    optional.map { ["name": .string($0.name), "path": .string("/\($0.destination)")] })
            ), ("snaps", snapJSON), ("imageList", release.imageList.map(json)),
            ("imageArchive", release.imageArchive.map(json)),
            (
                "laid",
                .array(
                    laid.map { item in
                        members([
                            ("path", .string(item.path)), ("what", .string(item.what)),
                            ("mode", item.permissions.map { .string($0.mode.description) }),
                            ("owner", item.permissions.map { .string($0.owner.description) }),
                            ("roles", roles(item.roles)),
                        ])
                    })
            ), ("users", .array(release.users.map(\.json))), ("steps", .array(release.steps.map(\.json))),
            (
                "variables",
                .array(profile.variables.flatMap { $0.variables(for: profile.roles.map(\.name)) }.map(\.json))
            ),
            ("operation", .array(release.operation.map(\.json))),
            ("requirements", .array(release.requirements.map(\.json))),
            (
                "hardware",
                .array(
                    profile.hardware.map {
                        [
                            "name": .string($0.name), "summary": .string($0.summary),
                            "requirements": .array($0.requirements.holding(for: release.version).map(\.json)),
                        ]
                    })
            ),
        ])
    }

    private func json(_ artefact: ReleaseArtefact) -> JSONValue {
        members([
            ("name", .string(artefact.name)), ("url", artefact.url.map { .string($0) }),
            ("checksum", artefact.checksum.map(json)), ("path", .string("/\(artefact.destination)")),
            ("mode", .string(artefact.permissions.mode.description)),
            ("owner", .string(artefact.permissions.owner.description)), ("roles", roles(artefact.roles)),
        ])
    }

    private func json(_ list: ReleaseImageList) -> JSONValue {
        members([("url", .string(list.url)), ("checksum", list.checksum.map(json))])
    }

    private func json(_ checksum: ReleaseChecksum) -> JSONValue {
        members([("url", .string(checksum.url)), ("name", checksum.form == .sums ? .string(checksum.name) : nil)])
    }

    private func roles(_ scope: RoleScope) -> JSONValue? { scope.names.map(strings) }

    private func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private func members(_ members: [(String, JSONValue?)]) -> JSONValue {
        var object = JSONObject()
        for case (let name, let value?) in members { object[name] = value }
        return .object(object)
    }
}
