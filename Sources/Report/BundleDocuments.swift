public import Format
public import Values

/// The files of a bundle that are words for people and for other tools.
public enum BundleDocuments {
    /// Name and bytes of each, a function of the manifest and of what it was built from.
    ///
    /// - Parameter digest: Of `manifest.json`.
    public static func all(
        for manifest: Manifest, digest: SHA256Digest, _ record: BuildRecord? = nil
    ) -> [(name: String, bytes: [UInt8])] {
        [
            (BundleFile.readme, Readme.text(for: manifest)), (BundleFile.report, HTMLReport.text(for: manifest)),
            (BundleFile.cycloneDX, CycloneDX.document(for: manifest, digest: digest, record)),
            (BundleFile.spdx, SPDX.document(for: manifest, digest: digest, record)),
        ]
    }
}
