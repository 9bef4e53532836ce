import Arguments
import Format
import JSON
import LibCrypto
import Posix
import Reporting
import Trust
import Values
import Verify

/// Checks every stored byte of the bundle.
enum VerifyCommand {
    static let command = InstallerCommand(
        Command("verify", "check every byte of the bundle against its signature", options: BundleOptions.everyVerb)
    ) { invocation, console in
        let opened = try BundleOptions.open(invocation, console)
        let warnings = try BundleOptions.checkFiles(opened.bundle, console)
        BundleOptions.askForVolumes(of: opened.bundle, Conversation(), console)
        try opened.bundle.verifyPayload(deep: false, workers: Workers.processorCount, progress: console.progress)
        let manifest = opened.bundle.manifest
        let keys = opened.bundle.vouching.map { "SHA256:" + $0.hex }
        try console.result(
            [
                "verified": true, "name": .string(manifest.name.description),
                "version": .string(manifest.version.description), "sha256": .string(opened.bundle.rootDigest.hex),
                "keys": .array(keys.map { .string($0) }), "keyList": opened.bundle.keyChain?.json ?? .null,
                "warnings": .array((opened.warnings + warnings).map { .string($0.message) }),
            ],
            text: "\(manifest.folderName) is as \(opened.bundle.vouchers.joined(separator: ", ")) signed it"
                + (opened.bundle.keyChain.map { ", under \($0.words)" } ?? ""))
    }
}
