import Fetch
import OCI
import Values

/// One place where a registry's images can be asked for: the registry itself, or a mirror of it.
struct RegistryEndpoint: Hashable, Sendable {
    /// The URL up to and with `/v2`, or as `override_path` wants it; no slash at the end.
    let base: String
    /// Who is asked.
    let origin: WebOrigin
    /// The registry by its name in references.
    let registry: String
    /// Whether it may be asked what a tag means.
    let resolves: Bool
    /// Whether it may be asked for content by digest.
    let pulls: Bool

    /// Docker Hub's name in references is not the host that speaks the protocol.
    static func host(of registry: String) -> String {
        registry == ImageReference.defaultRegistry ? "registry-1.docker.io" : registry
    }

    /// Whether it stands in for the registry. A mirror is told which one by `ns` (dist-spec, "Registry Proxying"), and
    /// never gets the registry's credentials.
    var isMirror: Bool { origin.hostAndPort != Self.host(of: registry) && origin.authority != Self.host(of: registry) }

    /// The URL of `kind` (`manifests`, `blobs`, `tags`) and `name` in a repository.
    func url(_ repository: String, _ kind: String, _ name: String, query: [(String, String)] = []) -> String {
        let all = query + (isMirror ? [("ns", registry)] : [])
        return "\(base)/\(repository)/\(kind)/\(name)" + URLQuery.text(all)
    }
}

extension WebOrigin {
    /// `host:port`, the port written out always.
    var authority: String { "\(host):\(port)" }
}

/// The query of a URL.
enum URLQuery {
    /// `?a=b&c=d`, percent-encoded; empty for no parameters.
    static func text(_ parameters: [(String, String)]) -> String {
        parameters.isEmpty ? "" : "?" + form(parameters)
    }

    /// `a=b&c=d`, percent-encoded, as it stands in queries and forms.
    static func form(_ parameters: [(String, String)]) -> String {
        parameters.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }

    /// Everything but the unreserved characters of RFC 3986 §2.3 as `%XX`.
    private static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return result
    }
}
