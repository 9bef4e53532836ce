import JSON
import Values

/// Small texts that registries, or files about them, hand over, with what is made of each: a door for fuzzers, which ask no registry.
package enum ForeignText: String, CaseIterable, Sendable {
    case token, challenge, errorCodes, tags, hosts, credentials, assertionKey

    /// What was read, in words; `nil` when the text was refused.
    package func read(_ bytes: [UInt8]) -> [String]? {
        switch self {
        case .token:
            do throws(AuthorizationTrouble) {
                let (secret, lifetime) = try TokenService.read(bytes)
                return [secret.text, String(lifetime)]
            } catch { return nil }
        case .challenge:
            let found = Challenge.parse([String(decoding: bytes, as: UTF8.self)])
            return found.flatMap { [$0.scheme] + $0.parameters.keys.sorted() }
        case .errorCodes: return RegistryAnswer.codes(bytes)
        case .tags: return RegistryAnswer.tags(bytes, like: "v1.31")
        case .hosts:
            do throws(TOMLSubset.Refusal) {
                let file = try HostsFile(bytes, upstream: "https://registry.example")
                return (file.mirrors + [file.server].compactMap { $0 }).map(\.address)
            } catch { return nil }
        case .assertionKey: return AssertionKey(bytes).map { [$0.id.hex] }
        case .credentials:
            do throws(JSONError) { return try CredentialFile(bytes).helpers.keys.sorted() } catch { return nil }
        }
    }
}
