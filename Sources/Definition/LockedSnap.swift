public import Format
import LibYAML
public import Values

/// A snap of the platform, or a base that one of them needs.
public struct LockedSnap: Hashable, Sendable {
    /// The name, and what the store knows it by for ever.
    public var name, id: String
    /// Counts up with every upload.
    public var revision: Int
    /// The maker's version.
    public var version: String
    /// The channel that it was found in.
    public var channel: String
    /// `app`, `base`, `snapd` …
    public var type: String
    /// The base that it needs.
    public var base: String?
    /// `classic`, `strict` or `devmode`.
    public var confinement: String
    /// Where its bytes come from.
    public var url: String
    /// Size and digest.
    public var content: Content
    /// The digest by which its assertions know it.
    public var digest: SHA3Digest
    /// What vouches for it.
    public var assertions: LockedAssertions

    /// A snap by its facts.
    public init(
        name: String, id: String, revision: Int, version: String, channel: String, type: String, base: String?,
        confinement: String, url: String, content: Content, digest: SHA3Digest, assertions: LockedAssertions
    ) {
        self.name = name
        self.id = id
        self.revision = revision
        self.version = version
        self.channel = channel
        self.type = type
        self.base = base
        self.confinement = confinement
        self.url = url
        self.content = content
        self.digest = digest
        self.assertions = assertions
    }

    /// Whether a machine keeps a newer revision that it has: bases, and snapd itself, on which other snaps rest.
    public var keepsNewer: Bool { type != "app" }
}

/// The assertions of one snap.
public struct LockedAssertions: Hashable, Sendable {
    /// All of them in one file, for `snap ack`.
    public var content: Content
    /// Each as the store gives it, in the file's order.
    public var parts: [Part]

    /// Assertions by their facts.
    public init(content: Content, parts: [Part]) {
        self.content = content
        self.parts = parts
    }

    /// One assertion.
    public struct Part: Hashable, Sendable {
        /// `snap-revision`, `account-key` …
        public var type: String
        /// Where from, size and digest.
        public var document: LockedDocument

        /// An assertion by its facts.
        public init(type: String, document: LockedDocument) {
            self.type = type
            self.document = document
        }
    }
}

extension LockedSnap {
    var yaml: YAMLValue {
        .map(
            [
                YAMLMember("name", .string(name)), YAMLMember("id", .string(id)),
                YAMLMember("revision", .integer(revision)), YAMLMember("version", .string(version)),
                YAMLMember("channel", .string(channel)), YAMLMember("type", .string(type)),
            ] + (base.map { [YAMLMember("base", .string($0))] } ?? []) + [
                YAMLMember("confinement", .string(confinement)), YAMLMember("url", .string(url)),
            ] + content.members + [
                YAMLMember("sha3-384", .string(digest.hex)), YAMLMember("assertions", assertions.yaml),
            ])
    }

    init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.snap)
        self.init(
            name: try fields.required("name").snapName(), id: try fields.required("id").nonEmptyString(),
            revision: try fields.required("revision").integer(in: 1...Int(Int32.max)),
            version: try fields.required("version").nonEmptyString(),
            channel: try fields.required("channel").nonEmptyString(),
            type: try fields.required("type").nonEmptyString(), base: try fields.optional("base")?.nonEmptyString(),
            confinement: try fields.required("confinement").nonEmptyString(), url: try fields.required("url").url(),
            content: try Content(fields),
            digest: try fields.required("sha3-384").value("96 lower-case hexadecimal digits") { SHA3Digest(hex: $0) },
            assertions: try LockedAssertions(try fields.required("assertions")))
    }
}

extension LockedAssertions {
    fileprivate var yaml: YAMLValue {
        let parts = parts.map { part in
            YAMLValue.map([YAMLMember("type", .string(part.type))] + part.document.members)
        }
        return .map(content.members + [YAMLMember("parts", .list(parts))])
    }

    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.assertions)
        var parts: [Part] = []
        for element in try fields.required("parts").list() {
            let part = try element.map(LockKeys.assertion)
            let document = LockedDocument(url: try part.required("url").url(), content: try Content(part))
            parts.append(Part(type: try part.required("type").nonEmptyString(), document: document))
        }
        self.init(content: try Content(fields), parts: parts)
    }
}
