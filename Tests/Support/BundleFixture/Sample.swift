public import Format
import LibCrypto
public import Values

/// A small manifest skeleton and its files.
public enum Sample {
    /// Thrown when a sample's own text is wrong.
    struct Mistake: Error {}

    /// A member path.
    public static func path(_ text: String) throws -> MemberPath { try MemberPath(validating: text) }

    /// A file with these bytes, 0644 unless said otherwise.
    public static func file(
        _ path: String, _ bytes: [UInt8], mode: FileMode = .file, destination: String? = nil, roles: [String] = []
    ) throws -> Entry {
        Entry(
            path: try self.path(path), destination: try destination.map(self.path), roles: RoleScope(roles),
            kind: .file(Permissions(mode: mode), Content(of: bytes)))
    }

    /// A folder, 0755 unless said otherwise.
    public static func directory(_ path: String, mode: FileMode = .executable) throws -> Entry {
        Entry(path: try self.path(path), kind: .directory(Permissions(mode: mode)))
    }

    /// A symbolic link.
    public static func link(_ path: String, to target: String) throws -> Entry {
        Entry(path: try self.path(path), kind: .link(target: target))
    }

    /// A manifest for a server and an agent on amd64, with these entries and no payload yet.
    public static func skeleton(_ entries: [Entry]) throws -> Manifest {
        guard let name = BundleName("line7"), let version = BundleVersion("2026.11.0") else { throw Mistake() }
        return Manifest(
            name: name, version: version, sequence: 1_763_627_400, created: Timestamp(seconds: 1_763_627_400),
            builder: .init(tool: "sealift", version: "0.1.0", zstd: "1.5.4", level: 3),
            target: .init(profile: "k3s", version: Version("v1.31.4+k3s1"), architecture: .amd64),
            roles: [Role(name: "server", summary: "a server"), Role(name: "agent", summary: "an agent")],
            entries: entries.sorted { $0.path < $1.path })
    }
}
