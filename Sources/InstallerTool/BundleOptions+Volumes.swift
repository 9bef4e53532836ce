import Arguments
import Posix
import Reporting
import Verify

/// Volumes on several sticks.
extension BundleOptions {
    /// Folders besides the bundle's own, such as other sticks; each must be there.
    static func furtherFolders(_ invocation: Invocation) throws -> [FilePath] {
        try invocation.values("bundle").dropFirst().map { try FilePath($0).resolved() }
    }

    /// Has a person asked for volumes that are not at hand when their turn comes.
    static func askForVolumes(of bundle: VerifiedBundle, _ person: Conversation?, _ console: Console) {
        guard let person else { return }
        bundle.media.ask { volume in
            console.finish()
            do throws(FileError) { return Interruption.wasAsked ? .stop : try person.answer(for: volume) } catch {
                console.say(error.diagnostic)
                return .stop
            }
        }
    }
}
