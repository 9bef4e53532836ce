import JSON
import Values

extension Manifest {
    /// Reads the bytes of a `manifest.json` whose digest has been checked.
    ///
    /// - Throws: ``FormatError``: anything but the one spelling of a manifest that keeps every rule of docs/format.md §6–§11.
    public init(reading bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Self.maximumSize.bytes else {
            throw .invalid(document: .manifest, place: "the file", reason: "is larger than 32 MiB")
        }
        let (manifest, extents) = try Self.parse(bytes)
        try manifest.checkRules(extents: extents)
        guard !manifest.target.os.takesPlainFiles || bytes.count <= Self.maximumPlainSize.bytes else {
            throw .invalid(document: .manifest, place: "the file", reason: "is larger than 2 MiB")
        }
        let spelling = manifest.canonical()
        guard spelling == bytes else {
            throw .notCanonical(document: .manifest, line: firstDifferentLine(spelling, bytes))
        }
        self = manifest
    }

    private static func parse(_ bytes: [UInt8]) throws(FormatError) -> (Manifest, [[Extent]]) {
        do {
            let value = try JSONValue.parse(bytes, limits: JSONLimits(depth: 64, size: maximumSize))
            let reader = try JSONReader(value)
            let found = try reader.integer("format")
            guard found == format else { throw FormatError.unsupportedFormat(document: .manifest, found: found) }
            return try read(reader)
        } catch let error as JSONError {
            throw .json(document: .manifest, error)
        } catch let error as FormatError {
            throw error
        } catch {
            throw .invalid(document: .manifest, place: "the file", reason: "cannot be read: \(error)")
        }
    }

    /// A table: one line a member.
    private static func read(_ reader: JSONReader) throws(JSONError) -> (Manifest, [[Extent]]) {
        let entries = try reader.array("entries", Entry.read)
        let manifest = Manifest(
            name: try reader.parsed("name", as: "a bundle's name") { BundleName($0) },
            version: try reader.parsed("version", as: "a bundle's version") { BundleVersion($0) },
            sequence: try reader.integer("sequence", in: 1...Int.max),
            created: try reader.parsed("created", as: "a time such as 2026-11-20T08:30:00Z") { Timestamp($0) },
            expires: try reader.optionalParsed("expires", as: "a time such as 2026-11-20T08:30:00Z") { Timestamp($0) },
            builder: try Builder.read(reader.item("builder")), target: try Target.read(reader.item("target")),
            roles: try reader.array("roles", Role.read),
            requirements: try reader.array("requirements", Requirement.read),
            variables: try reader.array("variables", Variable.read), users: try reader.array("users", SystemUser.read),
            steps: try reader.array("steps", Step.read),
            operation: try reader.optionalArray("operation", Operation.read) ?? [],
            images: try reader.array("images", BundledImage.read),
            sources: try reader.array("sources", Source.read), volumes: try reader.array("volumes", Volume.read),
            chunks: try reader.array("chunks", Chunk.read), entries: entries.map(\.entry),
            critical: try reader.strings("critical"), extensions: try reader.object("extensions").object,
            needs: try reader.optionalArray("needs", Need.read) ?? [])
        // What `space` says is computed and compared with the spelling as a whole.
        _ = try reader.items("space")
        try reader.finish()
        return (manifest, entries.map(\.extents))
    }
}

/// The first line, from 1, in which two texts differ.
func firstDifferentLine(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var line = 1
    for (a, b) in zip(left, right) {
        guard a == b else { return line }
        if a == UInt8(ascii: "\n") { line += 1 }
    }
    return line
}

extension Manifest.Builder {
    static func read(_ item: JSONItem) throws(JSONError) -> Self {
        let reader = try item.object()
        let builder = Self(
            tool: try reader.string("tool"), version: try reader.string("version"), zstd: try reader.string("zstd"),
            level: try reader.integer("level"))
        try reader.finish()
        return builder
    }
}

