import Definition
import Format
import Gather
import LibCrypto
import LoopbackServer
import OCI
import Posix
import Reporting
import SampleImages
import SampleVendor
import Store
import Testing
import Values

extension Workshop {
    /// The lock that resolving would make now, made by hand.
    func lock(_ definition: Definition) throws -> Lock {
        let isArchived = definition.imageSource == .vendorArchive
        let names = (isArchived ? [] : SampleVendor.images.map { "docker.io/\($0)" })
        let sums = document("sha256sum-amd64.txt")
        let archive = LockedArtefact(
            name: "image-archive", origin: .url(url(SampleVendor.archive)), content: content(SampleVendor.archive),
            checksum: sums)
        let binary = LockedArtefact(
            name: "binary", origin: .url(url("k3s")), content: content("k3s"), checksum: sums)
        return Lock(
            definition: Lock.Subject(name: "line7", digest: definition.digest),
            profile: Lock.Subject(name: "k3s", digest: definition.profile.digest),
            version: Version(SampleVendor.version), requested: definition.platform.version, architecture: .amd64,
            created: Timestamp(seconds: 1_000), sequence: 1_000, artefacts: [binary] + (isArchived ? [archive] : []),
            imageList: document("k3s-images.txt"),
            images: try (names + definition.images.map(\.reference.description)).map { name in
                let image = try #require(vendor.image(String(name.dropFirst("docker.io/".count))))
                return LockedImage(try image.pinned(name), reasons: ["image list"])
            }, files: try locals(definition).locked)
    }

    func locals(_ definition: Definition) throws -> LocalFiles {
        let release = try #require(definition.profile.release(Version(SampleVendor.version), .amd64))
        return try LocalFiles(Demand(definition, release), of: definition)
    }

    private func url(_ asset: String) -> String { "https://github.com" + SampleVendor.path(asset) }

    private func content(_ asset: String) -> Content {
        let bytes = vendor.file(SampleVendor.path(asset))
        return Content(size: ByteCount(bytes.count), digest: .of(bytes))
    }

    private func document(_ asset: String) -> LockedDocument {
        LockedDocument(url: url(asset), content: content(asset))
    }

    /// What went wrong when gathering.
    func failure(_ lock: Lock, _ definition: Definition) throws -> GatherError {
        do throws(GatherError) { _ = try gatherer.gather(lock, for: definition) } catch { return error }
        throw Diagnostic("nothing was thrown", exitCode: .internalError)
    }
}

/// An error in words, one line each.
func words(_ error: some Diagnosable) -> [String] {
    let diagnostic = error.diagnostic
    return [diagnostic.message] + diagnostic.details.map { "\($0.label): \($0.text)" }
        + [diagnostic.next.map { "next: \($0)" }, "exit \(diagnostic.exitCode.rawValue)"].compactMap(\.self)
}
