public import LibCrypto
public import Values

/// The names of the files of a chain of key lists (docs/format.md §5.2).
public enum KeyListFile {
    /// The largest list, in bytes.
    public static let maximumSize = ByteCount.kibibytes(64)
    /// The largest signature, in bytes.
    public static let maximumSignatureSize: ByteCount = 1_024

    /// `keys-0001.json`.
    public static func name(_ number: Int) -> String { stem(number) + ".json" }

    /// `keys-0001.<key id>.sig`.
    public static func signatureName(_ number: Int, by key: KeyID) -> String { "\(stem(number)).\(key).sig" }

    /// The number of the list that a file is called after; `nil` for other names.
    public static func number(inName name: String) -> Int? {
        guard name.utf8.count == 14, let number = number(of: name), Self.name(number) == name else { return nil }
        return number
    }

    /// The number and the signer of a signature that a file is called after; `nil` for other names.
    public static func signature(inName name: String) -> (number: Int, key: KeyID)? {
        guard name.utf8.count == 30, let number = number(of: name),
            let key = KeyID(name.dropFirst(10).prefix(KeyID.length)), signatureName(number, by: key) == name
        else { return nil }
        return (number, key)
    }

    private static func number(of name: String) -> Int? {
        let digits = name.utf8.dropFirst(5).prefix(4)
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        return KeyList.numbers.contains(number) ? number : nil
    }

    private static func stem(_ number: Int) -> String {
        let digits = String(number)
        return "keys-" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
