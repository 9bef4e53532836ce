public import JSON
import Values

extension Receipt {
    /// The one spelling of this receipt (docs/format.md §3, §12).
    public func canonical() -> [UInt8] { json.canonical() }

    /// The same as a value, for a document that holds receipts.
    public var json: JSONValue {
        var valuesObject = JSONObject()
        for (name, value) in values { valuesObject.append(name, .string(value)) }
        return object([
            ("format", .integer(Self.format)), ("bundle", bundle.json), ("target", target.json),
            ("needs", needs.isEmpty ? .none : .some(.array(needs.map(\.json)))), ("role", .string(role)),
            ("installed", .string(installed.description)), ("installer", .string(installer)),
            ("keys", strings(keys.map { "SHA256:" + $0.hex })), ("files", .array(files.map(\.json))),
            ("units", strings(units)), ("users", strings(users)), ("images", .array(images.map(\.json))),
            ("values", .object(valuesObject)), ("warnings", strings(warnings)),
            ("operation", operation.isEmpty ? JSONValue?.none : .array(operation.map(\.json))),
        ])
    }

    /// Reads the bytes of a receipt.
    ///
    /// - Throws: ``FormatError`` for anything but the one spelling.
    public init(reading bytes: [UInt8]) throws(FormatError) {
        do {
            let value = try JSONValue.parse(bytes, limits: JSONLimits(depth: 64, size: Self.maximumSize))
            let reader = try JSONReader(value)
            let found = try reader.integer("format")
            guard found == Self.format else { throw FormatError.unsupportedFormat(document: .receipt, found: found) }
            self = try Self.read(reader)
        } catch let error as JSONError {
            throw .json(document: .receipt, error)
        } catch let error as FormatError {
            throw error
        } catch {
            throw .invalid(document: .receipt, place: "the file", reason: "cannot be read: \(error)")
        }
        let spelling = canonical()
        guard spelling == bytes else {
            throw .notCanonical(document: .receipt, line: firstDifferentLine(spelling, bytes))
        }
    }

    private static func read(_ reader: JSONReader) throws(JSONError) -> Receipt {
        let values = try reader.object("values").map { (_, item) throws(JSONError) in try item.string() }
        let receipt = Receipt(
            bundle: try Bundle.read(reader.item("bundle")), target: try Manifest.Target.read(reader.item("target")),
            role: try reader.string("role"),
            installed: try reader.parsed("installed", as: "a time such as 2026-11-20T08:30:00Z") { Timestamp($0) },
            installer: try reader.string("installer"),
            keys: try reader.array("keys") { (item) throws(JSONError) in
                try item.parsed(as: "SHA256: and 64 digits") {
                    $0.hasPrefix("SHA256:") ? SHA256Digest(hex: $0.dropFirst(7)) : nil
                }
            },
            files: try reader.array("files", File.read), units: try reader.strings("units"),
            users: try reader.strings("users"), images: try reader.array("images", BundledImage.read),
            operation: try reader.optionalArray("operation", Operation.read) ?? [],
            values: values.map { (name: $0.key, value: $0.value) }, warnings: try reader.strings("warnings"),
            needs: try reader.optionalArray("needs", Need.read) ?? [])
        try reader.finish()
        return receipt
    }
}

extension Receipt.Bundle {
    var json: JSONValue {
        object([
            ("name", .string(name.description)), ("version", .string(version.description)),
            ("sequence", .integer(sequence)), ("created", .string(created.description)),
            ("sha256", .string(digest.hex)),
        ])
    }

    static func read(_ item: JSONItem) throws(JSONError) -> Self {
        let reader = try item.object()
        let bundle = Self(
            name: try reader.parsed("name", as: "a bundle's name") { BundleName($0) },
            version: try reader.parsed("version", as: "a bundle's version") { BundleVersion($0) },
            sequence: try reader.integer("sequence", in: 1...Int.max),
            created: try reader.parsed("created", as: "a time such as 2026-11-20T08:30:00Z") { Timestamp($0) },
            digest: try reader.parsed("sha256", as: "64 lower-case hexadecimal digits") { SHA256Digest(hex: $0) })
        try reader.finish()
        return bundle
    }
}

extension Receipt.File {
    var json: JSONValue {
        var members: [(String, JSONValue?)] = [("path", .string(path.text))]
        switch kind {
        case .directory(let permissions): members += [("kind", .string("directory"))] + permissions.members
        case .link(let target): members += [("kind", .string("link")), ("target", .string(target))]
        case .file(let permissions, let content):
            members += [("kind", .string("file"))] + permissions.members
            members += [
                ("size", content.map { .integer($0.size.bytes) }), ("sha256", content.map { .string($0.digest.hex) }),
                ("secret", content == nil ? .bool(true) : nil), ("renamed", renamed.map { .string($0) }),
            ]
        }
        return object(members)
    }

    static func read(_ item: JSONItem) throws(JSONError) -> Self {
        let reader = try item.object()
        let path = try reader.parsed("path", as: "a member path", memberPath)
        let word = try reader.string("kind")
        let kind: Kind
        switch word {
        case "directory": kind = .directory(try Permissions.read(reader))
        case "link": kind = .link(target: try reader.string("target"))
        case "file":
            let isSecret = try reader.optionalBool("secret") ?? false
            kind = .file(try Permissions.read(reader), isSecret ? nil : try Content.read(reader))
        default: throw item.invalid("directory, file or link", found: word)
        }
        let renamed = try reader.optionalParsed("renamed", as: "an ending of a file's name") { text in
            word == "file" && Entry.isEnding(text) ? text : nil
        }
        try reader.finish()
        return Self(path: path, kind: kind, renamed: renamed)
    }
}

extension Permissions {
    fileprivate var members: [(String, JSONValue?)] {
        [("mode", .string(mode.description)), ("owner", .string(owner.description))]
    }
}
