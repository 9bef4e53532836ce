import Format
import Posix
public import Reporting
public import Trust
public import Values
import Verify

/// What a person has said to be meant, though policy forbids it; each stands in the receipt.
public struct Allowances: OptionSet, Hashable, Sendable {
    /// One bit each.
    public let rawValue: UInt8
    /// Takes the bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// An older bundle, or another of the same sequence.
    public static let downgrade = Self(rawValue: 1)
    /// A bundle whose time is over, or may be.
    public static let expired = Self(rawValue: 2)
}

extension Planner {
    /// Refuses what policy forbids: for another system, expired, older, outside the allowed folders, owned by another bundle.
    ///
    /// - Parameters:
    ///   - allowing: What is meant all the same.
    ///   - site: The site's policy.
    /// - Returns: What the receipt should say.
    @discardableResult
    public func checkPolicy(
        now: Timestamp, allowing: Allowances = [], under site: SitePolicy? = nil
    ) throws -> [Diagnostic] {
        let manifest = bundle.manifest
        guard manifest.target.os == .linux else { throw ApplyError.otherSystem(manifest.target.os) }
        let clock = SiteClock(now: now, created: manifest.created, seen: try SeenTime.read(in: root))
        let isLaidAgain = previous?.bundle.digest == bundle.rootDigest
        let override =
            isLaidAgain ? "it is installed already" : allowing.contains(.expired) ? "--allow-expired was given" : nil
        var warnings = try SitePolicy.checkTime(clock, expires: manifest.expires, under: site, override: override)
        if let list = bundle.keyChain?.newest {
            warnings += try SitePolicy.checkTime(clock, of: list, under: site, override: override)
        }
        try Needs.check(manifest, as: role, on: receipts)
        warnings += try checkOrder(allowing, site)
        try checkPlaces()
        return warnings
    }

    /// What is installed may be laid again, at any time; anything else must be newer than it, and not below what was healthy here once.
    private func checkOrder(_ allowing: Allowances, _ site: SitePolicy?) throws -> [Diagnostic] {
        let installed = previous?.bundle
        guard installed?.digest != bundle.rootDigest else { return [] }
        let floor = try Floor.read(bundle.manifest.name, in: root)
        let offered = bundle.manifest.sequence
        if let installed, installed.sequence >= offered {
            guard allowing.contains(.downgrade) else { throw ApplyError.older(installed: installed, offered: identity) }
            return [goneBack("installed over \(installed.version), sequence \(installed.sequence)")]
        }
        if let floor, offered < floor.sequence || isAnother(floor) {
            guard allowing.contains(.downgrade) else {
                throw ApplyError.belowFloor(
                    floor.sequence, offered: identity, file: root.path.appending(Floor.path(identity.name)))
            }
            return [goneBack("installed though sequence \(floor.sequence) was here before")]
        }
        try checkStep(above: [installed?.sequence, floor?.sequence].compactMap(\.self).max(), site)
        return []
    }

    /// Whether the floor is of the same sequence as the bundle, and of another bundle.
    private func isAnother(_ floor: Floor.Level) -> Bool {
        guard let digest = floor.digest else { return false }
        return floor.sequence == bundle.manifest.sequence && digest != bundle.rootDigest
    }

    private func goneBack(_ what: String) -> Diagnostic {
        Diagnostic("\(what), with --allow-downgrade", severity: .warning, exitCode: .policy)
    }

    private func checkStep(above base: Int?, _ site: SitePolicy?) throws(TrustError) {
        guard let base, let site, let maximum = site.maximumSequenceStep else { return }
        guard bundle.manifest.sequence - base <= maximum else {
            throw .sequenceStep(bundle.manifest.sequence, above: base, maximum: maximum, policy: site.path)
        }
    }

    /// Nothing is laid outside the allowed folders, nor over a file of another bundle.
    private func checkPlaces() throws(ApplyError) {
        var others: [MemberPath: BundleName] = [:]
        for receipt in receipts where receipt.bundle.name != bundle.manifest.name {
            for file in receipt.files where !file.isDirectory { others[file.path] = receipt.bundle.name }
        }
        for entry in bundle.manifest.entries where entry.roles.includes(role) {
            let isAllowed = entry.isDirectory ? TargetRoot.allowsFolder(entry.place) : TargetRoot.allows(entry.place)
            guard isAllowed else { throw .outsideRoots(entry.place) }
            if let owner = others[entry.place], !entry.isDirectory {
                throw .ownedByOther(entry.place, bundle: owner, wanted: bundle.manifest.name)
            }
        }
    }
}
