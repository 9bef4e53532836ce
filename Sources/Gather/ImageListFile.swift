public import Definition
public import OCI

/// A published list of a platform's images.
public enum ImageListFile {
    /// Reads the list at `url`: its names, completed, sorted, each once.
    ///
    /// - Throws: ``GatherError/imageList(_:_:)``, the first line that is not what it should be.
    public static func parse(
        _ bytes: [UInt8], form: ImageList.Form, url: String
    ) throws(GatherError) -> [ImageReference] {
        switch form {
        case .lines: break
        }
        var names: [String: ImageReference] = [:]
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        {
            let text = Self.trimmed(line)
            guard !text.isEmpty, text.first != UInt8(ascii: "#") else { continue }
            guard let written = String(validating: text, as: UTF8.self) else {
                throw .imageList(url, .notText(line: number + 1))
            }
            do throws(OCIError) {
                let reference = try ImageReference(written)
                names[reference.description] = reference
            } catch {
                throw .imageList(url, .line(number + 1, written, error))
            }
        }
        guard !names.isEmpty else { throw .imageList(url, .empty) }
        return names.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    }

    /// Without blanks and carriage returns at its ends.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let blanks = " \t\r".utf8
        var rest = line.drop { blanks.contains($0) }
        while let last = rest.last, blanks.contains(last) { rest.removeLast() }
        return rest
    }
}

/// What is wrong with a published list of images.
public enum ImageListFault: Hashable, Sendable {
    /// The line, its text and why it names no image.
    case line(Int, String, OCIError)
    /// The line is not UTF-8.
    case notText(line: Int)
    /// It names nothing.
    case empty
}
