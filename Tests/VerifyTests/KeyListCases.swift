import BundleFixture
import KeyRing
import LibCrypto
import Posix
import Reporting
import Trust
import Values

/// What a site with key lists takes and refuses: row S4 of the test matrix. Tables.
extension KeyListCase {
    /// Bundles that are right.
    static let right: [KeyListCase] = [
        .init("1 of 1: one root, one key", .taken(1)) { try $0.begin() },
        .init("2 of 3 roots, 2 of 3 keys", .taken(1)) {
            try $0.extend(
                signedBy: ["anna", "carla"], roots: ["anna", "ben", "carla"], needing: 2,
                keys: ["builder", "approver", "spare"], threshold: 2)
            try $0.pin(1)
            try $0.sign(by: ["spare", "builder"])
        },
        .init("the signing key is exchanged", .taken(2)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], keys: ["builder2"])
            try $0.sign(by: ["builder2"])
        },
        .init("roots hand over: old and new sign", .taken(2)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna", "ben"], roots: ["ben"])
        },
        .init("a root key is lost: 2 of 3 put another in its place", .taken(2)) {
            try $0.extend(signedBy: ["anna", "ben"], roots: ["anna", "ben", "carla"], needing: 2)
            try $0.pin(1)
            try $0.sign(by: ["builder"])
            try $0.extend(signedBy: ["anna", "ben"], roots: ["anna", "ben", "dora"], needing: 2)
        },
        .init("a signing key is lost: the next list has another", .taken(2)) {
            try $0.extend(signedBy: ["anna"], keys: ["builder", "approver"], threshold: 2)
            try $0.pin(1)
            try $0.extend(signedBy: ["anna"], keys: ["builder", "approver2"], threshold: 2)
            try $0.sign(by: ["builder", "approver2"])
        },
        .init("a site skips lists 2 and 3", .taken(4)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna", "ben"], roots: ["ben"])
            try $0.extend(signedBy: ["ben", "carla"], roots: ["carla"])
            try $0.extend(signedBy: ["carla"], roots: ["carla"], keys: ["builder4"])
            try $0.sign(by: ["builder4"])
        },
        .init("a site pinned at list 2 needs no list 1", .taken(3)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.extend(signedBy: ["anna"])
            try $0.pin(2)
            try $0.remove(1)
        },
        .init("going on from what the site has recorded", .taken(3)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.remember(2)
            try $0.extend(signedBy: ["anna"])
        },
        .init("a chain as long as the recorded one", .taken(2)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.remember(2)
        },
        .init("an older bundle with a shorter chain, by a key that still counts: the recorded list judges", .taken(2)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.remember(2)
            try $0.remove(2)
        },
        .init("a bundle without lists, on a site that has recorded one", .taken(2)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.remember(2)
            try $0.remove(1)
            try $0.remove(2)
        },
        .init("the site is pinned anew by hand: the old record gives way", .taken(1)) {
            try $0.begin()
            try $0.remember(1)
            let other = try $0.ring.list(roots: ["dora"], keys: ["builder"])
            try $0.put(other.canonical, number: 1, signedBy: ["dora"])
            try $0.writePolicy(
                #"{"policy": 1, "keyList": {"number": 1, "digest": "SHA256:\#(other.digest.hex)"}}"#)
        },
        .init("a pin that the record has gone through does not lead back", .taken(3)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"])
            try $0.extend(signedBy: ["anna"])
            try $0.remember(3)
            try $0.pin(2)
        },
        .init("a key that was revoked and is named again", .taken(3)) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], keys: ["other"])
            try $0.extend(signedBy: ["anna"], keys: ["builder"])
        },
        .init("a list that has expired in the middle of the chain", .taken(2)) {
            try $0.extend(signedBy: ["anna"], expires: Timestamp(seconds: 1))
            try $0.pin(1)
            try $0.sign(by: ["builder"])
            try $0.extend(signedBy: ["anna"])
        },
        .init("foreign files beside are not opened", .taken(1)) {
            try $0.begin()
            for name in ["keys-9999.json", "keys-1.json", "keys-0002.json.bak", "notes.txt", "keys-0001.x.sig"] {
                try Files.replace($0.signatures.appending(name), with: [0xFF])
            }
            try $0.putSignature([0xFF], number: 1, of: "builder")
            try $0.putSignature([0xFF], number: 1, of: "nobody")
        },
        .init("a person names one of the list's keys", .taken(1)) {
            try $0.begin()
            $0.named = [try $0.keyFile("builder")]
        },
    ]

    /// Bundles that are signed by the wrong keys.
    static let wronglySigned: [KeyListCase] = [
        .init("a revoked key", .refused(.notTrusted, "bundle signed by 0 of 1")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], keys: ["other"])
        },
        .init("a revoked key, and the list that revokes it left out", .refused(.notTrusted, "bundle signed by 0 of 1"))
        {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], keys: ["other"])
            try $0.remember(2)
            try $0.remove(2)
        },
        .init("a revoked key, and all lists left out", .refused(.notTrusted, "bundle signed by 0 of 1")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], keys: ["other"])
            try $0.remember(2)
            try $0.remove(1)
            try $0.remove(2)
        },
        .init("1 of 2 needed keys", .refused(.notTrusted, "bundle signed by 1 of 2")) {
            try $0.extend(signedBy: ["anna"], keys: ["builder", "approver", "spare"], threshold: 2)
            try $0.pin(1)
            try $0.sign(by: ["approver"])
        },
        .init("1 of 2 since the next list asks for more", .refused(.notTrusted, "bundle signed by 1 of 2")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], keys: ["builder", "approver"], threshold: 2)
        },
        .init("one key's signature twice, under another's name", .refused(.notTrusted, "bundle's signature is bad")) {
            try $0.extend(signedBy: ["anna"], keys: ["builder", "approver"], threshold: 2)
            try $0.pin(1)
            try $0.sign(by: ["builder", "approver"])
            let (one, two) = (try $0.ring.publicKey("builder").keyID, try $0.ring.publicKey("approver").keyID)
            let signature = try Files.read($0.signatures.appending("\(one).sig"), limit: 1_024)
            try Files.replace($0.signatures.appending("\(two).sig"), with: signature)
        },
        .init("a root key: it signs lists, not bundles", .refused(.notTrusted, "bundle signed by 0 of 1")) {
            try $0.begin()
            try Files.remove($0.signatures.appending("\($0.ring.publicKey("builder").keyID).sig"))
            try $0.sign(by: ["anna"])
        },
        .init("a key that a person names and the list does not", .refused(.notTrusted, "key not in list 1")) {
            try $0.begin()
            try $0.sign(by: ["eve"])
            $0.named = [try $0.keyFile("eve")]
        },
    ]

    /// Lists that too few of the right keys have signed.
    static let wronglyFollowed: [KeyListCase] = [
        .init("list 1 by nobody", .refused(.notTrusted, "list 1 signed by 0 of 1 under 1")) {
            try $0.extend(signedBy: [])
            try $0.pin(1)
            try $0.sign(by: ["builder"])
        },
        .init("a new list by the old root only", .refused(.notTrusted, "list 2 signed by 0 of 1 under 2")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], roots: ["ben"])
        },
        .init("a new list by the new root only", .refused(.notTrusted, "list 2 signed by 0 of 1 under 1")) {
            try $0.begin()
            try $0.extend(signedBy: ["ben"], roots: ["ben"])
        },
        .init("a new list by a signing key", .refused(.notTrusted, "list 2 signed by 0 of 1 under 1")) {
            try $0.begin()
            try $0.extend(signedBy: ["builder"])
        },
        .init("below the threshold of the list before", .refused(.notTrusted, "list 2 signed by 1 of 2 under 1")) {
            try $0.extend(signedBy: ["anna", "ben"], roots: ["anna", "ben", "carla"], needing: 2)
            try $0.pin(1)
            try $0.extend(signedBy: ["anna"], roots: ["anna"])
        },
        .init("below its own threshold", .refused(.notTrusted, "list 2 signed by 1 of 2 under 2")) {
            try $0.begin()
            try $0.extend(signedBy: ["anna"], roots: ["anna", "ben"], needing: 2)
        },
        .init("one root's signature twice, under another's name", .refused(.notTrusted, "list 1: bad signature of ben"))
        {
            let list = try $0.extend(signedBy: ["anna"], roots: ["anna", "ben"], needing: 2)
            try $0.pin(1)
            try $0.putSignature($0.ring.sign(list.canonical, by: "anna"), number: 1, of: "ben")
        },
        .init("a root's signature over SHA256SUMS", .refused(.notTrusted, "list 2: bad signature of anna")) {
            try $0.begin()
            try $0.extend(signedBy: [])
            let sums = try Files.read($0.bundle.path.appending("SHA256SUMS"), limit: .kibibytes(64))
            try $0.putSignature($0.ring.sign(sums, by: "anna"), number: 2, of: "anna")
        },
        .init("a signature of list 1 under list 2", .refused(.notTrusted, "list 2: bad signature of anna")) {
            try $0.begin()
            try $0.extend(signedBy: [])
            try $0.putSignature($0.ring.sign($0.lists[0].canonical, by: "anna"), number: 2, of: "anna")
        },
        .init("an empty signature", .refused(.notTrusted, "list 1: bad signature of anna")) {
            try $0.begin()
            try $0.putSignature([], number: 1, of: "anna")
        },
        .init("a byte after the list that was signed", .refused(.notTrusted, "list 2: bad signature of anna")) {
            try $0.begin()
            let list = try $0.extend(signedBy: ["anna"])
            try $0.put(list.canonical + [10], number: 2, signedBy: [])
        },
    ]
}
