public import Definition
import Format
public import OCI
import Posix
import Reporting
import Store
import Values

/// What is wrong with a file within a snap that should name images.
public enum SnapMemberFault: Hashable, Sendable {
    /// `unsquashfs` cannot be started; the reason, where it is there at all.
    case program(reason: String?)
    /// `unsquashfs` ended with an error; its last words.
    case unreadable([String])
    /// The snap has no such file; what stands in the same folder.
    case missing(beside: [String])
    /// It names no image under these keys.
    case noImage(keys: [String])
    /// The line names no image, and why.
    case line(Int, String, OCIError)
    /// The line holds a word that only the running platform knows.
    case placeholder(Int, String)
    /// It is not text.
    case notText
}

extension Gatherer {
    /// The images that a file within a snap names, sorted. The snap must be in the store and checked.
    ///
    /// A snap is a squashfs image, which libarchive does not read: `unsquashfs` of squashfs-tools does (4.5 and newer, for `-cat`).
    /// What was found is kept under the snap's digest, so that a build from a lock needs neither.
    public func images(
        of member: ImageMember, in snap: LockedSnap
    ) throws(GatherError) -> [ImageReference] {
        let key = "\(snap.content.digest) \(member.path) \(member.keys) \(member.variables)"
        let kept = try storing { () throws(StoreError) in try store.record(kind: Self.snapImages, key: key) }
        let reader = MemberReader(file: store.path(of: snap.content.digest), member: member)
        if let kept { return try reader.references(String(decoding: kept, as: UTF8.self).split(separator: "\n")) }
        let references = try reader.references()
        let text = references.map(\.description).joined(separator: "\n")
        try storing { () throws(StoreError) in
            try store.setRecord(Array(text.utf8), kind: Self.snapImages, key: key)
        }
        return references
    }

    private static let snapImages = "snap-images"
}

/// Reads one file of one snap.
private struct MemberReader {
    let file: FilePath
    let member: ImageMember

    private static let program = "unsquashfs"
    /// The longest file that is read, and seconds that this may take: manifests are small.
    private static let limit = ByteCount.mebibytes(4)
    private static let seconds = 300

    func references() throws(GatherError) -> [ImageReference] {
        let outcome = try run(["-no-progress", "-cat", file.text, member.path])
        guard outcome.isSuccess, !outcome.output.isEmpty else { throw try failure(outcome) }
        guard let text = String(validating: outcome.output, as: UTF8.self) else { throw error(.notText) }
        let lines = ImageLines(keys: member.keys, variables: member.variables).find(in: text)
        guard !lines.isEmpty else { throw error(.noImage(keys: member.keys + member.variables)) }
        var found: [String: ImageReference] = [:]
        for line in lines {
            guard !line.value.contains("$"), !line.value.contains("{") else {
                throw error(.placeholder(line.number, line.value))
            }
            do throws(OCIError) {
                let reference = try ImageReference(line.value)
                found[reference.description] = reference
            } catch { throw self.error(.line(line.number, line.value, error)) }
        }
        return found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    }

    /// Names that were kept.
    func references(_ names: [Substring]) throws(GatherError) -> [ImageReference] {
        var references: [ImageReference] = []
        for name in names {
            do throws(OCIError) { references.append(try ImageReference(String(name))) } catch {
                throw self.error(.line(1, String(name), error))
            }
        }
        return references
    }

    private func run(_ arguments: [String]) throws(GatherError) -> Subprocess.Outcome {
        do throws(FileError) {
            return try Subprocess.run(
                Self.program, arguments, timeLimit: Self.seconds, outputLimit: Self.limit)
        } catch {
            throw self.error(.program(reason: error.errno == .notFound ? nil : error.diagnostic.message))
        }
    }

    /// `-cat` writes nothing for a file that is not there; its folder tells which are.
    private func failure(_ outcome: Subprocess.Outcome) throws(GatherError) -> GatherError {
        let folder = member.path.split(separator: "/").dropLast().joined(separator: "/")
        let listing = try run(["-no-progress", "-lc", "-dest", "", file.text] + (folder.isEmpty ? [] : [folder]))
        guard listing.isSuccess else {
            return error(.unreadable(outcome.errorText.split(separator: "\n").suffix(4).map { String($0.prefix(200)) }))
        }
        let prefix = "/" + folder + (folder.isEmpty ? "" : "/")
        let files = listing.outputText.split(separator: "\n").filter { $0.hasPrefix(prefix) }
        return error(.missing(beside: files.map { String($0.dropFirst(prefix.count)) }.filter { !$0.isEmpty }))
    }

    private func error(_ fault: SnapMemberFault) -> GatherError {
        .snapMember(snap: member.snap, path: member.path, fault)
    }
}

/// Finds images in a text line by line: it may be YAML, TOML or a template of either.
struct ImageLines {
    /// A value, and where it stands.
    struct Line: Hashable {
        let number: Int
        let value: String
    }

    let keys: [String]
    let variables: [String]

    func find(in text: String) -> [Line] {
        var found: [Line] = []
        var isVariable = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var words = trimmed(line)
            if words.hasPrefix("- ") { words = trimmed(words.dropFirst(2)) }
            guard let (key, value) = pair(words) else { continue }
            if keys.contains(key) || isVariable && key == "value", !value.isEmpty {
                found.append(Line(number: number + 1, value: value))
            }
            isVariable = key == "name" && variables.contains(value)
        }
        return found
    }

    /// `key: value` or `key = value`, quotes and a comment behind it taken off.
    private func pair(_ line: Substring) -> (key: String, value: String)? {
        guard let mark = line.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return nil }
        var value = trimmed(line[line.index(after: mark)...])
        for quote in ["\"", "'"] where value.hasPrefix(quote) {
            value = value.dropFirst()
            return (String(trimmed(line[..<mark])), String(value.prefix { String($0) != quote }))
        }
        return (String(trimmed(line[..<mark])), String(value.prefix { $0 != " " && $0 != "\t" && $0 != "#" }))
    }

    private func trimmed(_ text: Substring) -> Substring {
        var rest = text.drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" || last == "\r" { rest.removeLast() }
        return rest
    }
}
