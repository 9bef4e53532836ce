import Values

/// How one proves to a registry who one is.
enum Credential: Hashable, Sendable {
    /// User and password, for Basic or for a token service.
    case password(user: String, Secret)
    /// A refresh token, for a token service by OAuth2.
    case identityToken(Secret)
    /// A token that the registry itself takes.
    case registryToken(Secret)

    /// The `Authorization` of user and password (RFC 7617); `nil` for tokens.
    var basic: String? {
        guard case .password(let user, let password) = self else { return nil }
        return "Basic " + Base64.encode(Array((user + ":" + password.text).utf8))
    }

    /// The user that a token service is told; `nil` for tokens.
    var account: String? {
        guard case .password(let user, _) = self else { return nil }
        return user
    }
}
