import Fetch
import Posix
import Values

/// One folder of certificates for a host, as docker reads it: `*.crt` authorities, `*.cert` and `*.key` a client's pair.
enum CertificateFolder {
    /// The longest certificate file that is read.
    private static let fileLimit = ByteCount.mebibytes(1)

    /// Adds what `folder` holds to `trust`; nothing when it is not there.
    static func add(_ folder: FilePath, to trust: inout HostTrust) throws(RegistryError) {
        guard let names = try OptionalFile.names(in: folder) else { return }
        for name in names where name.hasSuffix(".crt") {
            let path = folder.appending(name)
            guard let bytes = try OptionalFile.read(path, limit: fileLimit) else { continue }
            trust.authorities += bytes + [0x0A]
        }
        for name in names where name.hasSuffix(".cert") && trust.client == nil {
            let key = name.dropLast(".cert".count) + ".key"
            guard names.contains(String(key)) else {
                throw .configuration(folder, line: nil, reason: "\"\(name)\" has no \"\(key)\" beside it")
            }
            trust.client = HostTrust.Client(
                certificate: folder.appending(name), key: folder.appending(String(key)))
        }
    }
}

/// Files that may be missing.
enum OptionalFile {
    /// The content; `nil` when there is no such file.
    static func read(_ path: FilePath, limit: ByteCount) throws(RegistryError) -> [UInt8]? {
        do throws(FileError) { return try Files.read(path, limit: limit) } catch {
            guard isAbsence(error) else { throw .file(error) }
            return nil
        }
    }

    /// The names in a folder, sorted; `nil` when there is no such folder.
    static func names(in folder: FilePath) throws(RegistryError) -> [String]? {
        do throws(FileError) { return try DirectoryHandle.open(folder).entries().sorted() } catch {
            guard isAbsence(error) else { throw .file(error) }
            return nil
        }
    }

    private static func isAbsence(_ error: FileError) -> Bool {
        error.errno == .notFound || error.errno == .notDirectory
    }
}
