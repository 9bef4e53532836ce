public import JSON
import Values

extension Manifest {
    /// The one spelling of this manifest: the bytes of `manifest.json` (docs/format.md §3, §6).
    public func canonical() -> [UInt8] { json.canonical() }

    /// The manifest as a JSON value, `space` and `extents` computed.
    public var json: JSONValue {
        let layout = TarLayout(entries: entries)
        let index = ChunkIndex(chunks: chunks)
        var members: [(String, JSONValue?)] = [
            ("format", .integer(Self.format)), ("name", .string(name.description)),
            ("version", .string(version.description)), ("sequence", .integer(sequence)),
            ("created", .string(created.description)), ("expires", expires.map { .string($0.description) }),
            ("builder", builder.json), ("target", target.json),
            ("needs", needs.isEmpty ? .none : .some(list(needs, \.json))), ("roles", list(roles, \.json)),
            ("requirements", list(requirements, \.json)), ("variables", list(variables, \.json)),
            ("users", list(users, \.json)), ("steps", list(steps, \.json)), ("images", list(images, \.json)),
            ("sources", list(sources, \.json)), ("space", list(space, \.json)), ("volumes", list(volumes, \.json)),
            ("chunks", list(chunks, \.json)), ("critical", .array(critical.map { .string($0) })),
            ("extensions", .object(extensions)),
            ("operation", operation.isEmpty ? JSONValue?.none : list(operation, \.json)),
        ]
        let rows = entries.indices.map {
            entries[$0].json(extents: index.extents(covering: layout.contentRange(of: $0)))
        }
        members.append(("entries", .array(rows)))
        return object(members)
    }

    /// What the entries need, folder by folder, over all roles; sorted by path.
    public var space: [FolderSpace] { FolderSpace.rows(for: entries) }
}

extension FolderSpace {
    /// One row for each folder that entries are laid in.
    public static func rows(for entries: [Entry]) -> [FolderSpace] {
        var rows: [MemberPath?: FolderSpace] = [:]  // by bytes: texts that Unicode takes for the same are two folders
        for entry in entries where !entry.isDirectory {
            let folder = entry.place.parent
            var row = rows[folder] ?? FolderSpace(path: folder, bytes: 0, files: 0)
            row.bytes += entry.content?.size ?? 0
            row.files += 1
            rows[folder] = row
        }
        return rows.values.sorted { ($0.path?.text ?? "").utf8.lexicographicallyPrecedes(($1.path?.text ?? "").utf8) }
    }
}

/// An object of the members that have a value.
func object(_ members: [(String, JSONValue?)]) -> JSONValue {
    var object = JSONObject()
    for (key, value) in members { if let value { object.append(key, value) } }
    return .object(object)
}

private func list<Item>(_ items: [Item], _ json: (Item) -> JSONValue) -> JSONValue { .array(items.map(json)) }

func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

extension RoleScope {
    var json: JSONValue? { names.map(strings) }
}

extension Manifest.Builder {
    var json: JSONValue {
        object([
            ("tool", .string(tool)), ("version", .string(version)), ("zstd", .string(zstd)), ("level", .integer(level)),
        ])
    }
}

extension Manifest.Target {
    var json: JSONValue {
        object([
            ("profile", .string(profile)), ("version", .string(version.text)), ("os", .string(os.rawValue)),
            ("arch", .string(architecture.rawValue)),
        ])
    }
}

extension Role {
    var json: JSONValue { object([("name", .string(name)), ("summary", .string(summary))]) }
}

extension SystemUser {
    package var json: JSONValue {
        object([
            ("name", .string(name)), ("home", .string(home)), ("shell", .string(shell)), ("roles", roles.json),
        ])
    }
}

extension BundledImage {
    var json: JSONValue {
        object([
            ("name", .string(name)), ("digest", .string(digest.description)),
            ("manifest", .string(manifest.description)), ("archive", .string(archive.text)),
        ])
    }
}

extension Source {
    var json: JSONValue {
        let checksum = self.checksum.map { object([("url", .string($0.url)), ("sha256", .string($0.digest.hex))]) }
        return object([
            ("url", .string(url)), ("sha256", .string(content.digest.hex)), ("size", .integer(content.size.bytes)),
            ("checksum", checksum),
        ])
    }
}

extension FolderSpace {
    var json: JSONValue {
        object([("path", .string(path?.text ?? "")), ("bytes", .integer(bytes.bytes)), ("files", .integer(files))])
    }
}

extension Volume {
    var json: JSONValue { object([("name", .string(name)), ("size", .integer(size.bytes))]) }
}

extension Chunk {
    var json: JSONValue {
        object([
            ("plainSha256", .string(plain.digest.hex)), ("plainSize", .integer(plain.size.bytes)),
            ("sha256", .string(stored.digest.hex)), ("size", .integer(stored.size.bytes)), ("volume", .integer(volume)),
        ])
    }
}

extension Variable {
    package var json: JSONValue {
        object([
            ("name", .string(name)), ("type", .string(type.rawValue)), ("ask", .string(ask)),
            ("required", .bool(required)),
            ("default", defaultValue.map { .string($0) }), ("roles", roles.json),
            ("values", type == .enumeration ? .some(strings(values)) : .none),
        ])
    }
}
