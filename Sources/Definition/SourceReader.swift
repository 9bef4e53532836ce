import Format
import LibCrypto
import LibYAML
import Values

/// Reads what a profile says about where things come from.
struct SourceReader {
    let items: ItemReader
    /// The names that `${…}` may use.
    let names: [String]

    func text(_ reader: YAMLReader, also more: [String] = []) throws(YAMLError) -> ProfileText {
        try items.text(reader, names + more)
    }

    private func url(_ reader: YAMLReader, also more: [String] = []) throws(YAMLError) -> ProfileText {
        _ = try reader.url()
        return try text(reader, also: more)
    }

    func channel(_ reader: YAMLReader) throws(YAMLError) -> Channel {
        let fields = try reader.map(ProfileKeys.channel)
        var patterns: [VersionPattern] = []
        for name in try fields.required("names").list() {
            patterns.append(try name.value("a channel's name, # for digits") { VersionPattern($0) })
        }
        return Channel(
            kind: try fields.required("kind").choice(), url: try url(try fields.required("url"), also: ["channel"]),
            names: patterns)
    }

    func artefacts(_ key: String, of map: YAMLMap) throws(YAMLError) -> [Artefact] {
        try items.list(key, of: map) { (reader) throws(YAMLError) in try artefact(reader) }
    }

    private func artefact(_ reader: YAMLReader) throws(YAMLError) -> Artefact {
        let fields = try reader.map(ProfileKeys.artefact)
        let name: String = try fields.required("name").value("a name of a-z, 0-9 and -") { BundleName($0)?.description }
        return Artefact(
            name: name, url: try fields.optional("url").map { (reader) throws(YAMLError) in try url(reader) },
            checksum: try checksum(fields), signature: try signature(fields),
            licence: try fields.optional("licence")?.nonEmptyString(),
            supplier: try fields.optional("supplier")?.nonEmptyString(),
            destination: try fields.required("path").destination(),
            permissions: try items.permissions(fields, mode: .file), roles: try items.scope(fields),
            versions: try items.versions(fields), isOptional: try fields.optional("optional")?.bool() ?? false)
    }

    private func signature(_ fields: YAMLMap) throws(YAMLError) -> SignatureSource? {
        guard let reader = fields.optional("signature") else { return nil }
        let signature = try reader.map(ProfileKeys.signature)
        let key = try signature.optional("key").map { (reader) throws(YAMLError) -> PublicKey in
            try reader.value("an ECDSA P-256 public key in PEM") { text in
                do throws(CryptoError) {
                    let key = try PublicKey(pem: Array(text.utf8))
                    return key.algorithm == .ecdsaP256 ? key : nil
                } catch { return nil }
            }
        }
        return SignatureSource(url: try url(try signature.required("url")), key: key)
    }

    private func checksum(_ fields: YAMLMap) throws(YAMLError) -> ChecksumSource? {
        guard let reader = fields.optional("checksum") else { return nil }
        let checksum = try reader.map(ProfileKeys.checksum)
        return ChecksumSource(
            url: try url(try checksum.required("url")), name: try text(try checksum.required("name")),
            form: try checksum.optional("form")?.choice() ?? .sums)
    }

    func images(_ reader: YAMLReader?) throws(YAMLError) -> ProfileImages {
        guard let reader else { return ProfileImages(lists: [], members: [], archives: [], folders: []) }
        let fields = try reader.map(ProfileKeys.images)
        return ProfileImages(
            lists: try items.list("lists", of: fields) { (reader) throws(YAMLError) in try list(reader) },
            members: try items.list("members", of: fields) { (reader) throws(YAMLError) in try imageMember(reader) },
            archives: try artefacts("archives", of: fields),
            folders: try items.list("folders", of: fields) { (reader) throws(YAMLError) in try folder(reader) })
    }

    private func list(_ reader: YAMLReader) throws(YAMLError) -> ImageList {
        let fields = try reader.map(ProfileKeys.imageList)
        return ImageList(
            url: try url(try fields.required("url")), form: try fields.optional("form")?.choice() ?? .lines,
            checksum: try checksum(fields), versions: try items.versions(fields))
    }

    private func folder(_ reader: YAMLReader) throws(YAMLError) -> ImageFolder {
        let fields = try reader.map(ProfileKeys.imageFolder)
        let archive: String = try fields.required("archive").value("a file name that ends in .tar") { name in
            isWord(name, "-_.") && name.hasSuffix(".tar") ? name : nil
        }
        return ImageFolder(
            destination: try fields.required("path").destination(), archive: archive,
            permissions: try items.permissions(fields, mode: .file), roles: try items.scope(fields),
            renamed: try fields.optional("renamed").map { (reader) throws(YAMLError) -> String in
                try reader.value("an ending of a file's name such as .loaded") { Entry.isEnding($0) ? $0 : nil }
            }, names: try fields.required("names").choice(), sparse: try fields.optional("sparse")?.bool() ?? false,
            split: try fields.optional("split")?.bool() ?? false,
            versions: try items.versions(fields))
    }

    func manifests(_ reader: YAMLReader) throws(YAMLError) -> ManifestFolder {
        let fields = try reader.map(ProfileKeys.manifestFolder)
        return ManifestFolder(
            destination: try fields.required("path").destination(),
            permissions: try items.permissions(fields, mode: .secret), roles: try items.scope(fields),
            suffixes: try fields.required("suffixes").strings(),
            reserved: try fields.optional("reserved")?.strings() ?? [])
    }
}
