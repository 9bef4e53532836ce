public import LibYAML
public import Posix
public import Reporting
public import Values

/// Why a definition, a profile or a lock was not accepted.
public enum DefinitionError: Error, Hashable, Sendable {
    /// A text is not what it should be; has file, line and column.
    case yaml(YAMLError)
    /// A file cannot be read or written.
    case file(FileError)
    /// There is no profile of that name. The location is where it was asked for, if in a file.
    case unknownProfile(String, SourceLocation?, known: [String])
    /// A profile's file and its `profile:` name differ.
    case profileName(String, file: String)
    /// A local file that a definition names is not there or not what is needed.
    case localFile(SourceLocation?, path: FilePath, reason: String, next: String)
    /// The profile has not what the definition asks for at this version: `what`.
    case notAtVersion(what: String, version: Version, SourceLocation)
    /// Settings break a rule of the profile.
    case configRule(ConfigRuleBreach)
    /// Two files would be laid in one place.
    case collision(destination: String, first: String, second: String, SourceLocation?)
    /// Two things would be laid under names that somebody takes for one.
    case lookalike(first: String, second: String, SourceLocation?)
}

/// A rule of a profile that settings break.
public struct ConfigRuleBreach: Hashable, Sendable {
    /// Where the value stands, or the nearest thing around the place where it is missing.
    public let location: SourceLocation
    /// The path of the value in the file.
    public let path: String
    /// The role whose file it is.
    public let role: String
    /// What is there.
    public let found: String
    /// What would be right.
    public let expected: String
    /// Why, with its source.
    public let reason: String
}
