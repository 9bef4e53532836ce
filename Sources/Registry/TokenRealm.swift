import Fetch
import Values

/// The address of a token service, once it was found fit to be asked.
///
/// A registry chooses it, and it gets the user's password; so it must not lead to plain http, nor make sealift ask
/// machines of the network that it runs in (test matrix: CVE-2026-48978, CVE-2020-15157).
struct TokenRealm: Hashable, Sendable {
    /// The URL, without a fragment; it may have a query already.
    let url: String
    /// Who is asked.
    let origin: WebOrigin

    /// The longest address that is taken, in bytes.
    static let maximumLength = 2_048

    /// - Parameter registry: Who named it.
    init(_ text: String, registry: WebOrigin) throws(AuthorizationTrouble) {
        let shown = String(text.prefix { $0 != "?" && $0 != "#" }.prefix(200))
        guard text.utf8.count <= Self.maximumLength else { throw .realm(shown, .address) }
        let authority = text.drop { $0 != "/" }.drop { $0 == "/" }.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            throw .realm("…" + (shown.split(separator: "@").last ?? ""), .credentials)
        }
        let request: FetchRequest
        do throws(FetchError) { request = try FetchRequest(url: text) } catch { throw .realm(shown, .address) }
        guard request.origin.scheme == .https || registry.scheme == .http else { throw .realm(shown, .plainHTTP) }
        guard request.origin.host == registry.host || !Self.isPrivate(request.origin.host) else {
            throw .realm(shown, .privateAddress)
        }
        url = request.url
        origin = request.origin
    }

    /// The URL with more parameters behind those that it has.
    func adding(_ parameters: [(String, String)]) -> String {
        url + (url.contains("?") ? "&" : "?") + URLQuery.form(parameters)
    }

    /// Addresses that are not for the whole world (IANA special-purpose registries, RFC 6890), and `localhost`.
    static func isPrivate(_ host: String) -> Bool {
        guard host != "localhost", !host.hasSuffix(".localhost") else { return true }
        let text = host.hasPrefix("[") ? String(host.dropFirst().prefix { $0 != "]" && $0 != "%" }) : host
        guard let address = IPAddress(text) else { return false }
        // An IPv4 address inside an IPv6 one: mapped (RFC 4291 §2.5.5.2) or translated (RFC 6052).
        let isWrapped = address.bytes.count == 16 && wrappers.contains { address.bytes.starts(with: $0) }
        let bytes = isWrapped ? Array(address.bytes.suffix(4)) : address.bytes
        return (bytes.count == 4 ? privateV4 : privateV6).contains { matches(bytes, $0.prefix, bits: $0.bits) }
    }

    private static let wrappers: [[UInt8]] = [
        [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF], [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8),
    ]

    private static let privateV4: [(prefix: [UInt8], bits: Int)] = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
        ([192, 168], 16), ([198, 18], 15), ([224], 3),
    ]

    private static let privateV6: [(prefix: [UInt8], bits: Int)] = [
        ([UInt8](repeating: 0, count: 12), 96), ([0xFC], 7), ([0xFE, 0x80], 9), ([0xFF], 8),
    ]

    private static func matches(_ bytes: [UInt8], _ prefix: [UInt8], bits: Int) -> Bool {
        (0..<bits).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return bytes[bit / 8] & mask == prefix[bit / 8] & mask
        }
    }
}
