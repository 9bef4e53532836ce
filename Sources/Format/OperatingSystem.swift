/// The system that a bundle is for, and by it the form of its payload (docs/format.md §6, §8).
public enum OperatingSystem: String, CaseIterable, Hashable, Sendable {
    /// The payload is one compressed tar stream in volumes; the static installer reads it.
    case linux
    /// The payload is plain files, for a system's own tools: install.ps1 copies and checks them.
    case windows

    /// Whether the payload is plain files, each with a line of its own in SHA256SUMS.
    public var takesPlainFiles: Bool { self == .windows }

    /// The script that starts an installation.
    public var installScript: String { self == .windows ? BundleFile.windowsScript : BundleFile.installScript }
}
