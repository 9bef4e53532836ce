import Arguments
import Format
import JSON
import Media
import Posix
import Reporting
import Values
import Verify

/// `sealift media write|check`: bundles on sticks.
enum MediaCommands {
    static let commands = [SealiftCommand(writing, write), SealiftCommand(checking, check)]

    private static let writing = Command(
        "media write", "copy a bundle onto one or several sticks, and read it back",
        details: [
            "Checks signature and manifest first, and whether there is room. Every file is compared with what was signed as it is read, and read back from the medium. "
                + "Each medium has the bundle when all of it is there, or what was there before.",
            "What does not fit onto the first medium goes onto the next ones, in volumes; on the site, give `--bundle` for each.",
        ],
        positionals: [
            Positional("BUNDLE", "the bundle's folder", completing: .directory),
            Positional("MEDIUM", "where a medium is mounted", .oneOrMore, completing: .directory),
        ],
        options: TrustOptions.table,
        examples: [
            .init(
                "sealift media write out/line7-2026.11.0-k3s-amd64 /media/usb --key line7.pub", "one stick"),
            .init(
                "sealift media write out/line7-2026.11.0-k3s-amd64 /media/usb0 /media/usb1 --key line7.pub",
                "two small ones"),
        ])

    private static let checking = Command(
        "media check", "check every bundle on a stick, to the last byte",
        details: [
            "Looks into the folders of a medium for bundles and does for each what `verify` does; volumes may be on any of the media. All bundles are checked, whatever one of them says; the exit code is that of the first that is not good."
        ],
        positionals: [Positional("MEDIUM", "where a medium is mounted", .oneOrMore, completing: .directory)],
        options: TrustOptions.table + [.value("jobs", letter: "j", "N", "so many threads")])

    private static func write(_ invocation: Invocation, _ console: Console) throws {
        let bundle = try TrustOptions.open(FilePath(invocation.argument("BUNDLE") ?? ""), invocation, console).bundle
        let plan = try MediaPlan(bundle, onto: invocation.arguments("MEDIUM").map { FilePath($0) })
        let outcomes = try MediaWriter(bundle, plan, progress: console.progress).write()
        console.finish()
        let name = bundle.manifest.folderName
        let shares = zip(plan.shares, outcomes)
        try console.result(
            [
                "bundle": bundle.identity,
                "media": .array(
                    shares.map { share, outcome in
                        [
                            "path": .string(share.medium.appending(name).text), "outcome": .string(outcome.rawValue),
                            "bytes": .integer(share.size.bytes),
                            "files": .array(share.files.map { .string($0.name.text) }),
                        ]
                    }),
            ], text: shares.map { line($0, $1, name) }.joined(separator: "\n"))
    }

    private static func line(_ share: MediaPlan.Share, _ outcome: MediaWriter.Outcome, _ name: String) -> String {
        let words = outcome == .written ? "written and read back" : "was there, and is good"
        return "\(share.medium.appending(name)): \(share.files.count) files, \(share.size.formatted), \(words)"
    }

    private static func check(_ invocation: Invocation, _ console: Console) throws {
        let jobs = try JobsOption.value(of: invocation)
        var results: [(path: FilePath, refusal: Diagnostic?)] = []
        for medium in invocation.arguments("MEDIUM") {
            for path in try MediaListing.bundles(on: FilePath(medium)) {
                results.append((path, try refusal(of: path, jobs: jobs, invocation, console)))
            }
        }
        console.finish()
        guard !results.isEmpty else { throw MediaListing.nothing(on: invocation.arguments("MEDIUM")) }
        let report: JSONObject = ["bundles": .array(results.map { json($0.path, $0.refusal) })]
        let text = results.map { "\($0.path): \($0.refusal?.message ?? "good")" }.joined(separator: "\n")
        guard let first = results.lazy.compactMap(\.refusal).first else {
            return try console.result(.object(report), text: text)
        }
        if !console.isJSON { try console.result(text) }
        throw ReportedRefusal(diagnostic: first, report: report)
    }

    /// Why the bundle at `path` is not accepted; `nil` for a good one.
    private static func refusal(
        of path: FilePath, jobs: Int, _ invocation: Invocation, _ console: Console
    ) throws -> Diagnostic? {
        do {
            let bundle = try TrustOptions.open(path, invocation, console).bundle
            invocation.arguments("MEDIUM").forEach { bundle.media.add(FilePath($0)) }
            try bundle.verifyFiles().map(\.asWarning).forEach(console.say)
            try bundle.verifyPayload(deep: false, workers: jobs, progress: console.progress)
            return nil
        } catch let error as any Diagnosable { return error.diagnostic }
    }

    private static func json(_ path: FilePath, _ refusal: Diagnostic?) -> JSONValue {
        guard let refusal else { return ["path": .string(path.text), "verdict": "good"] }
        return ["path": .string(path.text), "verdict": "refused", "error": JSONValue(refusal.fields)]
    }
}
