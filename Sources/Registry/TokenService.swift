import Fetch
import JSON
import Synchronization
import Values

/// Gets and keeps the authorizations of one client: for each registry and repository, until they expire.
///
/// distribution `docs/content/spec/auth/token.md` and `oauth.md`.
final class TokenService: Sendable {
    private let fetcher: Fetcher
    private let credentials: RegistryCredentials
    private let now: @Sendable () -> Timestamp
    private let held = Mutex<[Place: Held]>([:])

    /// Whom an authorization is for, and for what.
    struct Place: Hashable, Sendable {
        let origin: WebOrigin
        let repository: String
    }

    private struct Held {
        let authorization: Secret
        let expires: Timestamp?
    }

    /// The longest answer of a token service that is read.
    private static let answerLimit = ByteCount.mebibytes(1)
    /// A token without a lifetime, or with a shorter one, lives so long (token.md), in seconds.
    private static let shortestLifetime = 60
    /// Lifetimes beyond a year count as one, in seconds.
    private static let longestLifetime = 365 * 86_400
    /// A token is not used in its last seconds: the request that carries it takes time.
    private static let margin = 10

    init(fetcher: Fetcher, credentials: RegistryCredentials, now: @escaping @Sendable () -> Timestamp) {
        self.fetcher = fetcher
        self.credentials = credentials
        self.now = now
    }

    /// What was good for `place` before and has not expired.
    func known(for place: Place) -> String? {
        let moment = now()
        return held.withLock { held in
            guard let found = held[place] else { return nil }
            guard found.expires.map({ moment < $0 }) ?? true else { return nil }
            return found.authorization.text
        }
    }

    /// A new authorization for `place`, in answer to its challenges.
    func authorization(for place: Place, answering challenges: [Challenge]) throws(RegistryError) -> String {
        // What was sent, if anything, was not good.
        held.withLock { $0[place] = nil }
        let registry = place.origin.hostAndPort
        let credential = try credential(for: place)
        if let bearer = challenges.first(where: { $0.scheme == "bearer" && $0.parameters["realm"] != nil }) {
            if case .registryToken(let token)? = credential { return keep("Bearer " + token.text, nil, for: place) }
            do throws(AuthorizationTrouble) {
                let (token, expires) = try token(bearer, place, credential)
                return keep("Bearer " + token.text, expires, for: place)
            } catch {
                throw .authorization(registry: registry, error)
            }
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else {
            throw .authorization(registry: registry, .schemes(challenges.map(\.scheme)))
        }
        guard let basic = credential?.basic else { throw .authorization(registry: registry, .noCredentials) }
        return keep(basic, nil, for: place)
    }

    private func keep(_ authorization: String, _ expires: Timestamp?, for place: Place) -> String {
        held.withLock { $0[place] = Held(authorization: Secret(authorization), expires: expires) }
        return authorization
    }

    /// Stored under `host` or, for the usual port, under `host:port`.
    private func credential(for place: Place) throws(RegistryError) -> Credential? {
        if let found = try credentials.credential(for: place.origin.hostAndPort, repository: place.repository) {
            return found
        }
        guard place.origin.hostAndPort != place.origin.authority else { return nil }
        return try credentials.credential(for: place.origin.authority, repository: place.repository)
    }

    // MARK: Asking

    private func token(
        _ challenge: Challenge, _ place: Place, _ credential: Credential?
    ) throws(AuthorizationTrouble) -> (Secret, Timestamp) {
        let realm = try TokenRealm(challenge.parameters["realm"] ?? "", registry: place.origin)
        let asked = now()
        let document: FetchedDocument
        do throws(FetchError) {
            document = try fetcher.document(
                request(realm, challenge, place, credential), limit: Self.answerLimit)
        } catch {
            throw .service(error)
        }
        let (token, lifetime) = try Self.read(document.bytes)
        return (token, Timestamp(seconds: asked.seconds + lifetime - Self.margin))
    }

    private func request(
        _ realm: TokenRealm, _ challenge: Challenge, _ place: Place, _ credential: Credential?
    ) throws(FetchError) -> FetchRequest {
        let service = challenge.parameters["service"]
        let scopes = Self.scopes(challenge, place)
        var request: FetchRequest
        if case .identityToken(let token)? = credential {
            request = try FetchRequest(url: realm.url)
            let form = [
                ("grant_type", "refresh_token"), ("service", service ?? ""), ("client_id", "sealift"),
                ("scope", scopes.joined(separator: " ")), ("refresh_token", token.text),
            ]
            request.method = .post(
                body: Array(URLQuery.form(form).utf8), contentType: "application/x-www-form-urlencoded")
        } else {
            let parameters =
                (service.map { [("service", $0)] } ?? []) + scopes.map { ("scope", $0) }
                + (credential?.account.map { [("account", $0)] } ?? [])
            request = try FetchRequest(url: realm.adding(parameters))
            if let basic = credential?.basic { request.headers.set("Authorization", basic) }
        }
        request.headers.set("Accept", "application/json")
        request.followsRedirects = false
        return request
    }

    /// What is asked for: what the registry wants, or pulling from this repository where it does not say (the challenge
    /// of `/v2/` has no scope). Several come in one parameter and are asked for in one each.
    private static func scopes(_ challenge: Challenge, _ place: Place) -> [String] {
        let wanted = (challenge.parameters["scope"] ?? "").split(separator: " ").map(String.init)
        return wanted.isEmpty ? ["repository:\(place.repository):pull"] : wanted
    }

    /// `token` or `access_token`, and how many seconds it lives.
    static func read(_ bytes: [UInt8]) throws(AuthorizationTrouble) -> (Secret, lifetime: Int) {
        let token: String?
        let lifetime: Int
        do throws(JSONError) {
            let limits = JSONLimits(size: answerLimit)
            let reader = try JSONReader(
                JSONValue.parse(bytes, limits: limits, dialect: .foreign), dialect: .foreign)
            let first = try reader.optionalString("token") ?? ""
            token = first.isEmpty ? try reader.optionalString("access_token") : first
            lifetime = reader.optional("expires_in")?.value.integerValue ?? shortestLifetime
        } catch {
            throw .answer("it is not the JSON of a token")
        }
        guard let token, !token.isEmpty else { throw .answer("it has neither token nor access_token") }
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .answer("the token has characters that a header cannot carry")
        }
        return (Secret(token), min(max(lifetime, shortestLifetime), longestLifetime))
    }
}
