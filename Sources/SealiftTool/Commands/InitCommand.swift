import Arguments
import JSON
import Posix
import Reporting
import Values

/// `sealift init`: a definition to start from.
enum InitCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "init", "write a definition to start from",
        positionals: [Positional("FILE", "where to; line1.yaml without it", .optional, completing: .file)])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let path = FilePath(invocation.argument("FILE") ?? "line1.yaml")
        guard try !Files.exists(path) else {
            throw Diagnostic("\(quoted(path.text)) exists already", next: "give another name", exitCode: .usage)
        }
        let name = String(path.lastComponent.prefix { $0 != "." })
        try Files.replace(path, with: Array(text(name: name).utf8))
        try console.result(
            ["written": .string(path.text)],
            text: "\(path.text) written; next: sealift build \(path.text) -o /media/usb --key NAME.key")
    }

    private static func text(name: String) -> String {
        """
        # What one site needs. Every key: docs/guides/definition.md
        name: \(name)
        version: 1.0.0
        platform: {profile: k3s, version: stable, arch: amd64}

        # More images than the platform's own, by full name.
        images: []

        # Folders or files of Kubernetes manifests, laid on the first server.
        manifests: []

        # Settings of the platform, such as {disable: [traefik]}.
        config: {}

        """
    }
}
