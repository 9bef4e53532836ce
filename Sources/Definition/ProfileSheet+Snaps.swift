import Format
import JSON

extension ProfileSheet {
    /// Snaps and where they come from; and the files within them that name images.
    var snapRows: [[String]] {
        guard let snaps = release.snaps else { return [] }
        var rows = snaps.items.map { item in
            [
                item.name,
                "snap of \(snaps.common.store), " + (item.channel ?? "the channel asked for, or one with the version"),
            ]
        }
        rows.append(["  and the bases that they need", "snaps of latest/stable"])
        rows.append(["  checked by", "assertions that lead to the key " + snaps.common.keys.joined(separator: " or ")])
        rows += release.imageMembers.map { ["images named in", $0.place] }
        return rows
    }

    /// Where snaps are laid, whose revisions only the store knows.
    var laidSnaps: [Laid] {
        guard let place = release.snaps?.common else { return [] }
        return ["assert", "snap"].map { ending in
            Laid(
                path: "/\(place.folder)/NAME_REVISION.\(ending)",
                what: ending == "snap"
                    ? "files, the snaps, installed in their order" : "files, what vouches for the snaps",
                permissions: place.permissions, roles: .all)
        }
    }

    /// The same for programs.
    var snapJSON: JSONValue? {
        guard let snaps = release.snaps else { return nil }
        let items = snaps.items.map { item -> JSONValue in
            var object: JSONObject = ["name": .string(item.name)]
            object["channel"] = item.channel.map { .string($0) }
            object["roles"] = item.roles.names.map { .array($0.map { .string($0) }) }
            return .object(object)
        }
        return [
            "store": .string(snaps.common.store), "path": .string("/\(snaps.common.folder)"),
            "keys": .array(snaps.common.keys.map { .string($0) }), "offline": .bool(snaps.common.staysOffline),
            "items": .array(items), "images": .array(release.imageMembers.map { .string($0.place) }),
        ]
    }
}
