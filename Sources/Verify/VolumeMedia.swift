public import Posix

/// Where volumes are looked for: the bundle's own folder, then further ones, such as those of other sticks.
///
/// Only volumes come from further folders, and every chunk of them is checked against the manifest of the first: no folder need be trusted.
public final class VolumeMedia: Sendable {
    /// What a person who is asked for a volume can say.
    public enum Answer: Hashable, Sendable {
        /// Look again, also in this folder if one is named.
        case look(FilePath?)
        /// There will be none.
        case stop
    }

    private struct State {
        var folders: [FilePath]
        var asking: (@Sendable (AbsentVolume) -> Answer)?
    }
    private let state: Monitor<State>

    init(first: FilePath) { state = Monitor(State(folders: [first])) }

    /// The folders, that of the bundle first. A volume may also lie in a folder of theirs that is called like the bundle.
    public var folders: [FilePath] { state.withLock { $0.folders } }

    /// Looks there too.
    public func add(_ folder: FilePath) {
        state.withLock { state in
            if !state.folders.contains(folder) { state.folders.append(folder) }
        }
    }

    /// Has somebody asked, on the thread that reads, when a volume is in none of the folders.
    public func ask(_ asking: @escaping @Sendable (AbsentVolume) -> Answer) { state.withLock { $0.asking = asking } }

    /// Asks for a volume; whether to look again.
    func isToLookAgain(for volume: AbsentVolume) -> Bool {
        guard let asking = state.withLock({ $0.asking }) else { return false }
        switch asking(volume) {
        case .look(let folder):
            if let folder { add(folder) }
            return true
        case .stop: return false
        }
    }
}

/// A volume that is in none of the folders.
public struct AbsentVolume: Hashable, Sendable {
    /// Such as `payload-002.tar.zst`.
    public let name: String
    /// Which one it is, from 1, and how many there are.
    public let number, count: Int
    /// Where it was looked for.
    public let folders: [FilePath]
    /// A further folder with a file of that name that is another bundle's, or damaged.
    public let foreign: FilePath?
    /// What a folder answered that cannot be looked into, such as that of a stick that was pulled out.
    public let failure: FileError?

    /// Why the bundle is not accepted without it.
    var error: VerifyError {
        if let foreign { return .foreignVolume(name: name, folder: foreign) }
        return failure.map { .file($0) } ?? .missingVolume(self)
    }
}
