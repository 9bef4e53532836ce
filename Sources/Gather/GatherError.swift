public import Definition
public import Fetch
public import LibArchive
public import Posix
public import Registry
public import Store

/// Why not everything that a lock names could be had.
public enum GatherError: Error, Hashable, Sendable {
    /// It could not be fetched, or is not what was promised.
    case fetch(FetchedItem, FetchError)
    /// An image could not be had.
    case registry(RegistryError)
    /// The store could not give or take something.
    case store(StoreError)
    /// The definition itself does not hold together.
    case definition(DefinitionError)
    /// A local file cannot be read.
    case file(FileError)
    /// The lock was not made of this definition and profile as they are now; why.
    case staleLock(String)
    /// Local files are not what the lock says.
    case changedFiles([LocalChange])
    /// A published list of images, by its URL, cannot be used.
    case imageList(String, ImageListFault)
    /// The makers' image archive, by its name, cannot be read.
    case archive(String, ArchiveFault)
    /// A file within a snap that should name images.
    case snapMember(snap: String, path: String, SnapMemberFault)
    /// An image archive or layout that the definition names cannot be used.
    case imageArchive(ImageArchiveRequest, ImageArchiveFault)
    /// The makers' image archive and their list name different images.
    case otherImages(archive: String, list: String, missing: [String], surplus: [String])
}

/// Something that is fetched, and who says what it must be.
public struct FetchedItem: Hashable, Sendable {
    /// What people call it: `the artefact binary`.
    public let name: String
    /// Who promised its digest, in words: `the lock`, or the URL of a checksum file.
    public let promise: String

    /// An item by name, and who says what it must be.
    public init(_ name: String, promise: String) {
        self.name = name
        self.promise = promise
    }
}

/// What is wrong with an archive of images.
public enum ArchiveFault: Hashable, Sendable {
    /// It cannot be read to its end.
    case unreadable(ArchiveError)
    /// It has neither `index.json` nor `manifest.json`, so that no platform takes it.
    case noImages
    /// Its `index.json` or `manifest.json` is not what it should be.
    case document(String, reason: String)
}

/// Runs `body` and passes on what the store says.
func storing<Result: ~Copyable>(_ body: () throws(StoreError) -> Result) throws(GatherError) -> Result {
    do throws(StoreError) { return try body() } catch { throw .store(error) }
}
