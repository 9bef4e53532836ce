public import Format
import LibCrypto
public import OCI
public import Posix
public import Values

/// One entry of a payload, and where its bytes come from.
public struct PayloadItem: Sendable {
    /// As it will stand in the manifest. The digest of an image archive that was never packed before is a placeholder
    /// until the ``Packer`` has seen its bytes.
    public let entry: Entry
    let source: Source

    /// Where the bytes of an entry come from.
    enum Source: Sendable {
        /// Folders and links have none.
        case none
        case literal([UInt8])
        case content(ContentReference)
        case archive(ArchiveLayout)
    }

    /// A folder.
    public static func directory(
        _ path: MemberPath, _ permissions: Permissions, destination: MemberPath? = nil, roles: RoleScope = .all
    ) -> PayloadItem {
        PayloadItem(
            entry: Entry(path: path, destination: destination, roles: roles, kind: .directory(permissions)),
            source: .none)
    }

    /// A symbolic link.
    public static func link(
        _ path: MemberPath, target: String, destination: MemberPath? = nil, roles: RoleScope = .all
    ) -> PayloadItem {
        PayloadItem(
            entry: Entry(path: path, destination: destination, roles: roles, kind: .link(target: target)),
            source: .none)
    }

    /// A small file whose bytes are at hand.
    public static func literal(
        _ path: MemberPath, _ permissions: Permissions, _ bytes: [UInt8], destination: MemberPath? = nil,
        roles: RoleScope = .all
    ) -> PayloadItem {
        let content = Content(size: ByteCount(bytes.count), digest: .of(bytes))
        return PayloadItem(
            entry: Entry(path: path, destination: destination, roles: roles, kind: .file(permissions, content)),
            source: .literal(bytes))
    }

    /// A template; the variables that its text uses are found here.
    ///
    /// - Throws: ``FormatError`` for a text that is no template.
    public static func template(
        _ path: MemberPath, _ permissions: Permissions, _ bytes: [UInt8], format: TemplateFormat,
        destination: MemberPath? = nil, roles: RoleScope = .all
    ) throws(FormatError) -> PayloadItem {
        let content = Content(size: ByteCount(bytes.count), digest: .of(bytes))
        let variables = try Template(bytes, format: format).variables
        let kind = Entry.Kind.template(permissions, content, format: format, variables: variables)
        return PayloadItem(
            entry: Entry(path: path, destination: destination, roles: roles, kind: kind), source: .literal(bytes))
    }

    /// A file whose bytes are in the store.
    public static func stored(
        _ path: MemberPath, _ permissions: Permissions, _ content: Content, destination: MemberPath? = nil,
        roles: RoleScope = .all
    ) -> PayloadItem {
        PayloadItem(
            entry: Entry(path: path, destination: destination, roles: roles, kind: .file(permissions, content)),
            source: .content(ContentReference(content: content, place: .store)))
    }

    /// A file of this machine. It must not change while it is packed: its digest is checked.
    public static func file(
        _ path: MemberPath, _ permissions: Permissions, _ content: Content, from file: FilePath,
        destination: MemberPath? = nil, roles: RoleScope = .all
    ) -> PayloadItem {
        PayloadItem(
            entry: Entry(path: path, destination: destination, roles: roles, kind: .file(permissions, content)),
            source: .content(ContentReference(content: content, place: .file(file))))
    }

    /// An archive of images, a plain tar that is written while it is packed.
    ///
    /// - Parameter members: The files of the archive, as an `ImageArchivePlan` has them.
    public static func archive(
        _ path: MemberPath, _ permissions: Permissions, _ members: [ImageArchivePlan.Member],
        destination: MemberPath? = nil, renamed: String? = nil, roles: RoleScope = .all
    ) -> PayloadItem {
        let layout = ArchiveLayout(members)
        let unknown = Content(size: ByteCount(layout.length), digest: .of([] as [UInt8]))
        return PayloadItem(
            entry: Entry(
                path: path, destination: destination, renamed: renamed, roles: roles,
                kind: .file(permissions, unknown)),
            source: .archive(layout))
    }
}

extension Entry {
    /// The same entry with the digest that its bytes turned out to have.
    func with(digest: SHA256Digest) -> Entry {
        guard case .file(let permissions, let content) = kind else { return self }
        var copy = self
        copy.kind = .file(permissions, Content(size: content.size, digest: digest))
        return copy
    }
}
