import Assemble
import Format
import JSON
import Posix
import Preflight
import Reporting
import Values

/// `--site [ROLE=]FILE`: tries the checks of a bundle that is about to be built on what a machine of the site told before.
struct SiteSurveys {
    /// A survey has some hundred thousand bytes: names of modules, options of the kernel.
    private static let limit = ByteCount.mebibytes(16)

    private struct Site {
        let path: FilePath
        /// `nil` for every role.
        let role: String?
        let record: MachineRecord
    }

    private let sites: [Site]

    /// Reads the files at once, before anything is fetched.
    init(_ values: [String]) throws {
        sites = try values.map { value in
            let parts = value.split(separator: "=", maxSplits: 1)
            let isNamed = parts.count == 2 && !parts[0].contains("/") && !parts[0].contains(".")
            let path = FilePath(isNamed ? String(parts[1]) : value)
            let bytes = try Files.read(path, limit: Self.limit)
            do throws(JSONError) {
                let limits = JSONLimits(depth: 16, size: Self.limit)
                let record = try MachineRecord(JSONValue.parse(bytes, limits: limits))
                return Site(path: path, role: isNamed ? String(parts[0]) : nil, record: record)
            } catch {
                throw Diagnostic(
                    "cannot read the survey \(quoted(path.text)): \(error.diagnostic.message)",
                    next: "write it anew on the site: sealift-install check --json > \(path.lastComponent)",
                    exitCode: .usage)
            }
        }
    }

    /// Tries every rule for each role asked for, and shows what does not hold.
    ///
    /// - Returns: What a program wants to know, one object a site and role.
    /// - Throws: The refusal when something fails on a site, in every role that it was asked about.
    func check(_ contents: BundleContents, _ console: Console) throws -> [JSONValue] {
        var manifest = contents.manifest
        manifest.entries = contents.payload.entries
        var results: [JSONValue] = []
        var refused: [Diagnostic.Detail] = []
        for site in sites {
            var isFit = false
            var failed: [Diagnostic.Detail] = []
            for role in try roles(of: site, manifest) {
                let survey = try Preflight(
                    manifest, role: role, probe: site.record, isRunning: true, receipts: site.record.receipts
                ).survey()
                console.show("checks for \(role) at \(site.record.hostName), as told on \(site.record.now)\n")
                console.show(survey.text(isVerbose: false))
                results.append(["site": .string(site.path.text), "role": .string(role), "checks": survey.json])
                isFit = isFit || survey.isPassed
                failed += survey.refusal.details.map {
                    .init("\(site.record.hostName), \(role)", "\($0.label): \($0.text)")
                }
            }
            if !isFit { refused += failed }
        }
        guard refused.isEmpty else {
            throw Diagnostic(
                "a machine of the site does not meet the requirements of the bundle", details: refused,
                next: "mend what is named above and survey the machine anew, or change the definition",
                exitCode: .requirements)
        }
        return results
    }

    private func roles(of site: Site, _ manifest: Manifest) throws -> [String] {
        let known = manifest.roles.map(\.name)
        guard let role = site.role else { return known }
        guard known.contains(role) else {
            throw Diagnostic(
                "the bundle has no role \(quoted(role))",
                next: nearest(to: role, in: known).map { "did you mean \($0)?" }
                    ?? "its roles are: \(known.joined(separator: ", "))", exitCode: .usage)
        }
        return [role]
    }
}
