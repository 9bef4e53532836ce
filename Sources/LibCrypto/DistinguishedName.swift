/// The name of a certificate's owner or issuer (RFC 5280 §4.1.2.4): attributes in their order.
public struct DistinguishedName: Hashable, Sendable {
    /// One attribute.
    public struct Attribute: Hashable, Sendable {
        /// What it is; `nil` for a type that has no short name here.
        public let kind: Kind?
        /// Its text; `nil` where it is not UTF-8, printable or ASCII text.
        public let text: String?
    }

    /// Types of attribute, by the short names that `openssl` shows.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case commonName = "CN"
        case organization = "O"
        case organizationalUnit = "OU"
        case country = "C"
        case state = "ST"
        case locality = "L"
        case serialNumber
        case domainComponent = "DC"
        case email = "emailAddress"

        /// The object identifier, as its bytes in DER (RFC 4519 §2, RFC 2985 §5.2.1).
        fileprivate var identifier: [UInt8] {
            switch self {
            case .commonName: [0x55, 0x04, 0x03]
            case .organization: [0x55, 0x04, 0x0A]
            case .organizationalUnit: [0x55, 0x04, 0x0B]
            case .country: [0x55, 0x04, 0x06]
            case .state: [0x55, 0x04, 0x08]
            case .locality: [0x55, 0x04, 0x07]
            case .serialNumber: [0x55, 0x04, 0x05]
            case .domainComponent: [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19]
            case .email: [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01]
            }
        }
    }

    /// The attributes.
    public let attributes: [Attribute]

    /// Reads a Name in DER.
    init(der: ArraySlice<UInt8>) throws(DERFault) {
        var outer = DERReader(der)
        var names = try outer.element(DERReader.Tag.sequence).reader
        try outer.finish()
        var attributes: [Attribute] = []
        for set in try names.all() {
            guard set.tag == DERReader.Tag.set else { throw .unexpected }
            var members = set.reader
            for member in try members.all() {
                var parts = member.reader
                let identifier = try parts.element(DERReader.Tag.identifier)
                let value = try parts.any()
                try parts.finish()
                attributes.append(
                    Attribute(
                        kind: Kind.allCases.first { identifier.content.elementsEqual($0.identifier) },
                        text: Self.text(value)))
            }
        }
        self.attributes = attributes
    }

    /// UTF8String, PrintableString and IA5String; the older kinds of text are not read.
    private static func text(_ value: DERElement) -> String? {
        guard [0x0C, 0x13, 0x16].contains(value.tag) else { return nil }
        return String(validating: value.content, as: UTF8.self)
    }

    /// The text of the one attribute of this kind; `nil` when it stands not at all, or more than once.
    public func only(_ kind: Kind) -> String? {
        let found = attributes.filter { $0.kind == kind }
        return found.count == 1 ? found[0].text : nil
    }
}

extension DistinguishedName: CustomStringConvertible {
    /// For people: `O=Company, CN=Builder`. What has no text is shown as `?`.
    public var description: String {
        attributes.map { ($0.kind?.rawValue ?? "?") + "=" + ($0.text ?? "?") }.joined(separator: ", ")
    }
}
