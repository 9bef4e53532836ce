import LibYAML
public import Posix
import Profiles
public import Reporting
import Values

/// The profiles at hand: those compiled in, and those in folders of the user's, which go before.
public struct ProfileLibrary: Sendable {
    /// The largest profile that is read.
    private static let maximumSize = ByteCount.mebibytes(1)

    private let folders: [FilePath]

    /// A library whose `folders` are searched in order for `<name>.yaml`, and then what is compiled in.
    public init(folders: [FilePath] = []) { self.folders = folders }

    /// The profile called `name`.
    ///
    /// - Parameter location: Where the name was asked for, for the error.
    public func profile(named name: String, at location: SourceLocation? = nil) throws(DefinitionError) -> Profile {
        guard let (file, bytes) = try bytes(named: name) else {
            throw .unknownProfile(name, location, known: try names())
        }
        let profile: Profile
        do throws(YAMLError) { profile = try Profile(YAMLDocument.parse(bytes, file: file)) } catch {
            throw .yaml(error)
        }
        guard profile.name == name else { throw .profileName(profile.name, file: file) }
        return profile
    }

    /// The names of all profiles, sorted.
    public func names() throws(DefinitionError) -> [String] {
        var names = Set(CompiledProfiles.all.map(\.name))
        for folder in folders {
            for entry in try Self.entries(of: folder) where entry.hasSuffix(".yaml") {
                names.insert(String(entry.dropLast(5)))
            }
        }
        return names.sorted()
    }

    private func bytes(named name: String) throws(DefinitionError) -> (file: String, bytes: [UInt8])? {
        // A name is one file name and nothing else.
        guard !name.utf8.contains(UInt8(ascii: "/")), !name.isEmpty else { return nil }
        for folder in folders {
            let path = folder.appending(name + ".yaml")
            do throws(FileError) {
                guard try Files.information(path) != nil else { continue }
                return (path.text, try Files.read(path, limit: Self.maximumSize))
            } catch { throw .file(error) }
        }
        return CompiledProfiles.bytes(named: name).map { ("profiles/\(name).yaml", $0) }
    }

    private static func entries(of folder: FilePath) throws(DefinitionError) -> [String] {
        do throws(FileError) { return try DirectoryHandle.open(folder).entries() } catch { throw .file(error) }
    }
}