extension Manifest.Target {
    static func read(_ item: JSONItem) throws(JSONError) -> Self {
        let reader = try item.object()
        let target = Self(
            profile: try reader.parsed("profile", as: "a profile's name") { BundleName($0)?.description },
            version: Version(try reader.parsed("version", as: "a version") { BundleVersion($0)?.description }),
            os: try reader.parsed("os", as: "linux or windows") { OperatingSystem(rawValue: $0) },
            architecture: try reader.parsed("arch", as: "amd64 or arm64") { Architecture(rawValue: $0) })
        try reader.finish()
        return target
    }
}

extension Role {
    static func read(_ item: JSONItem) throws(JSONError) -> Role {
        let reader = try item.object()
        let role = Role(
            name: try reader.parsed("name", as: "a role's name") { BundleName($0)?.description },
            summary: try reader.string("summary"))
        try reader.finish()
        return role
    }
}

extension Variable {
    static func read(_ item: JSONItem) throws(JSONError) -> Variable {
        let reader = try item.object()
        let type = try reader.parsed("type", as: "a type of variable that this version knows") {
            VariableType(rawValue: $0)
        }
        let variable = Variable(
            name: try reader.parsed("name", as: "a variable's name") { isName($0) ? $0 : nil }, type: type,
            ask: try reader.string("ask"), required: try reader.bool("required"),
            defaultValue: try reader.optionalString("default"), roles: try RoleScope.read(reader),
            values: type == .enumeration ? try reader.strings("values") : [])
        try reader.finish()
        return variable
    }
}

extension SystemUser {
    static func read(_ item: JSONItem) throws(JSONError) -> SystemUser {
        let reader = try item.object()
        let user = SystemUser(
            name: try reader.parsed("name", as: "an account's name") { Owner.isName($0) ? $0 : nil },
            home: try reader.parsed("home", as: "an absolute path", absolutePath),
            shell: try reader.parsed("shell", as: "an absolute path", absolutePath), roles: try RoleScope.read(reader))
        try reader.finish()
        return user
    }
}

extension BundledImage {
    static func read(_ item: JSONItem) throws(JSONError) -> BundledImage {
        let reader = try item.object()
        let image = BundledImage(
            name: try reader.string("name"),
            digest: try reader.parsed("digest", as: "sha256: and 64 digits") { SHA256Digest($0) },
            manifest: try reader.parsed("manifest", as: "sha256: and 64 digits") { SHA256Digest($0) },
            archive: try reader.parsed("archive", as: "the path of an entry", memberPath))
        try reader.finish()
        return image
    }
}

extension Source {
    static func read(_ item: JSONItem) throws(JSONError) -> Source {
        let reader = try item.object()
        var checksum: Checksum?
        if let inner = try reader.optionalObject("checksum") {
            checksum = Checksum(
                url: try inner.string("url"),
                digest: try inner.parsed("sha256", as: "64 lower-case hexadecimal digits") { SHA256Digest(hex: $0) })
            try inner.finish()
        }
        let source = Source(url: try reader.string("url"), content: try Content.read(reader), checksum: checksum)
        try reader.finish()
        return source
    }
}

extension Volume {
    static func read(_ item: JSONItem) throws(JSONError) -> Volume {
        let reader = try item.object()
        var volume = Volume(number: 1, size: ByteCount(try reader.integer("size", in: 1...Volume.maximumSize.bytes)))
        volume.name = try reader.string("name")
        try reader.finish()
        return volume
    }
}

extension Chunk {
    static func read(_ item: JSONItem) throws(JSONError) -> Chunk {
        let reader = try item.object()
        let chunk = Chunk(
            stored: try Content.read(reader),
            plain: try Content.read(reader, size: "plainSize", digest: "plainSha256"),
            volume: try reader.integer("volume", in: 1...Volume.maximumCount))
        try reader.finish()
        return chunk
    }
}
