import LibYAML
import Posix
import Reporting
import Values

/// The text of a definition, laid over the file that it extends.
struct ExtendedDocument {
    /// The definition's own text, or what became of both.
    let document: YAMLDocument
    /// The file that is extended.
    let base: FilePath?

    /// Keys of settings below which `key+` is the platform's word too.
    private static let appendable: Set = ["config", "role-config"]

    /// Reads the file that `extends:` names, if there is one, seen from the folder of `path`.
    init(_ bytes: [UInt8], path: FilePath) throws(DefinitionError) {
        let own = try inWords { () throws(YAMLError) in try YAMLDocument.parse(bytes, file: path.text) }
        guard let extends = try inWords({ () throws(YAMLError) in try Self.extends(own) }) else {
            self.init(document: own, base: nil)
            return
        }
        let name = try inWords { () throws(YAMLError) in try extends.pathText() }
        let base = path.parent.resolving(name)
        guard !Self.isSame(path, base) else {
            throw .yaml(extends.refused("a definition cannot extend itself"))
        }
        let lower = try Self.read(base, extends)
        self.init(
            document: try inWords { () throws(YAMLError) in try own.laid(over: lower, appendable: Self.appendable) },
            base: base)
    }

    private init(document: YAMLDocument, base: FilePath?) {
        self.document = document
        self.base = base
    }

    private static func extends(_ document: YAMLDocument) throws(YAMLError) -> YAMLReader? {
        try document.reader.entries().first { $0.key == "extends" }?.value
    }

    /// The file that is extended, which must not extend another.
    private static func read(_ base: FilePath, _ extends: YAMLReader) throws(DefinitionError) -> YAMLDocument {
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try Files.exists(base) ? Files.read(base, limit: Definition.maximumSize) : nil
        } catch { throw .file(error) }
        guard let bytes else {
            throw .localFile(
                extends.location, path: base, reason: "there is no such file",
                next: "write the path as seen from the folder of the file that extends it")
        }
        let document = try inWords { () throws(YAMLError) in try YAMLDocument.parse(bytes, file: base.text) }
        if let second = try inWords({ () throws(YAMLError) in try Self.extends(document) }) {
            throw .yaml(
                second.refused("\(extends.location.file) extends this file already, and one level is all there is"))
        }
        return document
    }

    private static func isSame(_ path: FilePath, _ other: FilePath) -> Bool {
        if path == other { return true }
        let places = [path, other].map { file in Result { () throws(FileError) in try file.resolved() } }
        guard case (.success(let first), .success(let second)) = (places[0], places[1]) else { return false }
        return first == second
    }
}

extension YAMLReader {
    /// A path, as written.
    func pathText() throws(YAMLError) -> String {
        let text = try nonEmptyString()
        guard !text.utf8.contains(0) else { throw unexpected("a path") }
        return text
    }

    /// The path here, seen from the folder of the file in which it stands.
    func pathFromItsFile() throws(YAMLError) -> FilePath {
        FilePath(location.file).parent.resolving(try pathText())
    }
}
