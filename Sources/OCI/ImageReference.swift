public import Values

/// The full name of an image: registry, repository, and a tag, a digest or both.
///
/// Normalised as `distribution/reference` does it (`normalize.go`), because that is how the kubelet and containerd
/// compare names: `nginx` is `docker.io/library/nginx:latest`.
public struct ImageReference: Hashable, Sendable {
    /// The registry as it stands in names: `docker.io`, `ghcr.io`, `localhost:5000`.
    ///
    /// The host to dial can be another one, see `Registry`.
    public let registry: String
    /// The path below the registry, lower case: `library/nginx`.
    public let repository: String
    /// The tag; `nil` only when ``digest`` is present.
    public let tag: String?
    /// The digest of the image's topmost document, when the name pins one.
    public let digest: SHA256Digest?

    /// The registry of names that carry none.
    public static let defaultRegistry = "docker.io"
    /// The tag of names that carry neither tag nor digest.
    public static let defaultTag = "latest"

    /// Reads `[registry/]repository[:tag][@digest]` and completes it.
    ///
    /// - Throws: ``OCIError/reference(text:refusal:)``.
    public init(_ text: String) throws(OCIError) {
        do throws(Refusal) {
            self = try Self.parsed(text)
        } catch {
            throw .reference(text: text, refusal: error)
        }
    }

    init(registry: String, repository: String, tag: String?, digest: SHA256Digest?) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }
}

extension ImageReference: CustomStringConvertible {
    /// Registry and repository: `docker.io/library/nginx`.
    public var name: String { registry + "/" + repository }

    /// The complete name: `docker.io/library/nginx:1`, with `@sha256:…` when it is pinned.
    public var description: String {
        name + (tag.map { ":" + $0 } ?? "") + (digest.map { "@" + $0.description } ?? "")
    }

    /// The key under which the kubelet looks for this image in containerd.
    ///
    /// CRI drops the tag of a name that has a digest (`ParseDockerRef`): `a:1@sha256:x` is `docker.io/library/a@sha256:x`.
    public var kubeletName: String {
        guard let digest else { return description }
        return name + "@" + digest.description
    }

    /// The same image pinned to `digest`.
    public func pinned(to digest: SHA256Digest) -> ImageReference {
        ImageReference(registry: registry, repository: repository, tag: tag, digest: digest)
    }

    /// The name with its tag and no digest; `nil` for a name without a tag.
    public var tagged: ImageReference? {
        tag.map { ImageReference(registry: registry, repository: repository, tag: $0, digest: nil) }
    }

    /// Whether the name follows whatever `latest` is at the moment, by saying so or by saying nothing.
    ///
    /// Such containers get `imagePullPolicy: Always` by default, which asks the registry even on a site that has none.
    public var isFloating: Bool { digest == nil && tag == Self.defaultTag }
}
