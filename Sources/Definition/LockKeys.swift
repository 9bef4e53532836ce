/// The keys of a lock, by the name of their definition in `docs/schema/`; see ``ProfileKeys``.
enum LockKeys {
    static let lock = [
        "lock", "definition", "profile", "platform", "created", "sequence", "artefacts", "snaps", "image-list",
        "images", "charts", "files",
    ]
    static let subject = ["name", "digest"]
    static let platform = ["version", "requested", "arch"]
    static let artefact = ["name", "url", "file", "size", "digest", "checksum", "signature"]
    static let signature = ["url", "size", "digest", "key"]
    static let snap = [
        "name", "id", "revision", "version", "channel", "type", "base", "confinement", "url", "size", "digest",
        "sha3-384",
        "assertions",
    ]
    static let assertions = ["size", "digest", "parts"]
    static let assertion = ["type", "url", "size", "digest"]
    static let document = ["url", "size", "digest"]
    static let image = ["name", "platform", "archive", "size", "index", "manifest", "for"]
    static let chart = ["name", "chart", "version", "from", "requested", "url", "file", "size", "digest"]
    static let descriptor = ["digest", "size", "type"]
    static let file = ["path", "size", "digest"]

    /// All tables of a lock by the name of their schema definition; the outermost is `lock`.
    static let tables: [String: [String]] = [
        "lock": lock, "subject": subject, "platform": platform, "artefact": artefact, "signature": signature,
        "snap": snap,
        "assertions": assertions, "assertion": assertion, "document": document,
        "image": image, "chart": chart, "descriptor": descriptor, "file": file,
    ]
}
