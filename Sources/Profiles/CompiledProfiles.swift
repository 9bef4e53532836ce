/// The profiles that are compiled into sealift, as the bytes of their YAML files under `profiles/`.
public enum CompiledProfiles {
    /// Name and bytes of each, sorted by name.
    public static let all: [(name: String, bytes: [UInt8])] = [
        ("aks-edge", PackageResources.aks_edge_yaml), ("k0s", PackageResources.k0s_yaml),
        ("k3s", PackageResources.k3s_yaml),
        ("microk8s", PackageResources.microk8s_yaml),
    ]

    /// The bytes of the profile called `name`; `nil` when there is none.
    public static func bytes(named name: String) -> [UInt8]? { all.first { $0.name == name }?.bytes }
}
