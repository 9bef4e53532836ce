extension FuzzTarget {
    /// Every target.
    public static let all: [FuzzTarget] = [
        sums, manifest, receipt, journal, frame, json, yaml, definition, profile, lock, checksums, chartIndex, registry,
        assertion, archive, values, template, pem, policy, keyList, envelope, cms, certificate, tokenURI,
    ]
}
