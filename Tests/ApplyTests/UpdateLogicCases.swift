import Apply
import BundleFixture
import Format
import Posix
import Testing
import Trust
import Values

/// What a machine's clock says, seen from a bundle that was made on 2025-11-20 and, where it expires, does so half a year later.
enum ClockDate: CaseIterable {
    case year1970, beforeCreation, normal, afterExpiry, year2106

    static let created = Timestamp(seconds: 1_763_627_400)
    static let expires = Timestamp(seconds: 1_763_627_400 + 180 * 86_400)

    var now: Timestamp {
        switch self {
        case .year1970: Timestamp(seconds: 1_000)
        case .beforeCreation: Timestamp(seconds: Self.created.seconds - 30 * 86_400)
        case .normal: Timestamp(seconds: 1_763_700_000)
        case .afterExpiry: Timestamp(seconds: Self.created.seconds + 400 * 86_400)
        case .year2106: Timestamp(seconds: 4_294_967_295)
        }
    }
}

/// What is offered to a site, as row S5 of the test matrix lists it.
enum UpdateCase: CaseIterable {
    case older, sameSequence, olderAfterUninstall, sameSequenceAfterUninstall, betweenAfterRollback,
        betweenAfterDowngrade, belowOldFloor
    case lastSequence, nextAfterLastSequence, beyondStep, beyondStepAfterUninstall, withinStep
    case otherName, otherProfile, otherArchitecture, outsideRoots, amongOwnState, pathOfAnother
    case addonAlone, addonOnOtherVersion
    case unreadableFloor, unreadableFloorDigest, unreadableClock
    case expiring, expiringWarned, weakClockWarned, bothWarned, notedLater, notedWithin, expiringAgain, neverExpires,
        sameAgain
    case notedIn1970, notedIn2106

    /// What is to come of it.
    enum Outcome: Equatable {
        /// Refused with 8 and these words, whatever is allowed.
        case refused(String)
        /// Refused with 8 and these words; taken where a person allows it.
        case overridden(String, by: Allowances)
        /// Taken, with these words among the warnings, where there are any.
        case taken(String? = nil)
    }

    func outcome(at clock: ClockDate) -> Outcome {
        switch self {
        case .older: .overridden("is older than what is installed", by: .downgrade)
        case .sameSequence, .nextAfterLastSequence: order(self == .sameSequence ? "differs from" : "is older than")
        case .olderAfterUninstall, .betweenAfterRollback, .betweenAfterDowngrade, .belowOldFloor:
            .overridden("is older than what was installed here before", by: .downgrade)
        case .sameSequenceAfterUninstall:
            .overridden("differs from, and is not newer than, what was installed here before", by: .downgrade)
        case .lastSequence, .withinStep: .taken(doubt(clock))
        case .beyondStep, .beyondStepAfterUninstall: .refused("is too far above")
        case .otherName: .refused("does not admit a bundle named \"line7\"")
        case .otherProfile: .refused("does not admit a bundle for \"k3s/amd64\"")
        case .otherArchitecture: .refused("does not admit a bundle for \"k3s/arm64\"")
        case .outsideRoots, .amongOwnState: .refused("where this installer lays nothing")
        case .pathOfAnother: .refused("which belongs to the bundle line7")
        case .addonAlone, .addonOnOtherVersion: .refused("is an add-on for")
        case .unreadableFloor, .unreadableFloorDigest: .refused("does not say a number")
        case .unreadableClock: .refused("does not say a time")
        case .neverExpires, .sameAgain: .taken(doubt(clock))
        case .expiring: time(clock)
        case .expiringAgain: .taken(isOver(clock) ? "expired at" : isBehind(clock) ? "cannot tell whether" : nil)
        case .expiringWarned: isOver(clock) ? .taken("the site's policy lets it pass") : time(clock)
        case .weakClockWarned: isBehind(clock) ? .taken("the site's policy lets it pass") : time(clock)
        case .bothWarned: .taken(isOver(clock) || isBehind(clock) ? "the site's policy lets it pass" : nil)
        case .notedLater: .overridden("the bundle expired at", by: .expired)
        case .notedIn1970, .notedIn2106: time(clock)
        case .notedWithin:
            clock == .normal ? .overridden("cannot tell whether the bundle has expired", by: .expired) : time(clock)
        }
    }

    private func order(_ words: String) -> Outcome { .overridden(words, by: .downgrade) }
    private func isBehind(_ clock: ClockDate) -> Bool { clock == .year1970 || clock == .beforeCreation }
    private func isOver(_ clock: ClockDate) -> Bool { clock == .afterExpiry || clock == .year2106 }

    private func time(_ clock: ClockDate) -> Outcome {
        if isOver(clock) { return .overridden("the bundle expired at", by: .expired) }
        return isBehind(clock)
            ? .overridden("cannot tell whether the bundle has expired", by: .expired) : .taken()
    }

    private func doubt(_ clock: ClockDate) -> String? {
        isBehind(clock) ? "the clock says" : clock == .year2106 ? "ten years and more" : nil
    }

    /// The site's policy.
    var policy: String? {
        switch self {
        case .otherName: #"{"policy": 1, "bundles": ["line8", "line9"]}"#
        case .otherProfile: #"{"policy": 1, "targets": [{"profile": "k0s", "arch": "amd64"}]}"#
        case .otherArchitecture: #"{"policy": 1, "targets": [{"profile": "k3s", "arch": "amd64"}]}"#
        case .beyondStep, .beyondStepAfterUninstall, .withinStep: #"{"policy": 1, "maximumSequenceStep": 500}"#
        case .expiringWarned: #"{"policy": 1, "expiry": "warn"}"#
        case .weakClockWarned: #"{"policy": 1, "weakClock": "warn"}"#
        case .bothWarned: #"{"policy": 1, "expiry": "warn", "weakClock": "warn"}"#
        default: nil
        }
    }
}

