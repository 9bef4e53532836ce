import JSON
import Values

/// The store's answers (snapd, store/details_v2.go).
enum SnapAnswer {
    private static let limits = JSONLimits(size: .mebibytes(8))

    /// The one result of one action. The store answers 200 also when an action failed.
    static func found(_ bytes: [UInt8], _ query: SnapQuery) throws(SnapTrouble) -> FoundSnap {
        try reading { () throws(JSONError) in
            let answer = try JSONReader(JSONValue.parse(bytes, limits: limits, dialect: .foreign), dialect: .foreign)
            guard let result = try answer.optional("results")?.items().first?.object() else {
                return .failure(refusal(try answer.optional("error-list")?.items().first?.object()))
            }
            if let error = try result.optionalObject("error") { return .failure(try trouble(error, query)) }
            return .success(try snap(result, query))
        }
    }

    private static func snap(_ result: JSONReader, _ query: SnapQuery) throws(JSONError) -> FoundSnap {
        let snap = try result.object("snap")
        let download = try snap.object("download")
        return FoundSnap(
            name: try text("name", result, snap), id: try text("snap-id", result, snap),
            revision: try snap.integer("revision", in: 1...Int(Int32.max)), version: try snap.string("version"),
            channel: try channel(result) ?? query.channel.description,
            type: try snap.optionalString("type") ?? "app", base: try snap.optionalString("base"),
            confinement: try snap.optionalString("confinement") ?? "strict", url: try download.string("url"),
            size: ByteCount(try download.integer("size", in: 1...ByteCount.gibibytes(16).bytes)),
            digest: try download.parsed("sha3-384", as: "a SHA3-384 digest") { SHA3Digest(hex: $0) })
    }

    /// A member that snapd reads beside the snap, and some stores write within.
    private static func text(_ key: String, _ result: JSONReader, _ snap: JSONReader) throws(JSONError) -> String {
        if let text = try result.optionalString(key) { return text }
        return try snap.string(key)
    }

    /// Where it was really found, complete.
    private static func channel(_ result: JSONReader) throws(JSONError) -> String? {
        guard let text = try result.optionalString("effective-channel") else { return nil }
        return SnapChannel(text)?.description
    }

    private static func trouble(_ error: JSONReader, _ query: SnapQuery) throws(JSONError) -> SnapTrouble {
        switch try error.string("code") {
        case "name-not-found", "id-not-found": .unknown
        case "revision-not-found": .channel(query.channel.description, available: [])
        default: refusal(error)
        }
    }

    private static func refusal(_ error: JSONReader?) -> SnapTrouble {
        let code = error?.object["code"]?.stringValue ?? "nothing"
        return .answer(
            "it answers with \(code.prefix(80)): \((error?.object["message"]?.stringValue ?? "").prefix(200))")
    }

    static func releases(_ bytes: [UInt8]) throws(SnapTrouble) -> [SnapRelease] {
        try reading { () throws(JSONError) in
            let answer = try JSONReader(JSONValue.parse(bytes, limits: limits, dialect: .foreign), dialect: .foreign)
            var releases: [SnapRelease] = []
            for item in try answer.items("channel-map") {
                let entry = try item.object()
                let channel = try entry.object("channel")
                let track = try channel.optionalString("track") ?? "latest"
                let name = try channel.string("name")
                guard
                    let known = SnapChannel(
                        name.hasPrefix(track + "/") || track == "latest" ? name : "\(track)/\(name)")
                else { continue }  // a channel by new rules; nobody can have asked for it
                releases.append(
                    SnapRelease(
                        channel: known, architecture: try channel.string("architecture"),
                        revision: try entry.integer("revision"), version: try entry.string("version")))
            }
            return .success(releases)
        }
    }

    private static func reading<Value>(
        _ body: () throws(JSONError) -> Result<Value, SnapTrouble>
    ) throws(SnapTrouble) -> Value {
        let result: Result<Value, SnapTrouble>
        do throws(JSONError) { result = try body() } catch { throw .answer(error.reason) }
        return try result.get()
    }
}
