import Arguments
import Format
import JSON
import Posix
import Report
import Verify

/// `sealift report BUNDLE`: the page for people, made anew from the manifest.
enum ReportCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "report", "write a page about a bundle, for people",
        positionals: [Positional("BUNDLE", "the bundle's folder", completing: .directory)],
        options: TrustOptions.table + [
            .value("output", letter: "o", "FILE", "where to; NAME.html in this folder without it", completing: .file)
        ])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let bundle = try TrustOptions.open(FilePath(invocation.argument("BUNDLE") ?? ""), invocation, console).bundle
        let path = FilePath(invocation.value("output") ?? bundle.manifest.folderName + ".html")
        try Files.replace(path, with: HTMLReport.text(for: bundle.manifest))
        try console.result(["written": .string(path.text)], text: path.text)
    }
}