extension UpdateCase {
    /// A site with its history, and the bundle that is offered to it.
    func site() throws -> PlantSite {
        switch self {
        case .older, .sameSequence, .olderAfterUninstall, .sameSequenceAfterUninstall, .betweenAfterRollback,
            .betweenAfterDowngrade, .belowOldFloor, .lastSequence, .nextAfterLastSequence, .beyondStep,
            .beyondStepAfterUninstall, .withinStep, .unreadableFloor, .unreadableFloorDigest, .unreadableClock:
            try siteOfOrder()
        case .otherName, .otherProfile, .otherArchitecture, .outsideRoots, .amongOwnState, .pathOfAnother, .addonAlone,
            .addonOnOtherVersion:
            try siteOfScope()
        case .expiring, .expiringWarned, .weakClockWarned, .bothWarned, .notedLater, .notedWithin, .expiringAgain,
            .neverExpires, .sameAgain, .notedIn1970, .notedIn2106:
            try siteOfTime()
        }
    }

    private func siteOfOrder() throws -> PlantSite {
        let site = try PlantSite(sequence: self == .nextAfterLastSequence ? 9_007_199_254_740_991 : 2_000)
        guard self != .unreadableClock else {
            try site.writeState("clock", "tomorrow\n")
            return site
        }
        try site.install()
        switch self {
        case .olderAfterUninstall, .sameSequenceAfterUninstall, .belowOldFloor, .beyondStepAfterUninstall,
            .unreadableFloor, .unreadableFloorDigest:
            try site.uninstall()
        case .betweenAfterRollback:
            try site.replaceBundle(name: "second", sequence: 3_000, text: "second")
            try site.install()
            _ = try site.rollBack()
        case .betweenAfterDowngrade:
            try site.replaceBundle(name: "second", sequence: 1_000, text: "second")
            try site.install(allowing: .downgrade)
        default: break
        }
        switch self {
        case .belowOldFloor: try site.writeState("floors/line7", "2000\n")
        case .unreadableFloor: try site.writeState("floors/line7", "two thousand\n")
        case .unreadableFloorDigest: try site.writeState("floors/line7", "2000\nabc\n")
        default: break
        }
        try site.replaceBundle(name: "offered", sequence: offeredSequence, text: "offered")
        return site
    }

    private var offeredSequence: Int {
        switch self {
        case .older, .olderAfterUninstall, .belowOldFloor: 1_999
        case .betweenAfterRollback: 2_500
        case .betweenAfterDowngrade: 1_500
        case .lastSequence: 9_007_199_254_740_991
        case .nextAfterLastSequence: 2_001
        case .beyondStep, .beyondStepAfterUninstall: 2_501
        case .withinStep: 2_500
        default: 2_000
        }
    }

    private func siteOfScope() throws -> PlantSite {
        switch self {
        case .otherArchitecture: return try PlantSite { $0.target.architecture = .arm64 }
        case .outsideRoots: return try PlantSite { try Self.move("usr/local/bin/kubectl", to: "usr/bin/sudo", in: &$0) }
        case .amongOwnState:
            return try PlantSite { try Self.move("usr/local/bin/kubectl", to: "var/lib/sealift/clock", in: &$0) }
        case .pathOfAnother, .addonOnOtherVersion:
            let site = try PlantSite()
            let range = try #require(VersionRange(["<2026.11.0"]))
            let below = site.bundle.manifest.name
            try site.install()
            try site.replaceBundle(name: "addon", sequence: 7) { manifest in
                manifest.name = try #require(BundleName("addon"))
                if self == .addonOnOtherVersion {
                    manifest.needs = [Need(bundle: below, profile: manifest.target.profile, versions: range)]
                }
            }
            return site
        case .addonAlone:
            let below = try #require(BundleName("base"))
            return try PlantSite { $0.needs = [Need(bundle: below, profile: $0.target.profile)] }
        default: return try PlantSite()
        }
    }

    private static func move(_ path: String, to place: String, in manifest: inout Manifest) throws {
        let destination = try Sample.path(place)
        manifest.entries = manifest.entries.map { entry in
            entry.path.text == path ? Entry(path: entry.path, destination: destination, kind: entry.kind) : entry
        }
    }

    private func siteOfTime() throws -> PlantSite {
        let expires = self == .neverExpires || self == .sameAgain ? nil : ClockDate.expires
        let site = try PlantSite(sequence: 2_000) {
            $0.expires = self == .notedIn1970 || self == .notedIn2106 ? nil : expires
        }
        switch self {
        case .notedLater: try site.writeState("clock", "2026-08-01T00:00:00Z\n")
        case .notedWithin: try site.writeState("clock", "2026-01-15T00:00:00Z\n")
        case .expiringAgain, .sameAgain: try site.install(now: ClockDate.normal.now)
        case .notedIn1970, .notedIn2106:
            try site.install(now: (self == .notedIn1970 ? ClockDate.year1970 : .year2106).now)
            try site.replaceBundle(name: "next", sequence: 2_001, text: "next") { $0.expires = expires }
        default: break
        }
        return site
    }
}

extension PlantSite {
    /// Puts a file among the installer's own state.
    func writeState(_ name: String, _ text: String) throws {
        let path = root.appending("var/lib/sealift/\(name)")
        try Files.makeDirectories(path.parent)
        try Files.replace(path, with: Array(text.utf8), mode: .secret)
    }

    func uninstall() throws {
        let receipt = try #require(try InstalledBundles.receipts(root: root).first)
        _ = try Removal(of: receipt, at: target).run(
            runName: "removal", trustsFileSystemSync: false, machine: PlayedMachine(), progress: environment().progress)
    }
}
