/// The names of files in a bundle's folder (docs/format.md §2).
public enum BundleFile {
    /// The root of trust, docs/format.md §4.
    public static let sums = "SHA256SUMS"
    /// The folder of signatures and keys, §5.
    public static let signatures = "signatures"
    /// What is inside, §6.
    public static let manifest = "manifest.json"
    /// The lines that start the installer from any medium.
    public static let installScript = "install.sh"
    /// The same for Windows: one script, the same bytes in every bundle.
    public static let windowsScript = "install.ps1"
    /// The static installer.
    public static let installer = "sealift-install"
    /// How to check the bundle with stock tools.
    public static let readme = "README.txt"
    /// A page for people.
    public static let report = "report.html"
    /// The SBOM as CycloneDX.
    public static let cycloneDX = "sbom.cdx.json"
    /// The SBOM as SPDX.
    public static let spdx = "sbom.spdx.json"
    /// How the bundle came to be: the predicate of its provenance, docs/format.md §5.1.
    public static let provenance = "provenance.json"

    /// The makers' own signature of an artefact, §2.
    public static func makersSignature(of artefact: String) -> String { "makers-\(artefact).sig" }

    /// Words for people and other tools: damage here is a warning, since scanners rewrite HTML (design §4).
    public static let advisory: Set<String> = [readme, report, cycloneDX, spdx, provenance]

    /// Whether `name` looks like a volume. One that is not a volume of the manifest must not be there.
    public static func looksLikeVolume(_ name: String) -> Bool {
        name.hasPrefix("payload-") && name.hasSuffix(".tar.zst")
    }
}
