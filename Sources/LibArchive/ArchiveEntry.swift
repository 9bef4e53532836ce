public import Values

/// One entry of a foreign archive, as it says of itself. Nothing here has been checked against anything.
public struct ArchiveEntry: Hashable, Sendable {
    /// What it would be on a disk. Devices, pipes and sockets are refused.
    public enum Kind: Hashable, Sendable {
        /// A regular file.
        case file
        /// A folder.
        case directory
        /// A symbolic link to these bytes.
        case symbolicLink([UInt8])
        /// A second name for the entry at these bytes.
        case hardLink([UInt8])
    }

    /// The path, byte by byte as stored.
    public let path: [UInt8]
    /// Where it lies in the archive: ``path`` without a leading `./` and the `/` of a folder; `nil` for the folder that all lies in.
    public let place: MemberPath?
    /// What it is.
    public let kind: Kind
    /// The size it states; `nil` when it states none, as a streamed ZIP may.
    public let size: ByteCount?
    /// The permission bits, with set-user-id and the like.
    public let mode: UInt16

    /// ``path`` for messages, with U+FFFD for what is not UTF-8.
    public var name: String { String(decoding: path, as: UTF8.self) }

    /// Where a link leads within the archive, `..` taken back; `nil` for what is no link.
    ///
    /// - Throws: ``ArchiveError/link(path:)`` when it leads out of it.
    public func destination() throws(ArchiveError) -> String? {
        let target: [UInt8]
        var parts: [String]
        switch kind {
        case .file, .directory: return nil
        case .hardLink(let bytes): (target, parts) = (bytes, [])  // as seen from the archive's root
        case .symbolicLink(let bytes): (target, parts) = (bytes, place?.parent?.components ?? [])
        }
        guard target.first != UInt8(ascii: "/") else { throw .link(path: name) }
        for part in String(decoding: target, as: UTF8.self).split(separator: "/") {
            switch part {
            case ".": continue
            case "..": guard parts.popLast() != nil else { throw .link(path: name) }
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
