public import JSON
public import Values

/// Why a name, a document or a set of images is not accepted.
public enum OCIError: Error, Hashable, Sendable {
    /// `text` does not name an image.
    case reference(text: String, refusal: ImageReference.Refusal)
    /// The document with this digest is not accepted.
    case document(SHA256Digest, DocumentFault)
    /// No image in the index is for this machine; `available` says which machines it has images for.
    case noPlatform(wanted: Platform, available: [Platform])
    /// Indexes within indexes: more levels than ``ImageGraph/maximumDepth``.
    case tooDeep(SHA256Digest)
    /// More documents than ``ImageGraph/maximumDocuments``.
    case tooManyDocuments(Int)
    /// More bytes of documents than ``ImageGraph/maximumTotalSize``.
    case tooLargeInAll(ByteCount)
    /// A locked image whose chosen manifest is not in its index.
    case notInIndex(manifest: SHA256Digest, root: SHA256Digest)
    /// One name for two different images.
    case nameClash(name: String, SHA256Digest, SHA256Digest)
    /// One digest with two sizes.
    case sizeClash(SHA256Digest, ByteCount, ByteCount)
}

/// What is wrong with one index, manifest or configuration.
public enum DocumentFault: Error, Hashable, Sendable {
    /// Longer than sealift reads whole.
    case tooLarge(ByteCount, limit: ByteCount)
    /// Not as long as its descriptor says.
    case size(expected: ByteCount, found: ByteCount)
    /// Not the bytes that its descriptor names.
    case digest(found: SHA256Digest)
    /// Not JSON, or not the members that a document of its kind has.
    case json(JSONError)
    /// Docker's first manifest format.
    case schema1
    /// A `schemaVersion` other than 2.
    case schemaVersion(Int)
    /// Members of an index and of a manifest in one document (CVE-2021-41190).
    case ambiguous([String])
    /// Neither index nor manifest.
    case neither
    /// The document says, or is, another type than its descriptor or `Content-Type` promised.
    case mediaType(promised: String, found: String)
    /// A descriptor's text at `path` is no digest.
    case digestText(path: String, text: String, DigestRefusal)
    /// A descriptor's text at `path` is no media type.
    case mediaTypeText(path: String, text: String)
    /// A descriptor's embedded `data` is not the content that it describes.
    case dataMismatch(path: String)
    /// More entries or layers than ``ImageGraph/maximumDocuments``.
    case tooManyEntries(Int, path: String)
    /// A layer whose bytes lie on another server.
    case foreignLayer(number: Int)
    /// A layer of a type that no container runtime unpacks.
    case layerType(number: Int, type: String)
    /// A chart, signature or other artefact, by the type of its configuration.
    case notAnImage(configuration: String)
    /// The configuration lists another number of layers than the manifest.
    case layerCount(manifest: Int, configuration: Int)
}
