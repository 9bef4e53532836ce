import Counting
import LibToken
import Reporting
import Testing

/// Addresses of keys in tokens (RFC 7512).
@Suite struct TokenURITests {
    @Test func `reads attributes, decoded`() throws {
        let uri = try TokenURI(
            "pkcs11:token=My%20Token;object=a%3Bb;id=%01%fF;type=private?pin-source=file:/run/pin&module-path=/usr/lib/x.so"
        )
        #expect(uri.attributes[.token] == Array("My Token".utf8))
        #expect(uri.attributes[.object] == Array("a;b".utf8))
        #expect(uri.attributes[.id] == [1, 255])
        #expect(uri.attributes[.type] == nil)
        #expect(uri.pinFile == "/run/pin" && uri.modulePath == "/usr/lib/x.so")
        #expect(uri.canonical == "pkcs11:token=My%20Token;object=a%3Bb;id=%01%FF;type=private")
        #expect(try TokenURI(uri.canonical).attributes == uri.attributes)
    }

    private static let attacks: [(String, TokenURI.Refusal)] = [
        ("", .scheme), ("site.key", .scheme), ("PKCS11:object=a", .scheme),
        ("pkcs11:object=" + String(repeating: "a", count: 4_096), .scheme), ("pkcs11:", .noKey),
        ("pkcs11:token=a", .noKey), ("pkcs11:object", .noValue(at: 7)), ("pkcs11:object=", .noValue(at: 7)),
        ("pkcs11:=a", .noValue(at: 7)), ("pkcs11:object=a;", .noValue(at: 16)), ("pkcs11:;object=a", .noValue(at: 7)),
        ("pkcs11:object=a b", .character(at: 15)), ("pkcs11:object=ä", .character(at: 14)),
        ("pkcs11:object=a/b", .character(at: 15)), ("pkcs11:object=a#b", .character(at: 15)),
        ("pkcs11:object=%", .escape(at: 14)), ("pkcs11:object=%4", .escape(at: 14)),
        ("pkcs11:object=%4g", .escape(at: 14)),
        ("pkcs11:object=a;label=b", .unknown("label", at: 16)),
        ("pkcs11:object=a;x-vendor=b", .unknown("x-vendor", at: 16)),
        ("pkcs11:object=a;object=b", .twice("object", at: 16)), ("pkcs11:object=a;type=cert", .type("cert")),
        ("pkcs11:object=a?pin-value=1234", .pinInside), ("pkcs11:object=a?pin-value=", .noValue(at: 16)),
        ("pkcs11:object=a;pin-value=1", .unknown("pin-value", at: 16)),
        ("pkcs11:object=a?pin-source=/run/pin", .pinSource), ("pkcs11:object=a?pin-source=file:pin", .pinSource),
        ("pkcs11:object=a?pin-source=%7Ccat", .pinSource), ("pkcs11:object=a?pin-source=file:/a%00b", .pinSource),
        ("pkcs11:object=a?pin-source=file:/a&pin-source=file:/b", .twice("pin-source", at: 35)),
        ("pkcs11:object=a?module-path=x.so", .modulePath),
        ("pkcs11:object=a?module-name=x", .unknown("module-name", at: 16)),
    ]

    @Test func `what is no address is refused with its place`() throws {
        var failing = 0
        for (text, refusal) in Self.attacks {
            let found = Self.refusal(text)
            #expect(found == refusal, "\(text.prefix(60))")
            failing += found == refusal ? 0 : 1
            let words = TokenError.uri(refusal).diagnostic
            #expect(words.message.hasPrefix("cannot ") && words.next != nil && !words.message.contains("1234"))
        }
        Tally.report("S7", "addresses of keys in tokens", count: Self.attacks.count, failing: failing)
    }

    private static func refusal(_ text: String) -> TokenURI.Refusal? {
        do throws(TokenURI.Refusal) {
            _ = try TokenURI(text)
            return nil
        } catch { return error }
    }
}
