import BundleFixture
import KeyRing
import LibCrypto
import Posix
import Reporting
import Trust
import Values

/// What a site with key lists refuses for the chain's shape, or for what a list says: row S4 of the test matrix. Tables.
extension KeyListCase {
    /// Chains that are cut, forked, turned back or begun elsewhere.
    static let wrongChains: [KeyListCase] = [
        .init("a gap", .refused(.notTrusted, "gap at 2 below 3")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.extend(signedBy: ["anna"])
            try $0.remove(2)
        },
        .init("a chain that begins after the pinned list", .refused(.notTrusted, "gap at 1 below 2")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.remove(1)
        },
        .init("a chain that begins after the recorded list", .refused(.notTrusted, "gap at 2 below 3")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.remember(2)
            try $0.extend(signedBy: ["anna"])
            try $0.remove(2)
        },
        .init("no list at all, and none recorded", .refused(.notTrusted, "list 1 absent")) {
            try $0.begin()
            try $0.remove(1)
        },
        .init("a shorter chain than the pinned list", .refused(.notTrusted, "list 2 absent")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.pin(2)
            try $0.remove(2)
        },
        .init("another list in the place of the pinned one", .refused(.notTrusted, "list 1 not the pinned one")) {
            try $0.begin()
            let other = try $0.ring.list(roots: ["anna"], keys: ["eve"])
            try $0.put(other.canonical, number: 1, signedBy: ["anna"])
            try $0.sign(by: ["eve"])
        },
        .init("a fork at the recorded list, by the same root", .refused(.notTrusted, "fork at 2")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.remember(2)
            let other = try $0.ring.list(after: $0.lists[0], roots: ["anna"], keys: ["eve"])
            try $0.put(other.canonical, number: 2, signedBy: ["anna"])
            try $0.sign(by: ["eve"])
        },
        .init("a fork below the recorded list, cut off there", .refused(.notTrusted, "bundle signed by 0 of 1")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], keys: ["other"])
            try $0.extend(signedBy: ["anna"], keys: ["other"])
            try $0.remember(3)
            try $0.remove(3)
            let other = try $0.ring.list(after: $0.lists[0], roots: ["anna"], keys: ["builder"])
            try $0.put(other.canonical, number: 2, signedBy: ["anna"])
        },
        .init("a list after another list 1 by the same root", .refused(.notTrusted, "list 2 follows another")) {
            try $0.begin()
            let other = try $0.ring.list(roots: ["anna"], keys: ["eve"])
            let next = try $0.ring.list(after: other, roots: ["anna"], keys: ["eve"])
            try $0.put(next.canonical, number: 2, signedBy: ["anna"])
        },
        .init("list 3 in the place of list 2", .refused(.notTrusted, "list 3 in the place of 2")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            let third = try $0.ring.list(after: $0.lists[1], roots: ["anna"], keys: ["builder"])
            try $0.put(third.canonical, number: 2, signedBy: ["anna"])
        },
        .init("list 1 again in the place of list 2", .refused(.notTrusted, "list 1 in the place of 2")) {
            try $0.begin()
            try $0.put($0.lists[0].canonical, number: 2, signedBy: ["anna"])
        },
        .init("a record that somebody has changed", .refused(.notTrusted, "unreadable record")) {
            try $0.begin()
            try $0.remember(1)
            var bytes = try Files.read($0.record, limit: .kibibytes(64))
            bytes[bytes.count / 2] ^= 1
            try Files.replace($0.record, with: bytes)
        },
        .init("an empty record", .refused(.notTrusted, "unreadable record")) {
            try $0.begin()
            try Files.replace($0.record, with: [])
        },
        .init("a record that is a link", .refused(.notTrusted, "unguarded: notRegular")) {
            try $0.begin()
            try DirectoryHandle.open($0.folder.path).makeSymbolicLink(
                MemberPath(validating: "key-lists.json"), target: "/dev/null")
        },
    ]

    /// Lists that say what none may, signed by the right keys all the same.
    static let wrongLists: [KeyListCase] = [
        signed(
            "threshold 0", #""threshold": 1"#, #""threshold": 0"#,
            "list 2 invalid: threshold(Trust.KeyList.Role.keys, 0, of: 1)"),
        signed(
            "threshold above the count of keys", #""threshold": 1"#, #""threshold": 2"#,
            "list 2 invalid: threshold(Trust.KeyList.Role.keys, 2, of: 1)"),
        signed(
            "root threshold 0", #""rootThreshold": 1"#, #""rootThreshold": 0"#,
            "list 2 invalid: threshold(Trust.KeyList.Role.roots, 0, of: 1)"),
        signed(
            "number 2 to the 53", #""number": 2"#, #""number": 9007199254740992"#,
            "list 2 unreadable: the number 9007199254740992 is beyond ±9007199254740991"),
        signed(
            "number 1025", #""number": 2"#, #""number": 1025"#,
            "list 2 unreadable: $.number must be from 1 to 1024, not \"1025\""),
        signed("a line break more", "\n  \"keys\"", "\n\n  \"keys\"", "list 2 not canonical"),
        signed("carriage returns", "\n", "\r\n", "list 2 not canonical"),
        signed(
            "a byte order mark", "{\n  \"format\"", "\u{FEFF}{\n  \"format\"",
            "list 2 unreadable: it begins with a byte order mark"),
        signed(
            "a member twice", #"  "number": 2,"#, #"  "number": 2, "number": 2,"#,
            "list 2 unreadable: the key \"number\" comes twice in one object"),
        signed(
            "a member nobody knows", #"  "number": 2,"#, #"  "note": 1, "number": 2,"#,
            "list 2 unreadable: $ has unknown key \"note\""),
        .init("a form of the future", .refused(.policy, "list 2 has format 2")) {
            try $0.begin()
            try $0.extend(signedBy: [])
            try $0.putChanged(#""format": 1"#, #""format": 2"#, signedBy: ["anna"])
        },
        .init("one key under two names", .refused(.notTrusted, "list 2 invalid: repeatedKey(builder, twin)")) {
            try $0.begin()
            try $0.extend(signedBy: [], keys: ["builder", "twin"], threshold: 2)
            let (key, twin) = (try $0.ring.publicKey("builder"), try $0.ring.publicKey("twin"))
            try $0.putChanged(Base64.encode(twin.spki), Base64.encode(key.spki), signedBy: ["anna"])
        },
        .init("one key as root and as signing key", .refused(.notTrusted, "list 2 invalid: repeatedKey(anna, builder)"))
        {
            try $0.begin()
            try $0.extend(signedBy: [])
            let (root, key) = (try $0.ring.publicKey("anna"), try $0.ring.publicKey("builder"))
            try $0.putChanged(Base64.encode(key.spki), Base64.encode(root.spki), signedBy: ["anna"])
        },
        .init("one name for two keys", .refused(.notTrusted, "list 2 invalid: repeatedName(anna)")) {
            try $0.begin()
            try $0.extend(signedBy: [])
            try $0.putChanged(#""name":"builder""#, #""name":"anna""#, signedBy: ["anna"])
        },
        .init("an oversized list", .refused(.damaged, "too large: signatures/keys-0002.json")) {
            try $0.begin()
            let list = try $0.extend(signedBy: [])
            let filling = [UInt8](repeating: 32, count: KeyListFile.maximumSize.bytes + 1 - list.canonical.count)
            try $0.put(list.canonical + filling, number: 2, signedBy: ["anna"])
        },
        .init("an empty list", .refused(.notTrusted, "list 2 signed by 0 of 1 under 1")) {
            try $0.begin()
            try $0.put([], number: 2, signedBy: [])
        },
        .init("a list that is a link", .refused(.damaged, "not regular: signatures/keys-0002.json")) {
            try $0.begin()
            try DirectoryHandle.open($0.signatures).makeSymbolicLink(
                MemberPath(validating: "keys-0002.json"), target: "keys-0001.json")
        },
        .init("a list that is a folder", .refused(.damaged, "not regular: signatures/keys-0002.json")) {
            try $0.begin()
            try Files.makeDirectories($0.signatures.appending("keys-0002.json"))
        },
        .init(
            "a policy that names keys and a list",
            .refused(
                .usage,
                "policy: $.keyList must be left out where keys or certificates are named, or named instead of them, not \"both\""
            )
        ) {
            try $0.begin()
            let pem = try $0.ring.publicKey("builder").pem.replacing("\n", with: "\\n")
            try $0.writePolicy(
                #"{"policy": 1, "keys": [{"name": "b", "key": "\#(pem)"}], "keyList": {"number": 1, "digest": "SHA256:\#($0.lists[0].digest.hex)"}}"#
            )
        },
        .init(
            "a policy that pins half a digest",
            .refused(
                .usage,
                "policy: $.keyList.digest must be SHA256: and all 64 lower-case hexadecimal digits, not \"SHA256:12345678\""
            )
        ) {
            try $0.begin()
            try $0.writePolicy(
                #"{"policy": 1, "keyList": {"number": 1, "digest": "SHA256:12345678"}}"#)
        },
    ]

    /// List 2 with its text changed, and signed by the right root.
    private static func signed(_ name: String, _ from: String, _ to: String, _ reason: String) -> KeyListCase {
        KeyListCase(name, .refused(.notTrusted, reason)) {
            try $0.begin()
            try $0.extend(signedBy: [])
            try $0.putChanged(from, to, signedBy: ["anna"])
        }
    }
}
