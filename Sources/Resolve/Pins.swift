import Definition
import Format
import LibCrypto
import OCI
import Registry
import Values

/// What an earlier lock has pinned already, so that one more image in a definition does not move everything else.
struct Pins {
    /// The earlier lock; `nil` pins nothing.
    let lock: Lock?

    /// The version that the definition's channel stood for, if it still asks for the same.
    func version(for definition: Definition) -> Version? {
        guard let lock, lock.profile.name == definition.profile.name,
            lock.requested == definition.platform.version, lock.architecture == definition.platform.architecture
        else { return nil }
        return lock.version
    }

    /// The lock, if it is of the same release: the same address may hold another file for another one.
    private func lock(of release: Release) -> Lock? {
        lock.flatMap { $0.version == release.version && $0.architecture == release.architecture ? $0 : nil }
    }

    /// The artefact, if it comes from the same place and is vouched for by the same file.
    func artefact(
        _ name: String, of release: Release, url: String, digest: SHA256Digest?, checksum: String?,
        signature: ReleaseSignature?
    ) -> LockedArtefact? {
        lock(of: release)?.artefacts.first { artefact in
            artefact.name == name && artefact.origin == .url(url) && artefact.checksum?.url == checksum
                && artefact.signature?.document.url == signature?.url
                && artefact.signature?.key == signature?.key?.fingerprint
                && (digest ?? artefact.content.digest) == artefact.content.digest
        }
    }

    /// The snap, if it is taken from the same channel, or from whichever one has the release.
    func snap(_ name: String, channel: SnapChannel? = nil, of release: Release) -> LockedSnap? {
        lock(of: release)?.snaps.first { $0.name == name && (channel == nil || $0.channel == channel?.description) }
    }

    /// The published list of images, if it comes from the same place.
    func imageList(of release: Release, url: String) -> LockedDocument? {
        lock(of: release)?.imageList.flatMap { $0.url == url ? $0 : nil }
    }

    /// The chart of that release, if the same is asked for at the same place.
    func chart(_ request: ChartRequest) -> LockedChart? {
        lock?.charts.first { chart in
            chart.name == request.name && chart.from == request.origin
                && chart.requested == request.versions.description
                && (request.digest ?? chart.content.digest) == chart.content.digest
        }
    }

    /// The image of that name for that platform.
    func image(_ reference: ImageReference, _ platform: Platform) -> PinnedImage? {
        lock?.images.filter { $0.archive == nil }.map(\.pinned).first {
            $0.reference == reference && $0.platform == platform
        }
    }
}
