import JSON
import LibCrypto
import Posix
public import Reporting
import Values

extension TrustError: Diagnosable {
    /// The words for each refusal. A table.
    public var diagnostic: Diagnostic {
        switch self {
        case .keyInsideBundle(let key, _):
            return Diagnostic(
                "cannot trust \(quoted(key.text)): it lies inside the bundle it should vouch for",
                next: "take the key and the policy from where the site keeps them, not from the stick",
                exitCode: .notTrusted)
        case .unusableKey(let path, let error):
            return Diagnostic(
                "cannot use the key \(quoted(path.text)): \(error.diagnostic.message)", next: error.diagnostic.next,
                exitCode: .notTrusted)
        case .noFingerprint(let text):
            return Diagnostic(
                "cannot read the fingerprint \(quoted(text))",
                next: "give SHA256: and at least \(Pin.minimumDigits) of the 64 hexadecimal digits", exitCode: .usage)
        case .keyNotInPolicy(let origin, let policy, let names):
            return Diagnostic(
                "cannot trust the key \(quoted(origin)): the policy does not name it",
                details: [.init("policy", policy.text), .init("names", names.joined(separator: ", "))],
                next: "leave the option out, or add the key to the policy if it is right for this site; "
                    + "--without-policy sets the policy aside, and the receipt says so",
                exitCode: .notTrusted)
        case .keyNotInList(let origin, let number, let names):
            return Diagnostic(
                "cannot trust the key \(quoted(origin)): key list \(number) does not name it",
                details: [.init("names", names.joined(separator: ", "))],
                next: "leave the option out; if that key is right, have it put into the next key list",
                exitCode: .notTrusted)
        case .keyList(let error): return error.diagnostic
        case .anotherPolicy(let given, let site):
            return Diagnostic(
                "cannot go by the policy \(quoted(given.text)): this site has one of its own",
                details: [.init("site's policy", site.text)],
                next:
                    "leave --policy out; to set the site's own aside on purpose, add --without-policy: the receipt will say so",
                exitCode: .policy)
        case .unguardedPolicy(let path, let how): return unguarded(path, how)
        case .unreadablePolicy(let path, let error):
            return error.diagnostic(
                of: path.text, next: "correct the policy there; the guide \"site policy\" shows every member",
                exitCode: .usage)
        case .bundleNotAdmitted(let name, let admitted, let policy):
            return refusal("bundles", "a bundle named \(quoted(name))", admitted, policy)
        case .targetNotAdmitted(let target, let admitted, let policy):
            return refusal("targets", "a bundle for \(quoted(target))", admitted, policy)
        case .rootNotAdmitted(let root, let admitted, let policy):
            return refusal("roots", "an installation below \(quoted(root.text))", admitted, policy)
        case .expired, .weakClock, .sequenceStep: return refusalOfTime
        case .firstUseUnderPolicy(let policy):
            return Diagnostic(
                "cannot trust a key on first use: this site has a policy",
                details: [.init("policy", policy.text)],
                next: "have who keeps the policy add the key to it, or give the key with --key FILE", exitCode: .policy)
        case .anotherKeyBefore(let key, let before):
            return Diagnostic(
                "cannot trust \(key.fingerprintText) on first use: this machine has used another key before",
                details: before.map { .init("before", "SHA256:\($0.hex)") },
                next:
                    "get a bundle signed by that key; if the key has changed, pin the new one with --key FILE from a trusted source",
                exitCode: .notTrusted)
        case .file(let error): return error.diagnostic
        }
    }

    private func unguarded(_ path: FilePath, _ how: Unguarded) -> Diagnostic {
        let (what, next) =
            switch how {
            case .notRegular: ("it is not a regular file", "put the file itself there; a link is not followed")
            case .owner(let owner):
                ("it belongs to the user \(owner)", "look at what it says, then `chown root:root` it")
            case .writable(let mode):
                (
                    "its mode is 0\(String(mode, radix: 8)): others can write it",
                    "look at what it says, then `chmod go-w` it"
                )
            }
        return Diagnostic(
            "cannot trust the policy \(quoted(path.text)): \(what)", next: next, exitCode: .notTrusted)
    }

    private func refusal(_ member: String, _ what: String, _ admitted: [String], _ policy: FilePath) -> Diagnostic {
        Diagnostic(
            "the site's policy does not admit \(what)",
            details: [.init("policy", "\(policy.text), \(member)"), .init("admits", admitted.joined(separator: ", "))],
            next:
                "get a bundle that is meant for this site; if this one is, have who keeps the policy add it to \(quoted(member))",
            exitCode: .policy)
    }
}
