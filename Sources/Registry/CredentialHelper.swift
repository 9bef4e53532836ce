import JSON
import Posix
import Values

/// A program `docker-credential-<suffix>` that keeps secrets (docker/docker-credential-helpers).
struct CredentialHelper {
    let suffix: String
    let environment: [String: String]

    private var name: String { "docker-credential-" + suffix }

    /// What it has for a host, by its canonical name; `nil` when it says that there is nothing.
    ///
    /// Its output holds the secret, so nothing of it is ever shown.
    func credential(for host: String) throws(RegistryError) -> Credential? {
        let key = host == "docker.io" ? "https://index.docker.io/v1/" : host
        let program: FilePath?
        let outcome: Subprocess.Outcome
        do throws(FileError) { program = try self.program } catch { throw .file(error) }
        guard let program else { throw refusal(host, "is not installed") }
        do throws(FileError) {
            outcome = try Subprocess.run(
                program.text, ["get"], environment: environment, input: Array((key + "\n").utf8),
                timeLimit: Self.timeLimit, outputLimit: Self.outputLimit)
        } catch {
            throw refusal(host, "cannot be run: \(error.errno.text)")
        }
        guard outcome.status == 0 else {
            let said = String(decoding: outcome.output, as: UTF8.self)
            guard Self.absence.contains(where: { said.contains($0) }) else {
                throw refusal(host, "ended with status \(outcome.status)")
            }
            return nil
        }
        return try read(outcome.output, host)
    }

    /// A helper may ask the user something in a window, in seconds.
    private static let timeLimit = 120
    /// A secret with its user.
    private static let outputLimit = ByteCount.mebibytes(1)

    /// Where the helper lies, by the `PATH` of the environment that it gets.
    private var program: FilePath? {
        get throws(FileError) {
            for folder in (environment["PATH"] ?? "").split(separator: ":") {
                let path = FilePath(String(folder)).appending(name)
                if try Files.exists(path) { return path }
            }
            return nil
        }
    }

    private static let absence = ["credentials not found in native keychain", "no credentials server URL"]

    private func read(_ bytes: [UInt8], _ host: String) throws(RegistryError) -> Credential? {
        do throws(JSONError) {
            let reader = try JSONReader(JSONValue.parse(bytes, dialect: .foreign), dialect: .foreign)
            let user = try reader.string("Username")
            let secret = try reader.string("Secret")
            guard !secret.isEmpty else { return nil }
            return user == "<token>" ? .identityToken(Secret(secret)) : .password(user: user, Secret(secret))
        } catch {
            throw refusal(host, "does not answer with Username and Secret")
        }
    }

    private func refusal(_ host: String, _ reason: String) -> RegistryError {
        .authorization(registry: host, .helper(name, reason: reason))
    }
}
