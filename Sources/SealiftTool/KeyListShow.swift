import JSON
import LibCrypto
import Posix
import Reporting
import Sign
import Trust
import Values

/// A key list as a person reads it before signing, and as a program does.
enum KeyListShow {
    static func text(of folder: KeyListFolder, _ link: KeyListFolder.Link) -> String {
        let list = link.list
        let rows =
            [
                ["key list", "\(list.number), \(folder.path.appending(KeyListFile.name(list.number)).text)"],
                ["digest", "SHA256:" + list.digest.hex], ["expires", list.expires?.description ?? "never"],
            ]
            + members("lists are signed by", list.roots, before: folder.before(list.number)?.roots)
            + members("bundles are signed by", list.keys, before: folder.before(list.number)?.keys)
        return (TextTable.of(rows) + "\n" + standing(of: folder, link).joined(separator: "\n"))
    }

    /// `2 of`, then a line for each key; keys that came or went say so.
    private static func members(
        _ what: String, _ quorum: KeyList.Quorum, before: KeyList.Quorum?
    ) -> [[String]] {
        let gone = (before?.members ?? []).filter { !quorum.contains($0.key) }
        return [[what, "\(quorum.threshold) of"]]
            + quorum.members.map { member in
                let isNew = before.map { !$0.contains(member.key) } ?? false
                return ["", "\(member.name)  \(member.key.fingerprintText)\(isNew ? "  new" : "")"]
            } + gone.map { ["", "\($0.name)  \($0.key.fingerprintText)  revoked"] }
    }

    /// Who has signed, and which files are missing.
    static func standing(of folder: KeyListFolder, _ link: KeyListFolder.Link) -> [String] {
        let number = link.list.number
        let quorums = [folder.before(number).map { ($0.number, $0.roots) }, (number, link.list.roots)].compactMap(
            \.self)
        let lines = quorums.map { under, quorum in
            let names = quorum.members.filter { signed(link, by: $0) == true }.map(\.name.text)
            let whose = quorums.count == 1 ? "root keys" : "root keys of list \(under)"
            let isEnough = names.count >= quorum.threshold
            return "signed by \(names.count) of \(quorum.threshold) needed \(whose)"
                + (names.isEmpty ? "" : ": \(names.joined(separator: ", "))") + (isEnough ? "" : "; not yet enough")
        }
        let missing = folder.voters(of: number).filter { signed(link, by: $0) != true }.map { member in
            let file = KeyListFile.signatureName(number, by: member.key.keyID)
            return
                "\(member.name) \(signed(link, by: member) == nil ? "has not signed" : "has signed wrongly"): \(file)"
        }
        return lines + missing
    }

    /// `nil` where there is no signature.
    private static func signed(_ link: KeyListFolder.Link, by member: KeyList.Member) -> Bool? {
        link.signatures[member.key.keyID].map { member.key.verifies($0, over: link.list.canonical) }
    }

    static func json(of folder: KeyListFolder, _ link: KeyListFolder.Link) -> JSONValue {
        let list = link.list
        let voters = folder.voters(of: list.number)
        return [
            "number": .integer(list.number), "digest": .string("SHA256:" + list.digest.hex),
            "expires": list.expires.map { .string($0.description) } ?? .null, "roots": json(list.roots),
            "rootThreshold": .integer(list.roots.threshold), "keys": json(list.keys),
            "threshold": .integer(list.keys.threshold),
            "signedBy": .array(voters.filter { signed(link, by: $0) == true }.map { .string($0.name.text) }),
            "missing": .array(
                voters.filter { signed(link, by: $0) != true }.map {
                    .string(KeyListFile.signatureName(list.number, by: $0.key.keyID))
                }),
        ]
    }

    private static func json(_ quorum: KeyList.Quorum) -> JSONValue {
        .array(
            quorum.members.map { ["name": .string($0.name.text), "fingerprint": .string($0.key.fingerprintText)] })
    }
}
