import JSON
import OCI
import Posix
import Synchronization
import Values

/// What this user has stored for registries, by docker, podman or skopeo. Read when a registry asks for a login, not
/// before.
///
/// In this order, the first that has something for a registry decides: `DOCKER_AUTH_CONFIG`, `$REGISTRY_AUTH_FILE`,
/// `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`, `$XDG_RUNTIME_DIR/containers/auth.json`,
/// `~/.config/containers/auth.json`. Inside a file a helper for the registry, then the common helper, then `auths`.
public final class RegistryCredentials: Sendable {
    private let environment: [String: String]
    private let state = Mutex(State())

    private struct State {
        var files: [CredentialFile]?
        var known: [Question: Credential?] = [:]
    }

    private struct Question: Hashable {
        let host: String
        let repository: String
    }

    /// - Parameter environment: Says where the files are, and goes to helpers as it is.
    public init(environment: [String: String]) { self.environment = environment }

    /// What is stored for a host. The first question for one may start a helper, and holds up other questions meanwhile.
    ///
    /// - Parameters:
    ///   - host: `host` or `host:port`, as it is asked.
    ///   - repository: For entries that name namespaces.
    func credential(for host: String, repository: String) throws(RegistryError) -> Credential? {
        let question = Question(host: CredentialKey.canonical(host), repository: repository)
        return try state.withLock { state throws(RegistryError) in
            if let known = state.known[question] { return known }
            let files = if let files = state.files { files } else { try readFiles() }
            state.files = files
            let found = try find(question, in: files)
            state.known[question] = .some(found)
            return found
        }
    }

    private func find(_ question: Question, in files: [CredentialFile]) throws(RegistryError) -> Credential? {
        for file in files {
            if let helper = file.helpers[question.host] ?? file.commonHelper {
                let asked = CredentialHelper(suffix: helper, environment: environment)
                if let found = try asked.credential(for: question.host) { return found }
            }
            let entry = file.entry(host: question.host, repository: question.repository)
            if let found = entry?.credential { return found }
        }
        return nil
    }

    private func readFiles() throws(RegistryError) -> [CredentialFile] {
        var files: [CredentialFile] = []
        if let text = environment["DOCKER_AUTH_CONFIG"], !text.isEmpty {
            do throws(JSONError) { files.append(try CredentialFile(Array(text.utf8))) } catch {
                throw .variable("DOCKER_AUTH_CONFIG", reason: error.reason)
            }
        }
        for path in Self.paths(environment) {
            guard let bytes = try OptionalFile.read(path, limit: CredentialFile.maximumSize) else { continue }
            do throws(JSONError) { files.append(try CredentialFile(bytes)) } catch {
                throw .configuration(path, line: nil, reason: error.reason)
            }
        }
        return files
    }

    /// Where the files are, in order, by these variables.
    static func paths(_ environment: [String: String]) -> [FilePath] {
        let folder = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : FilePath($0) } }
        let home = folder("HOME")
        let docker = folder("DOCKER_CONFIG") ?? home?.appending(".docker")
        return [
            folder("REGISTRY_AUTH_FILE"), docker?.appending("config.json"),
            folder("XDG_RUNTIME_DIR")?.appending("containers").appending("auth.json"),
            home?.appending(".config").appending("containers").appending("auth.json"),
        ].compactMap(\.self)
    }
}
