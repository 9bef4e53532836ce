import LibYAML
import OCI

/// What makes a text look like an image's name, and a key like one that speaks of images.
enum ImageWords {
    /// `image`, `sidecarImage`, `config-reloader-image`, `RELATED_IMAGE_AGENT`.
    static func speaksOfImage(_ key: String) -> Bool {
        let lower = key.lowercased()
        return lower.hasSuffix("image") || key.contains("IMAGE")
    }

    /// Whether `text` names an image. A text that nobody called one must have a tag or a digest and a registry, for a host and a port
    /// (`redis:6379`) look the same without.
    static func isImage(_ text: String, calledSo: Bool) -> Bool {
        let reference: ImageReference
        do throws(OCIError) { reference = try ImageReference(text) } catch { return false }
        let saysWhich = reference.digest != nil || text.contains(":") && text.hasSuffix(":" + (reference.tag ?? "/"))
        guard saysWhich else { return calledSo && text.contains("/") }
        let hasRegistry = text.hasPrefix(reference.registry + "/")
        return calledSo || hasRegistry
    }
}

/// An image in parts: `{registry: ghcr.io, repository: acme/app, tag: "1"}`, the idiom of charts' values and of operators.
struct CompositeImage {
    let text: String
    /// The part that names the repository.
    let reader: YAMLReader

    /// - Parameter key: Under which the map stands; it may be called an image.
    init?(_ map: YAMLReader, key: String) {
        guard let repository = map["repository"] ?? (ImageWords.speaksOfImage(key) ? map["name"] : nil),
            let name = repository.text
        else { return nil }
        let (registry, tag, digest) = (map["registry"]?.text, map["tag"]?.text, map["digest"]?.text)
        guard registry != nil || tag != nil || digest != nil || ImageWords.speaksOfImage(key) else { return nil }
        text = Self.name(registry: registry, name, tag: tag, digest: digest)
        reader = repository
    }

    /// The parts as one name; the digest goes before the tag, as charts write it.
    static func name(registry: String?, _ repository: String, tag: String?, digest: String?) -> String {
        let base = (registry.map { $0 + "/" } ?? "") + repository
        if let digest { return base + "@" + (digest.contains(":") ? digest : "sha256:" + digest) }
        return base + (tag.map { ":" + $0 } ?? "")
    }
}
