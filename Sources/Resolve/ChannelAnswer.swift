import JSON
import Values

/// What the place that tells channels answers. Read leniently: only what is needed must be there.
enum ChannelAnswer {
    /// The longest answer that is read.
    static let limit = ByteCount.mebibytes(4)

    /// `{"data": [{"id": "stable", "latest": "v1.31.4+k3s1", …}, …], …}` (rancher/channelserver): version by channel.
    ///
    /// Entries without either are passed over: a field beside them that changed broke strict clients in 2025.
    /// - Returns: `nil` when it has no such list.
    static func collection(_ bytes: [UInt8]) -> [String: Version]? {
        let parsed: JSONValue
        do throws(JSONError) {
            parsed = try JSONValue.parse(bytes, limits: JSONLimits(size: limit), dialect: .foreign)
        } catch {
            return nil
        }
        guard let data = parsed["data"]?.arrayValue else { return nil }
        let pairs = data.compactMap { entry -> (String, Version)? in
            guard let id = entry["id"]?.stringValue, let latest = entry["latest"]?.stringValue, !latest.isEmpty else {
                return nil
            }
            return (id, Version(latest))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The version and nothing else but white space at its ends.
    static func text(_ bytes: [UInt8]) -> Version? {
        let words = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace || $0.isNewline }
        return words.count == 1 ? Version(String(words[0])) : nil
    }

    /// The last component of `location`, percent signs decoded.
    static func redirect(_ location: String) -> Version? {
        let path = location.prefix { $0 != "?" && $0 != "#" }
        guard let last = path.split(separator: "/", omittingEmptySubsequences: false).last, !last.isEmpty else {
            return nil
        }
        return decoded(last).map { Version($0) }
    }

    /// RFC 3986 §2.1; `nil` for a percent sign without two digits behind it.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
