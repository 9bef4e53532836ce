public import Discover
public import Fetch
public import Gather
public import Posix
public import Reporting
public import Values

/// Why a definition could not be resolved to a lock, or a bundle not be prepared.
public enum ResolveError: Error, Hashable, Sendable {
    /// Something could not be had, or the definition does not hold together.
    case gather(GatherError)
    /// The place that tells channels does not know this one; what it knows.
    case unknownChannel(String, SourceLocation, known: [String])
    /// What was answered about a channel cannot be used.
    case channelAnswer(String, url: String, reason: String)
    /// The makers have no files of this version.
    case unknownVersion(UnknownVersion)
    /// A checksum file, by its URL, does not vouch for a file, by its name.
    case checksum(url: String, name: String, ChecksumFault)
    /// The makers' signature, by its URL, is none of an artefact by the key that the profile names.
    case signature(artefact: String, url: String, key: String)
    /// A file is not what its checksum, or the definition, says.
    case otherContent(item: String, file: String, promise: String, expected: SHA256Digest, found: SHA256Digest)
    /// The definition must say where an artefact is.
    case noPlace(artefact: String, SourceLocation)
    /// Images are wanted, and the roles offered have no place for them.
    case noPlaceForImages(String, SourceLocation)
    /// There is no lock, and none may be made.
    case noLock(FilePath)
    /// The lock does not follow from the definition that it was made of, in words.
    case editedLock(FilePath, String)
    /// There is no fit installer for the architecture.
    case installer(FilePath, Architecture, InstallerFault)
    /// A chart cannot be found, or is not what its repository says.
    case chart(ChartSite, ChartTrouble)
    /// A manifest or chart cannot be looked through.
    case discover(DiscoverError)
    /// Manifests or charts refer to images that the bundle of the definition would not carry.
    case notClosed([MissingImage], definition: FilePath)
}

/// A version whose files are not there.
public struct UnknownVersion: Hashable, Sendable {
    /// The platform's name for people.
    public let platform: String
    /// The version.
    public let version: Version
    /// The channel that named it; `nil` when the definition did.
    public let channel: String?
    /// Where the definition asks for it.
    public let location: SourceLocation
    /// What was asked for and is not there.
    public let site: FetchSite
    /// Versions that there are, by channel; empty when nobody tells.
    public let known: [String: Version]
    /// The architecture that the definition asks for.
    public let architecture: Architecture
    /// Other architectures for which this version is there.
    public let others: [Architecture]
}

/// What is wrong with a checksum file.
public enum ChecksumFault: Error, Hashable, Sendable {
    /// No line is about the file; names that it has.
    case noLine(names: [String])
    /// The line about the file is not 64 lower-case hexadecimal digits, a blank, a blank or `*`, and the name.
    case malformed(line: Int)
    /// Two lines about the file differ.
    case contradiction(lines: [Int])
}

/// Runs `body` and passes on what was gathered in vain.
func gathering<Result>(_ body: () throws(GatherError) -> Result) throws(ResolveError) -> Result {
    do throws(GatherError) { return try body() } catch { throw .gather(error) }
}
