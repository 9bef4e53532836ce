import Definition
import Format
import Gather
import OCI
import Registry
import Reporting
import Values

extension Resolution {
    /// Where bases are taken from when a snap needs one that the profile does not name, as snapd itself would.
    private static let baseChannel = "latest/stable"

    /// Pins every snap of the release that a role of the definition needs, each behind the base that it needs.
    func snaps(_ release: Release) throws(ResolveError) -> [LockedSnap] {
        guard let place = release.snaps else { return [] }
        let items = place.items.filter { item in definition.roles.contains { item.roles.includes($0.name) } }
        var found: [LockedSnap] = []
        for item in items {
            let snap = try snap(item.name, item.channel, release, place)
            if let base = snap.base, base != "none", !(found.map(\.name) + items.map(\.name)).contains(base) {
                found.append(try self.snap(base, Self.baseChannel, release, place, neededBy: item.name))
            }
            found.append(snap)
        }
        return found
    }

    private func snap(
        _ name: String, _ channel: String?, _ release: Release, _ place: ReleaseSnaps, neededBy user: String? = nil
    ) throws(ResolveError) -> LockedSnap {
        let chosen = try self.channel(channel, name, release, place)
        if let kept = pins.snap(name, channel: chosen, of: release) { return kept }
        let origin = definition.platform.versionLocation.description + (user.map { ", as the base of \($0)" } ?? "")
        let query = SnapQuery(
            name, channel: chosen, architecture: release.architecture, origin: origin)
        let store = gatherer.snapStore(place)
        let found = try asking { () throws(RegistryError) in try store.find(query) }
        if channel == nil, found.version != release.version.text {
            throw moved(query, found, release, place)
        }
        let evidence = try asking { () throws(RegistryError) in
            try store.evidence(for: found, query, trusting: place.common.keys)
        }
        return try gathering { () throws(GatherError) in
            LockedSnap(
                name: found.name, id: found.id, revision: found.revision, version: found.version,
                channel: found.channel, type: found.type, base: found.base, confinement: found.confinement,
                url: found.url, content: try gatherer.content(of: found, query, from: place.common.store),
                digest: found.digest, assertions: try gatherer.keep(evidence))
        }
    }

    /// The channel of an item; for the snap whose versions are the platform's, that which the definition asks for.
    private func channel(
        _ channel: String?, _ name: String, _ release: Release, _ place: ReleaseSnaps
    ) throws(ResolveError) -> SnapChannel {
        let asked = definition.platform.version
        let text = channel ?? (profile.versions.isExact(asked) ? nil : asked)
        if let text, let known = SnapChannel(text) { return known }
        guard let track = SnapChannel("latest") else { preconditionFailure("latest is a channel") }
        let query = SnapQuery(
            name, channel: track, architecture: release.architecture,
            origin: definition.platform.versionLocation.description)
        if let kept = pins.snap(name, of: release), let channel = SnapChannel(kept.channel) { return channel }
        let releases = try asking { () throws(RegistryError) in try gatherer.snapStore(place).releases(of: query) }
        guard let channel = releases.channel(of: release.version) else {
            throw .gather(
                .registry(
                    .snap(
                        SnapSite(name: name, store: place.common.store, origin: query.origin),
                        .version(release.version.text, available: releases.words))))
        }
        return channel
    }

    private func moved(
        _ query: SnapQuery, _ found: FoundSnap, _ release: Release, _ place: ReleaseSnaps
    ) -> ResolveError {
        .gather(
            .registry(
                .snap(
                    SnapSite(name: query.name, store: place.common.store, origin: query.origin),
                    .moved(
                        channel: query.channel.description, version: found.version, expected: release.version.text))))
    }

    /// The version that a channel of the platform's own snap holds now.
    func held(_ asked: String, _ store: String) throws(ResolveError) -> Version {
        guard let name = profile.snaps?.own else {
            preconditionFailure("a profile with channels of a snap store has a snap whose versions are its own")
        }
        guard let channel = SnapChannel(asked) else {
            throw .unknownChannel(asked, definition.platform.versionLocation, known: [])
        }
        let query = SnapQuery(
            name, channel: channel, architecture: definition.platform.architecture,
            origin: definition.platform.versionLocation.description)
        return try asking { () throws(RegistryError) in
            Version(try SnapStore(store, fetcher: gatherer.fetcher).find(query).version)
        }
    }

    private func asking<Value>(_ body: () throws(RegistryError) -> Value) throws(ResolveError) -> Value {
        do throws(RegistryError) { return try body() } catch { throw .gather(.registry(error)) }
    }
}

extension [SnapRelease] {
    /// The channel that has `version`, the stable one of its own track before others.
    fileprivate func channel(of version: Version) -> SnapChannel? {
        let those = filter { $0.version == version.text }.map(\.channel)
        let line = version.minorLine ?? ""
        let track = line.hasPrefix("v") ? String(line.dropFirst()) : line
        return those.first { $0 == SnapChannel(track) } ?? those.first { $0.description.hasPrefix(track + "/") }
            ?? those.first
    }
}

extension Resolution {
    /// The images that files within the snaps name, each with the place.
    func memberImages(
        _ release: Release, _ snaps: [LockedSnap]
    ) throws(ResolveError) -> [(reference: ImageReference, place: String)] {
        var found: [(reference: ImageReference, place: String)] = []
        for member in release.imageMembers {
            guard let snap = snaps.first(where: { $0.name == member.snap }) else { continue }
            let references = try gathering { () throws(GatherError) in
                try gatherer.fetch(snap)
                return try gatherer.images(of: member, in: snap)
            }
            found += references.map { ($0, member.place) }
        }
        return found
    }
}
