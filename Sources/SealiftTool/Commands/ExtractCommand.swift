import Arguments
import Format
import JSON
import Posix
import Reporting
import Values
import Verify

/// `sealift extract BUNDLE PATH…`: single files out of a payload.
enum ExtractCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "extract", "take single files out of a bundle",
        details: [
            "Reads only what holds them. Files are written with their names and without their owners; nothing is overwritten."
        ],
        positionals: [
            Positional("BUNDLE", "the bundle's folder", completing: .directory),
            Positional("PATH", "files as inspect lists them, without the leading /", .oneOrMore),
        ],
        options: TrustOptions.table + [
            .value("output", letter: "o", "DIR", "where to; this folder without it", completing: .directory)
        ])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let bundle = try TrustOptions.open(FilePath(invocation.argument("BUNDLE") ?? ""), invocation, console).bundle
        let output = FilePath(invocation.value("output") ?? ".")
        let wanted = try invocation.arguments("PATH").map { try index(of: $0, in: bundle.manifest) }
        for index in wanted { try extract(index, from: bundle, to: output, console) }
        let names = wanted.map { bundle.manifest.entries[$0].path.text }
        try console.result(["written": .array(names.map { .string($0) })], text: names.joined(separator: "\n"))
    }

    private static func index(of text: String, in manifest: Manifest) throws(Diagnostic) -> Int {
        let name = text.hasPrefix("/") ? String(text.dropFirst()) : text
        let found = manifest.entries.firstIndex { ($0.path.text == name || $0.place.text == name) && $0.content != nil }
        if let found { return found }
        let near = nearest(to: name, in: manifest.entries.filter { $0.content != nil }.map(\.path.text))
        throw Diagnostic(
            "the bundle has no file \(quoted(text))",
            next: near.map { "did you mean \(quoted($0))? `sealift inspect BUNDLE files` lists all" }
                ?? "`sealift inspect BUNDLE files` lists all",
            exitCode: .usage)
    }

    private static func extract(_ index: Int, from bundle: VerifiedBundle, to output: FilePath, _ console: Console)
        throws
    {
        let entry = bundle.manifest.entries[index]
        let path = output.appending(entry.path.text)
        try Files.makeDirectories(path.parent)
        let file = SharedFile(
            try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusive, .noFollow],
                permissions: entry.permissions?.mode ?? .file))
        guard !bundle.manifest.target.os.takesPlainFiles else {
            do { try bundle.readPlainFile(index) { try unsafe file.write($0, at: $1) } } catch {
                try Files.remove(path)
                throw error
            }
            return
        }
        let extents = bundle.chunks.extents(covering: bundle.layout.contentRange(of: index))
        do {
            try bundle.forEachChunk(
                in: extents.map(\.chunk), workers: Workers.processorCount, phase: .verify, progress: console.progress
            ) { chunk, plain in
                let range = bundle.layout.contentRange(of: index)
                let part = bundle.chunks.streamRange(of: chunk).clamped(to: range)
                let start = part.lowerBound - bundle.chunks.streamOffsets[chunk]
                try file.write(
                    UnsafeRawBufferPointer(rebasing: plain[start..<start + part.count]),
                    at: part.lowerBound - range.lowerBound)
            }
        } catch {
            try Files.remove(path)
            throw error
        }
    }
}

/// A file that several threads write stretches of.
private final class SharedFile: Sendable {
    private let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        try descriptor.write(bytes, at: offset)
    }
}
