import Format
import Posix
import Values
import Verify

extension MediumFile {
    /// The largest file below `signatures/` that is taken along.
    private static let signatureLimit = ByteCount.mebibytes(32)

    /// All files of `bundle`, in the order in which they are copied: volumes last, SHA256SUMS last of all.
    ///
    /// What SHA256SUMS does not name stays behind, but for `signatures/`.
    static func all(of bundle: VerifiedBundle) throws(MediaError) -> [MediumFile] {
        let folder = try files { () throws(FileError) in try DirectoryHandle.open(bundle.path) }
        let volumes = Set(bundle.manifest.volumes.map(\.name))
        var others: [MediumFile] = []
        var payload: [MediumFile] = []
        for line in bundle.sums.lines {
            let name = MemberPath(own: line.name)
            let isVolume = volumes.contains(line.name)
            let file = MediumFile(name, size: try size(of: name, in: folder), digest: line.digest, mayLeave: isVolume)
            if isVolume { payload.append(file) } else { others.append(file) }
        }
        let sums = MemberPath(own: BundleFile.sums)
        let root = MediumFile(sums, size: try size(of: sums, in: folder), digest: bundle.rootDigest)
        return others + (try signatures(in: folder)) + payload + [root]
    }

    private static func size(of name: MemberPath, in folder: borrowing DirectoryHandle) throws(MediaError) -> ByteCount
    {
        let found = try files { () throws(FileError) in try folder.information(of: name) }
        guard let found, found.kind == .file else { throw .damagedSource(name: name.text, bundle: folder.path) }
        return found.size
    }

    private static func signatures(in folder: borrowing DirectoryHandle) throws(MediaError) -> [MediumFile] {
        try files { () throws(FileError) in
            let inside = MemberPath(own: BundleFile.signatures)
            guard try folder.information(of: inside) != nil else { return [] }
            var found: [MediumFile] = []
            for entry in try folder.open(inside).entries().sorted() where isSignature(entry) {
                let name = MemberPath(own: "\(BundleFile.signatures)/\(entry)")
                guard let file = try folder.information(of: name), file.kind == .file else { continue }
                if file.size <= signatureLimit { found.append(MediumFile(name, size: file.size, digest: nil)) }
            }
            return found
        }
    }

    /// Whether a name below `signatures/` can be one of docs/format.md §5.
    private static func isSignature(_ name: String) -> Bool {
        name.utf8.count <= 128
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            } && !name.hasPrefix(".")
    }
}
