public import Values

/// An image by digest: what a lock keeps, and what is fetched again, byte for byte, for ever.
public struct PinnedImage: Hashable, Sendable {
    /// The name that was asked for, completed.
    public let reference: ImageReference
    /// The topmost document, usually an index. Its digest is the one that `name@sha256:…` means.
    public let root: Descriptor
    /// The manifest chosen for ``platform``; the root itself when there is no index.
    public let manifest: Descriptor
    /// The machine that the image was chosen for.
    public let platform: Platform
    /// The length of all that travels: every document, the configuration and the layers for ``platform``.
    public let size: ByteCount

    /// Takes what was resolved, or what a lock says; ``ImageContents`` checks that it holds together.
    public init(
        reference: ImageReference, root: Descriptor, manifest: Descriptor, platform: Platform, size: ByteCount
    ) {
        self.reference = reference
        self.root = root
        self.manifest = manifest
        self.platform = platform
        self.size = size
    }
}
