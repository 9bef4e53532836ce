/// The names of files in a bundle's folder (docs/format.md §2).
public enum BundleFile {
    public static let sums = "SHA256SUMS"
    public static let signatures = "signatures"
    public static let manifest = "manifest.json"
    public static let installScript = "install.sh"
    public static let installer = "sealift-install"
    public static let readme = "README.txt"
    public static let report = "report.html"
    public static let cycloneDX = "sbom.cdx.json"
    public static let spdx = "sbom.spdx.json"

    /// Words for people and other tools: damage here is a warning, since scanners rewrite HTML (design §4).
    public static let advisory: Set<String> = [readme, report, cycloneDX, spdx]

    /// Whether `name` looks like a volume. One that is not a volume of the manifest must not be there.
    public static func looksLikeVolume(_ name: String) -> Bool {
        name.hasPrefix("payload-") && name.hasSuffix(".tar.zst")
    }
}
