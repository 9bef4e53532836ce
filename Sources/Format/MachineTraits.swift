/// A level of the x86-64 instruction set (x86-64 psABI, "Micro-Architecture Levels").
public enum CPULevel: String, Hashable, Sendable, CaseIterable, Comparable {
    case v1 = "x86-64-v1"
    case v2 = "x86-64-v2"
    case v3 = "x86-64-v3"
    case v4 = "x86-64-v4"

    /// By their numbers.
    public static func < (left: CPULevel, right: CPULevel) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

/// Something that the file system of a folder allows.
public enum FileSystemTrait: String, Hashable, Sendable, CaseIterable {
    /// Not mounted read-only.
    case writable
    /// Programs start from it: not mounted noexec.
    case exec
    /// Not mounted nosuid.
    case suid
    /// Can hold the writable layers of overlayfs: XFS with `ftype=1`, no overlay itself, no network.
    case overlay
    /// On a disk of this machine.
    case local
    /// No part of the path is a link.
    case noLink = "no-link"

    /// The words that there are.
    public static var expectation: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
