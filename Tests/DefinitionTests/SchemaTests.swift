import JSON
import Posix
import Testing
import Values

@testable import Definition

/// docs/schema says in JSON Schema what the readers take.
struct SchemaTests {
    private func schema(_ name: String) throws -> JSONObject {
        let path = FilePath(String(#filePath)).parent.parent.parent.appending("docs/schema/\(name).schema.json")
        let value = try JSONValue.parse(Files.read(path, limit: .mebibytes(1)))
        guard case .object(let object) = value else { throw SchemaError.shape("\(name): no object") }
        return object
    }

    private enum SchemaError: Error { case shape(String) }

    private func object(_ value: JSONValue?, _ place: String) throws -> JSONObject {
        guard case .object(let object)? = value else { throw SchemaError.shape("\(place): no object") }
        return object
    }

    private func words(_ value: JSONValue?) -> [String] {
        guard case .array(let elements)? = value else { return [] }
        return elements.compactMap(\.stringValue)
    }

    @Test(arguments: [
        ("definition", DefinitionKeys.tables), ("profile", ProfileKeys.tables), ("lock", LockKeys.tables),
    ])
    func `schema and reader know the same keys`(name: String, tables: [String: [String]]) throws {
        let schema = try schema(name)
        let definitions = try object(schema["$defs"], name)
        #expect(Set(definitions.keys + [name]) == Set(tables.keys))
        for (table, keys) in tables {
            let part = table == name ? schema : try object(definitions[table], table)
            let properties = try object(part["properties"], table).keys
            #expect(Set(properties) == Set(keys), "\(name): \(table)")
            #expect(Set(keys).count == keys.count, "\(name): \(table) has a key twice")
            #expect(part["additionalProperties"] == .bool(false), "\(name): \(table)")
            #expect(Set(properties).isSuperset(of: words(part["required"])), "\(name): \(table)")
        }
    }

    @Test func `every key has words for an editor to show`() throws {
        for name in ["definition", "profile", "lock"] {
            let schema = try schema(name)
            for key in try object(schema["properties"], name).keys {
                let property = try object(object(schema["properties"], name)[key], key)
                let target = try property["$ref"]?.stringValue.map { reference in
                    try object(object(schema["$defs"], name)[String(reference.dropFirst("#/$defs/".count))], reference)
                }
                #expect(
                    property["description"] != nil || target?["description"] != nil || target?["properties"] != nil,
                    "\(name).\(key)")
            }
        }
    }

    @Test func `kinds of requirements are the same, with what each needs`() throws {
        for name in ["definition", "profile"] {
            let requirement = try object(object(schema(name)["$defs"], name)["requirement"], "requirement")
            let kind = try object(object(requirement["properties"], "requirement")["kind"], "kind")
            #expect(Set(words(kind["enum"])) == Set(ProfileKeys.requirementMembers.keys))
            guard case .array(let rules)? = requirement["allOf"] else { throw SchemaError.shape("no rules") }
            #expect(rules.count == ProfileKeys.requirementMembers.values.filter { !$0.isEmpty }.count)
        }
    }
}

/// The guides name every key, and what they show is read.
struct GuideTests {
    private func guide(_ name: String) throws -> String {
        let path = FilePath(String(#filePath)).parent.parent.parent.appending("docs/guides/\(name).md")
        return String(decoding: try Files.read(path, limit: .mebibytes(1)), as: UTF8.self)
    }

    @Test(arguments: [("definition", DefinitionKeys.tables), ("writing-a-profile", ProfileKeys.tables)])
    func `every key has a place in its guide`(name: String, tables: [String: [String]]) throws {
        let elsewhere = name == "definition" ? ["requirement", "unit"] : ["variable"]
        let text = try guide(name)
        for (table, keys) in tables where !elsewhere.contains(table) {
            for key in keys { #expect(text.contains("`\(key)`"), "\(table).\(key)") }
        }
    }

    /// The text between the first "```yaml" and the next "```".
    private func example(_ name: String) throws -> [UInt8] {
        let lines = try guide(name).split(separator: "\n", omittingEmptySubsequences: false)
        let body = lines.drop { $0 != "```yaml" }.dropFirst().prefix { $0 != "```" }
        return Array(body.joined(separator: "\n").utf8)
    }

    @Test func `the first definition of the guide is read`() throws {
        let definition = try Definition.parse(try example("definition"), path: "line7.yaml")
        #expect(definition.platform.version == "v1.31")
    }

    @Test func `the first profile of the guide makes a layout`() throws {
        try withFolder { folder in
            try Files.replace(folder.appending("tiny.yaml"), with: try example("writing-a-profile"))
            let text = "name: a\nversion: \"1\"\nplatform: {profile: tiny, version: v1.2.3, arch: arm64}\n"
            let definition = try Definition.parse(Array(text.utf8), path: "a.yaml", profiles: [folder])
            let release = try #require(definition.profile.release(Version("v1.2.3"), .arm64))
            #expect(release.artefacts.map(\.url) == ["https://example.org/v1.2.3/tiny-aarch64"])
            #expect(try Layout(definition, release).entries.count == 2)
        }
    }
}
