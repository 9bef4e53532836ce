import Format
import LibCrypto
import Posix
import Trust
import Values
import Verify

extension BundleWriter {
    /// Reads everything back, or only what was taken over from the cache and never read.
    func readBack(_ bundle: FilledBundle, in folder: FilePath) throws(AssembleError) {
        let volumes = bundle.packed.volumes.filter { options.readsBack || $0.isLinked }
        let names = Set(bundle.packed.volumes.map(\.volume.name))
        let others = bundle.files.filter { options.readsBack && !names.contains($0.name) }
            .map { ReadBack.Stretch(file: $0.name, offset: 0, content: $0.content) }
        let check = ReadBack(folder: folder, jobs: options.packing.jobs, progress: progress)
        do throws(AssembleError) { try check.check(volumes.flatMap(\.stretches) + others) } catch {
            // A volume that came from the cache unread is to blame on the cache; a second try does without it.
            guard case .readBackDiffers(let path) = error,
                let volume = volumes.first(where: { $0.isLinked && path.lastComponent == $0.volume.name })
            else { throw error }
            throw .cacheDamaged(volume.content.digest)
        }
    }

    /// Checks the bundle as whoever gets it does, but for the payload, which was read back: signatures, SHA256SUMS, every rule
    /// for manifests, and the other files.
    func check(
        _ bundle: FilledBundle, signedBy keys: [PublicKey], in folder: FilePath
    ) throws(AssembleError) {
        guard !keys.isEmpty else {
            do throws(FormatError) { _ = try Manifest(reading: bundle.manifest.canonical()) } catch {
                throw .format(error)
            }
            return
        }
        let policy = TrustPolicy(
            pins: keys.map { Pin($0, origin: "the key that signed it") }, threshold: keys.count)
        do throws(VerifyError) {
            let verified = try UntrustedBundle(opening: folder).verified(under: policy)
            if let damage = try verified.verifyFiles().first { throw damage }
        } catch { throw .check(error) }
    }
}
