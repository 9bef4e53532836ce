import Format
import Posix
import Reporting
import Values

/// The bundles on a medium.
enum MediaListing {
    /// Folders of `medium` that have a SHA256SUMS, in byte order; the medium itself when it is one bundle.
    static func bundles(on medium: FilePath) throws -> [FilePath] {
        guard try !Files.exists(medium.appending(BundleFile.sums)) else { return [medium] }
        return try DirectoryHandle.open(medium).entries().sorted().map { medium.appending($0) }.filter {
            try Files.information($0)?.kind == .directory && Files.exists($0.appending(BundleFile.sums))
        }
    }

    /// The refusal of media on which there is no bundle.
    static func nothing(on media: [String]) -> Diagnostic {
        Diagnostic(
            "found no bundle on \(media.map { "\(quoted($0))" }.joined(separator: ", "))",
            next: "give the folder where the medium is mounted; a bundle is a folder with SHA256SUMS, right below it",
            exitCode: .usage)
    }
}
