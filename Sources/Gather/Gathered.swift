public import Definition
public import Format
public import OCI
public import Posix

/// A definition with everything it needs in the store: what a bundle is assembled from, without the network.
public struct Gathered: Sendable {
    /// The definition.
    public let definition: Definition
    /// What it was resolved to.
    public let lock: Lock
    /// Its profile's release, what is laid, and what that takes.
    public let demand: Demand
    /// The local files that are laid, by the path that ``LaidEntry/Source/local(_:)`` has. Their bytes are in the store.
    public let files: [FilePath: Content]
    /// The contents of each of the lock's images, in its order.
    public let images: [ImageContents]

    /// Size and digest, in the store, of the bytes that `source` stands for; `nil` for the archive of pulled images, which is yet to
    /// be made, and for bytes that stand in `source` itself.
    public func content(of source: LaidEntry.Source) -> Content? {
        switch source {
        case .local(let path): files[path]
        case .chart(let name): lock.charts.first { $0.name == name }?.content
        case .artefact(let name): lock.artefacts.first { $0.name == name }?.content
        case .snap(let name): lock.snaps.first { $0.name == name }?.content
        case .assertions(let name): lock.snaps.first { $0.name == name }?.assertions.content
        case .bytes, .images: nil
        }
    }
}
