import Arguments

/// Prints the manual page, made from the table that is parsed with: a machine has no other place for it.
enum ManCommand {
    static let command = InstallerCommand(
        Command(
            "man", "print the manual page",
            examples: [.init("sealift-install man | man -l -", "read it here")])
    ) { _, console in
        try console.result(SealiftInstall.program.manPage(section: 8, date: date))
    }

    /// The manual page's date: that of the release, not of the day it is printed on.
    private static let date = "2026-11-20"
}
