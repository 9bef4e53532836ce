import Fetch
import Values

/// Answers a registry's challenges for the requests about one repository.
///
/// An authorization belongs to one origin. A redirect target or another registry never sees it, because it is looked up
/// by who is really asked.
struct RegistryAuthorizer: Authorizer {
    let service: TokenService
    let endpoint: RegistryEndpoint
    let repository: String

    func authorization(for target: AuthorizationTarget) throws -> String? {
        place(target).flatMap { service.known(for: $0) }
    }

    func authorization(for target: AuthorizationTarget, answering challenges: [String]) throws -> String? {
        guard let place = place(target) else { return nil }
        return try service.authorization(for: place, answering: Challenge.parse(challenges))
    }

    /// A server that the user named by `--mirror` is asked with what is stored for that server, if anything.
    private func place(_ target: AuthorizationTarget) -> TokenService.Place? {
        guard target.origin == endpoint.origin || target.isMirror else { return nil }
        return TokenService.Place(origin: target.origin, repository: repository)
    }
}
