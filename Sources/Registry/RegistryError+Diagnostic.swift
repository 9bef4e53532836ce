import Fetch
import OCI
import Posix
public import Reporting
import Values

extension RegistryError: Diagnosable {
    /// What could not be had, why, from where, who asked for it, and what to do.
    public var diagnostic: Diagnostic {
        switch self {
        case .image(let site, let trouble): Self.words(site, trouble)
        case .configuration(let file, let line, let reason):
            Diagnostic(
                "cannot use \(quoted(file.text)): \(reason)",
                at: line.map { SourceLocation(file: file.description, line: $0, column: 1) },
                next: "mend the file, or take it away", exitCode: .usage)
        case .variable(let name, let reason):
            Diagnostic("cannot use the variable \(name): \(reason)", next: "mend it, or unset it", exitCode: .usage)
        case .file(let error): error.diagnostic
        case .snap(let site, let trouble): trouble.diagnostic(at: site)
        case .authorization(let registry, let trouble):
            Diagnostic(
                "cannot log in to \(quoted(registry)): \(trouble.reason)", next: trouble.next(registry),
                exitCode: .gathering)
        }
    }

    private static func words(_ site: ImageSite, _ trouble: ImageTrouble) -> Diagnostic {
        let inner = trouble.diagnostic
        var details = [Diagnostic.Detail("because", inner.message)] + inner.details
        if !details.contains(where: { $0.label == "host" }) { details.append(.init("registry", site.registry)) }
        if let origin = site.origin { details.append(.init("asked for by", origin)) }
        return Diagnostic(
            "cannot take the image \(quoted(site.image.description))", details: details, next: inner.next,
            exitCode: inner.exitCode)
    }
}

extension ImageTrouble {
    fileprivate var diagnostic: Diagnostic {
        switch self {
        case .notFound(let tags):
            Diagnostic(
                "the registry has no such image",
                details: tags.isEmpty ? [] : [.init("it has", tags.map { quoted($0) }.joined(separator: ", "))],
                next: "check name and tag; a registry also says so of images that this user may not read",
                exitCode: .gathering)
        case .incomplete(let descriptor):
            Diagnostic(
                "the registry lacks \(descriptor.digest), which the image names as \(quoted(descriptor.mediaType.text))",
                next: "push the whole image again, with all its platforms, or name a registry that has it",
                exitCode: .gathering)
        case .fetch(let error): error.withoutForeignWords
        case .document(let error): error.diagnostic
        case .otherDigest(let promised, let found):
            Diagnostic(
                "the registry delivered other bytes than it promised",
                details: [.init("promised", promised.description), .init("found", found.description)],
                next: "run again; if it stays so, the registry or a proxy before it changes what it delivers",
                exitCode: .gathering)
        case .digestHeader(let text):
            Diagnostic(
                "the registry tells \(quoted(text)) for a digest", next: "name another registry or mirror",
                exitCode: .gathering)
        case .store(let diagnostic): diagnostic
        }
    }
}

extension FetchError {
    /// The words of the error without what the server wrote, which may repeat the token that it was sent; of an answer
    /// of the distribution API only its error codes, such as `MANIFEST_UNKNOWN`.
    fileprivate var withoutForeignWords: Diagnostic {
        var diagnostic = diagnostic
        if case .connection(let site, .tls, _) = self {
            diagnostic.next =
                "check that \(site.host) speaks TLS 1.2 or later on this port; if it speaks plain http only, say --insecure-registry \(site.host)"
        }
        guard case .refused(_, let response) = self else { return diagnostic }
        diagnostic.details.removeAll { $0.label == "server says" }
        let codes = RegistryAnswer.codes(response.body)
        if !codes.isEmpty { diagnostic.details.append(.init("codes", codes.joined(separator: ", "))) }
        return diagnostic
    }
}

extension AuthorizationTrouble {
    fileprivate var reason: String {
        switch self {
        case .noCredentials: "it asks for user and password, and none are stored for it"
        case .schemes(let names):
            names.isEmpty
                ? "it asks for a login without saying how"
                : "it asks for \(names.map { quoted($0) }.joined(separator: ", ")), sealift speaks Basic and Bearer"
        case .realm(let realm, let refusal): "its token service \(quoted(realm)) is not asked: \(refusal.reason)"
        case .service(let error): error.diagnostic.message
        case .answer(let reason): "its token service does not answer with a token: \(reason)"
        case .helper(let name, let reason): "\(quoted(name)) \(reason)"
        }
    }

    fileprivate func next(_ registry: String) -> String {
        switch self {
        case .noCredentials: "log in with docker, podman or skopeo (docker login \(registry)), then run again"
        case .schemes: "ask who runs the registry for Basic or token logins, or name a mirror"
        case .realm: "ask who runs the registry: a token service is named by an https address with a host name"
        case .service, .answer: "check the credentials for \(registry), then run again"
        case .helper: "run the helper by hand, or log in without one"
        }
    }
}

extension RealmRefusal {
    fileprivate var reason: String {
        switch self {
        case .address: "it is no absolute https address"
        case .credentials: "it has a user or password in it"
        case .plainHTTP: "passwords and tokens do not travel over plain http"
        case .privateAddress: "a private address is only asked when the registry itself is there"
        }
    }
}
