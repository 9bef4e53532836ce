import LibYAML
import Posix
public import Reporting
import Values

extension DefinitionError: Diagnosable {
    /// The error in words. Exit code 2, except for files that cannot be read or written (10).
    public var diagnostic: Diagnostic {
        switch self {
        case .yaml(let error): return error.diagnostic
        case .file(let error): return error.diagnostic
        case .unknownProfile(let name, let location, let known):
            let near = nearest(to: name, in: known)
            return Diagnostic(
                "there is no profile called \(quoted(name))", at: location,
                details: [Diagnostic.Detail("profiles", known.sorted().joined(separator: ", "))],
                next: near.map { "did you mean \(quoted($0))?" }
                    ?? "choose one of these, or give a folder with your own",
                exitCode: .usage)
        case .profileName(let name, let file):
            return Diagnostic(
                "the profile in \(quoted(file)) calls itself \(quoted(name))",
                next: "give the file and its `profile:` the same name", exitCode: .usage)
        case .localFile(let location, let path, let reason, let next):
            return Diagnostic("cannot take \(quoted(path.text)): \(reason)", at: location, next: next, exitCode: .usage)
        case .notAtVersion(let what, let version, let location):
            return Diagnostic(
                "the profile has no \(what) at \(quoted(version.text))", at: location,
                next: "choose another version, or do without", exitCode: .usage)
        case .configRule(let breach):
            return Diagnostic(
                "cannot take the settings for \(breach.role): \(breach.path) must be \(breach.expected)",
                at: breach.location,
                details: [Diagnostic.Detail("found", breach.found), Diagnostic.Detail("rule", breach.reason)],
                next: "correct it there", exitCode: .usage)
        case .collision(let destination, let first, let second, let location):
            return Diagnostic(
                "two files would be laid as \(quoted(destination))", at: location,
                details: [Diagnostic.Detail("first", first), Diagnostic.Detail("second", second)],
                next: "give one of them another name", exitCode: .usage)
        case .lookalike(let first, let second, let location):
            return Diagnostic(
                "two files would be laid as \(quoted(first)) and \(quoted(second)), which are one name where case or accents do not count",
                at: location, next: "give one of them another name", exitCode: .usage)
        }
    }
}
