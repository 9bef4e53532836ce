import Arguments
import JSON
import LibCrypto
import Posix
import Reporting
import Sign
import Trust
import Values

/// `sealift keys new|next|sign|show|verify`: the lists that say whose signatures count.
enum KeysCommand {
    static let commands = [
        SealiftCommand(new, makeFirst), SealiftCommand(next, makeNext), SealiftCommand(sign, sign),
        SealiftCommand(show, show), SealiftCommand(verify, verify),
    ]

    private static let folder = Positional("DIR", "the folder of key lists", completing: .directory)

    private static let new = Command(
        "keys new", "make key list 1: who signs lists, and who signs bundles",
        details: [
            "Root keys sign lists and stay offline; signing keys sign bundles. PUB is a public key file; its name in the list is the file's, or NAME. "
                + "The list counts when so many root keys as --root-threshold says have signed it: `sealift keys sign`, or openssl."
        ],
        positionals: [folder], options: KeyListOptions.members + [KeyListOptions.expires],
        examples: [
            .init(
                "sealift keys new lists --root-key anna.pub --root-key ben.pub --root-threshold 2 --signing-key builder.pub",
                "lists/keys-0001.json, to be signed by anna and ben")
        ])

    private static let next = Command(
        "keys next", "make the next key list: keys come and go, thresholds change",
        details: [
            "Begins with the newest list, which must be signed. The new list must be signed by enough root keys of the list before and of itself. "
                + "A key that is not in the newest list is revoked. An end is never inherited: say it again with --expires."
        ],
        positionals: [folder],
        options: KeyListOptions.members + [
            .values("remove", "NAME", "take the key of this name out"), KeyListOptions.expires,
        ],
        examples: [
            .init(
                "sealift keys next lists --remove builder --signing-key builder2.pub",
                "from the next list on builder is revoked and builder2 signs bundles")
        ])

    private static let sign = Command(
        "keys sign", "sign the newest key list with one root key",
        details: [
            "Shows what it signs. Each holder of a root key does this on their own machine; the signatures are then put beside the list. "
                + "`openssl dgst -sha256 -sign` makes the same signature; `sealift keys show` names the file that it belongs into."
        ],
        positionals: [folder],
        options: [
            .value(
                "key", "PEM", "the private root key: a file, or a token's address, pkcs11:…", completing: .file,
                isRequired: true)
        ]
            + PassphraseOptions.table)

    private static let show = Command(
        "keys show", "show key lists, and who has signed them", positionals: [folder])

    private static let verify = Command(
        "keys verify", "check that every key list is signed under the one before and under itself",
        positionals: [folder],
        options: [.value("pin", "SHA256:…", "list 1 must have this digest: what the site's policy pins")])

    private static func makeFirst(_ invocation: Invocation, _ console: Console) throws {
        let path = FilePath(invocation.argument("DIR") ?? "")
        try KeyListFolder.begin(at: path, with: try KeyListOptions.change(invocation).first())
        try report(KeyListFolder(at: path), console)
    }

    private static func makeNext(_ invocation: Invocation, _ console: Console) throws {
        let path = FilePath(invocation.argument("DIR") ?? "")
        let folder = try KeyListFolder(at: path)
        var change = try KeyListOptions.change(invocation)
        change.removed = try invocation.values("remove").map(KeyListOptions.name)
        if folder.newest.list.expires != nil, invocation.value("expires") == nil {
            throw Diagnostic(
                "list \(folder.newest.list.number) expires, and what list \(folder.newest.list.number + 1) does is not said",
                next: "give --expires TIME or --expires never", exitCode: .usage)
        }
        try folder.add(change.applied(to: folder.newest.list))
        try report(KeyListFolder(at: path), console)
    }

    private static func sign(_ invocation: Invocation, _ console: Console) throws {
        var folder = try KeyListFolder(at: FilePath(invocation.argument("DIR") ?? ""))
        console.show(KeyListShow.text(of: folder, folder.newest) + "\n")
        let place = invocation.value("key") ?? ""
        let origin = FilePath(place)
        let key = try KeySource.find(
            place, user: System.userID, passphrase: try PassphraseOptions.source(invocation))
        let file = try folder.sign(with: key, from: origin)
        try console.result(
            ["signature": .string(file.text), "list": KeyListShow.json(of: folder, folder.newest)],
            text: "signed: \(file.text)\n\(KeyListShow.standing(of: folder, folder.newest).joined(separator: "\n"))")
    }

    private static func show(_ invocation: Invocation, _ console: Console) throws {
        let folder = try KeyListFolder(at: FilePath(invocation.argument("DIR") ?? ""))
        try console.result(
            ["lists": .array(folder.links.map { KeyListShow.json(of: folder, $0) })],
            text: folder.links.map { KeyListShow.text(of: folder, $0) }.joined(separator: "\n\n"))
    }

    private static func verify(_ invocation: Invocation, _ console: Console) throws {
        let folder = try KeyListFolder(at: FilePath(invocation.argument("DIR") ?? ""))
        let pin = try invocation.value("pin", as: "SHA256: and all 64 hexadecimal digits") { text in
            text.hasPrefix("SHA256:") ? SHA256Digest(hex: text.dropFirst(7).lowercased()) : nil
        }
        let first = folder.links[0].list.digest
        if let pin, first != pin { throw KeyListError.notPinned(number: 1, pinned: pin, found: first) }
        let newest = try folder.chain().newest
        try console.result(
            [
                "verdict": "good", "pinned": .bool(pin != nil), "first": .string("SHA256:" + first.hex),
                "newest": KeyListShow.json(of: folder, folder.newest),
            ],
            text: """
                good: key lists 1 to \(newest.number)
                list 1     SHA256:\(first.hex)\(pin == nil ? ", compare it with what the sites pin" : "")
                bundles    \(newest.keys.threshold) of \(newest.keys.members.map(\.name.text).joined(separator: ", "))
                """)
    }

    private static func report(_ folder: KeyListFolder, _ console: Console) throws {
        try console.result(
            ["list": KeyListShow.json(of: folder, folder.newest)], text: KeyListShow.text(of: folder, folder.newest))
    }
}
