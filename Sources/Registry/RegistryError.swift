public import Fetch
public import OCI
public import Posix
public import Reporting
public import Values

/// Why an image could not be had from a registry, or why a file about registries is not accepted.
public enum RegistryError: Error, Hashable, Sendable {
    /// The image at `site` could not be had.
    case image(ImageSite, ImageTrouble)
    /// A `hosts.toml`, a certificate folder or a credential file says something that is not taken.
    case configuration(FilePath, line: Int?, reason: String)
    /// A variable of the environment holds something that is not taken.
    case variable(String, reason: String)
    /// A file could not be read.
    case file(FileError)
    /// The snap at `site` could not be had.
    case snap(SnapSite, SnapTrouble)
    /// No authorization for a registry.
    case authorization(registry: String, AuthorizationTrouble)
}

/// Which image, from where, and who wants it.
public struct ImageSite: Hashable, Sendable {
    /// The image, completed.
    public let image: ImageReference
    /// The host that was asked last.
    public let registry: String
    /// Where the image was asked for: a place in the definition, a list of the platform.
    public let origin: String?

    /// Takes all three as they are.
    public init(image: ImageReference, registry: String, origin: String?) {
        self.image = image
        self.registry = registry
        self.origin = origin
    }
}

/// What went wrong with one image.
public enum ImageTrouble: Hashable, Sendable {
    /// The registry has no such tag or digest; `tags` are some that it has, nearest first.
    case notFound(tags: [String])
    /// The registry lacks a document or blob that the image names.
    case incomplete(Descriptor)
    /// It could not be fetched.
    case fetch(FetchError)
    /// What was fetched is not accepted.
    case document(OCIError)
    /// The digest that was asked for, or that the registry told, is not that of what it delivered.
    case otherDigest(promised: SHA256Digest, found: SHA256Digest)
    /// The registry told a digest that is none.
    case digestHeader(String)
    /// The store could not be read; its words.
    case store(Diagnostic)
}

/// Why a registry, or its token service, gets or gives no authorization.
public enum AuthorizationTrouble: Error, Hashable, Sendable {
    /// It asks for a login, and there is none for it.
    case noCredentials
    /// It offers no scheme that sealift speaks; those it offers.
    case schemes([String])
    /// It names a token service that is not asked; its address without secrets.
    case realm(String, RealmRefusal)
    /// The token service could not be asked, or refused; its words.
    case service(FetchError)
    /// The token service's answer is none.
    case answer(String)
    /// The credential helper did not answer; its name.
    case helper(String, reason: String)
}

/// Why a token service is not asked.
public enum RealmRefusal: Hashable, Sendable {
    /// It is no absolute URL.
    case address
    /// It has a user or password in it.
    case credentials
    /// It speaks plain http, though the registry speaks https.
    case plainHTTP
    /// It is a loopback, link-local or private address, and not the registry's own host.
    case privateAddress
}
