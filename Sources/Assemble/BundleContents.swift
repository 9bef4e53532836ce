public import Format
public import Posix
public import Report

/// What goes into a bundle besides what is made while it is written.
public struct BundleContents: Sendable {
    /// The manifest; volumes, chunks and entries are filled in.
    public var manifest: Manifest
    /// The payload.
    public var payload: Payload
    /// The static installer for the target's architecture; `nil` where a script of the system's own does its work.
    public var installer: FilePath?
    /// What it was built from; `nil` when nobody recorded it, and nothing can be said about it then.
    public var record: BuildRecord?
    /// The makers' own signatures that travel with it.
    public var signatures: [(name: String, bytes: [UInt8])]

    /// A bundle of these parts.
    public init(
        manifest: Manifest, payload: Payload, installer: FilePath?, record: BuildRecord? = nil,
        signatures: [(name: String, bytes: [UInt8])] = []
    ) {
        self.manifest = manifest
        self.payload = payload
        self.installer = installer
        self.record = record
        self.signatures = signatures
    }
}
