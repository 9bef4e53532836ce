public import Definition
public import Discover
import Format
public import Gather
import OCI
import Reporting
public import Values

/// Finds out what a definition stands for today, and keeps it as a lock.
///
/// Its methods block the calling thread.
public struct Resolver: Sendable {
    /// Fetches what has to be looked at; its store keeps that for the build.
    public let gatherer: Gatherer

    /// Renders charts to look for images in them; `nil` where there is no `helm`.
    public let helm: HelmProgram?

    /// A resolver that fetches by `gatherer`.
    public init(_ gatherer: Gatherer, helm: HelmProgram? = nil) {
        self.gatherer = gatherer
        self.helm = helm
    }

    /// Pins everything that `definition` needs.
    ///
    /// - Parameters:
    ///   - now: Becomes the lock's `created` and, unless an earlier lock has a higher one, its `sequence`.
    ///   - old: A lock whose pins stay where the same is still asked for; `nil` asks for everything anew.
    ///   - sequence: The sequence of the lock before, which the new one exceeds; 0 when there is none.
    public func resolve(
        _ definition: Definition, at now: Timestamp, keeping old: Lock? = nil, after sequence: Int = 0
    ) throws(ResolveError) -> Lock {
        try resolution(of: definition, keeping: old).run(at: now, after: sequence).lock
    }

    func resolution(of definition: Definition, keeping old: Lock?) -> Resolution {
        Resolution(gatherer: gatherer, definition: definition, pins: Pins(lock: old))
    }
}

/// The resolution of one definition.
struct Resolution {
    let gatherer: Gatherer
    let definition: Definition
    let pins: Pins

    var profile: Profile { definition.profile }

    /// The lock, and the local files as they were found for it.
    func run(at now: Timestamp, after sequence: Int) throws(ResolveError) -> (lock: Lock, locals: LocalFiles) {
        let release = try release()
        // What does not hold together is told before anything is fetched.
        if !definition.charts.isEmpty { _ = try demand(release) }
        let snaps = try snaps(release)
        let charts = try charts()
        let demand = try demand(release, snaps, charts)
        let locals = try gathering { () throws(GatherError) in try LocalFiles(demand, of: definition) }
        var documents = Documents(resolution: self, release: release)
        let artefacts = try artefacts(demand, locals, &documents)
        let list = try imageList(release, &documents)
        try check(demand, artefacts, list)
        let images = try images(demand, list, memberImages(release, snaps))
        let lock = Lock(
            definition: Lock.Subject(name: definition.name.description, digest: definition.digest),
            profile: Lock.Subject(name: profile.name, digest: profile.digest), version: release.version,
            requested: definition.platform.version, architecture: release.architecture, created: now,
            sequence: max(now.seconds, sequence + 1), artefacts: artefacts, snaps: snaps, imageList: list?.locked,
            images: images, charts: charts, files: locals.locked)
        return (lock, locals)
    }

    private func demand(
        _ release: Release, _ snaps: [LockedSnap] = [], _ charts: [LockedChart] = []
    ) throws(ResolveError) -> Demand {
        let demand: Demand
        do throws(DefinitionError) { demand = try Demand(definition, release, snaps: snaps, charts: charts) } catch {
            throw .gather(.definition(error))
        }
        if let image = definition.images.first, !demand.takesImages {
            throw .noPlaceForImages(image.reference.description, image.location)
        }
        if let archive = definition.imageArchives.first, !demand.takesImages {
            throw .noPlaceForImages(archive.text, archive.location)
        }
        return demand
    }

    func say(
        _ message: String, _ severity: Diagnostic.Severity = .note, at location: SourceLocation? = nil,
        next: String? = nil
    ) {
        gatherer.progress.say(Diagnostic(message, severity: severity, at: location, next: next, exitCode: .done))
    }
}
