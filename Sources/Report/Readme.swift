public import Format
import Values

/// The text of README.txt: how to check a bundle with stock tools before anything in it is run.
///
/// A function of the manifest alone, so it names no key: whoever reads it says which key to trust. It never prints a
/// fingerprint to compare with, since whoever can change the bundle can change that too (design §3).
public enum Readme {
    /// The bytes of README.txt.
    public static func text(for manifest: Manifest) -> [UInt8] {
        let isWindows = manifest.target.os == .windows
        let parts = [
            heading(manifest), isWindows ? windowsInstall : install, isWindows ? windowsTrust : trust, check,
            isWindows ? windowsInside : inside, rest(manifest),
        ]
        return Array(parts.joined(separator: "\n").utf8)
    }

    private static func heading(_ manifest: Manifest) -> String {
        let target = manifest.target
        return """
            \(manifest.name) \(manifest.version)
            for \(target.profile) \(target.version.text) on \(target.os.rawValue)/\(target.architecture.rawValue)
            made \(manifest.created), sequence \(manifest.sequence), by \(manifest.builder.tool) \(manifest.builder.version)

            """
    }

    private static let install = """
        INSTALL

            sudo sh install.sh

        It checks this bundle and this machine, shows what it would do, asks, and then does it or leaves the machine as it was.

        """

    private static let trust = """
        CHECK FIRST

        The installer on this medium cannot vouch for itself. Started unchecked it finds damage, but not an attacker who
        changed the installer too. Two ways find both:

          1. Check with this machine's own tools, by the lines below, before anything from here is run.
          2. Use a copy of sealift-install that the site already has:  sealift-install --bundle .

        Either way you need the public key of whoever made this bundle, from elsewhere than this medium. A key that lies
        here proves nothing.

        """

    private static let windowsInstall = """
        INSTALL

        In 64-bit Windows PowerShell 5.1, started as administrator, in this folder:

            Set-ExecutionPolicy RemoteSigned -Scope Process -Force
            Unblock-File .\\install.ps1
            .\\install.ps1 -Key C:\\path\\to\\site.pub -CheckOnly
            .\\install.ps1 -Key C:\\path\\to\\site.pub

        It copies this bundle to a folder closed to users, checks the copy and this machine, shows what it would do, asks, and
        then does it step by step. Where a step needs a reboot it says so and ends with 12; run it again afterwards.

        """

    private static let windowsTrust = """
        CHECK FIRST

        install.ps1 on this medium cannot vouch for itself. Started unchecked it finds damage, but not an attacker who changed
        it too. Three ways find both:

          1. Check with openssl and sha256sum, by the lines below, on a machine that has them.
          2. Start a copy of install.ps1 that the site already has; it is the same in every bundle of one release of sealift:
             .\\install.ps1 -Bundle E:\\this-folder -Key C:\\path\\to\\site.pub
          3. Have the site's own administrators sign install.ps1 (Authenticode), and run only what they signed.

        Either way you need the public key of whoever made this bundle, from elsewhere than this medium. A key that lies
        here proves nothing.

        """

    /// Each block is run by the tests as it stands, but for the first line.
    private static let check = """
        In this folder, with the key in a file:

            key=/path/to/site.pub
            id=$(openssl pkey -pubin -in "$key" -outform DER | sha256sum | cut -c 1-16)

        Then, for a key of the usual kind (ECDSA, openssl 1.1.1 or later):

            openssl dgst -sha256 -verify "$key" -signature "signatures/$id.sig" SHA256SUMS && sha256sum -c SHA256SUMS

        For an Ed25519 key (openssl 3 or later):

            openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in SHA256SUMS -sigfile "signatures/$id.sig" && sha256sum -c SHA256SUMS

        With cosign 2.5 instead of openssl (ECDSA):

            cosign verify-blob --key "$key" --signature "$(base64 -w 0 "signatures/$id.sig")" --insecure-ignore-tlog SHA256SUMS && sha256sum -c SHA256SUMS

        With cosign 3.1 (ECDSA):

            cosign verify-blob --key "$key" --bundle "signatures/$id.sigstore.json" --insecure-ignore-tlog SHA256SUMS && sha256sum -c SHA256SUMS

        Trust nothing here unless both halves of a line pass: "Verified OK" (or "Signature Verified Successfully"), and
        "OK" for every file.

        """

    private static let inside = """
        LOOK INSIDE

        What is to be installed is one tar stream in parts. Their names are taken from SHA256SUMS, which is signed:

            sed -n 's/^[0-9a-f]\\{64\\}  \\(payload-[0-9]*\\.tar\\.zst\\)$/\\1/p' SHA256SUMS | xargs cat | zstd -d | tar -t

        """

    private static let windowsInside = """
        LOOK INSIDE

        What is to be installed are the plain files below payload/. Each has a line in SHA256SUMS, which is signed:

            sed -n 's/^[0-9a-f]\\{64\\}  \\(payload\\/.*\\)$/\\1/p' SHA256SUMS

        """

    private static func rest(_ manifest: Manifest) -> String {
        guard manifest.target.os == .linux else {
            return """
                FILES

                    SHA256SUMS          the digests of all files here; this is what is signed
                    signatures/         a signature for each key, and that key
                    manifest.json       everything inside: files, images, where they came from, what the machine must have
                    payload/            what is installed: \(manifest.parts)
                    install.ps1         checks and installs
                    report.html         the manifest for people
                    sbom.cdx.json       list of contents, CycloneDX 1.6
                    sbom.spdx.json      list of contents, SPDX 2.3
                    provenance.json     how it came to be, SLSA v1

                """
        }
        return """
            FILES

                SHA256SUMS          the digests of all files here; this is what is signed
                signatures/         a signature for each key, and that key
                manifest.json       everything inside: files, images, where they came from, what the machine must have
                payload-*.tar.zst   what is installed: \(manifest.volumes.count) of them
                install.sh          starts sealift-install
                sealift-install     the installer, one static program
                report.html         the manifest for people
                sbom.cdx.json       list of contents, CycloneDX 1.6
                sbom.spdx.json      list of contents, SPDX 2.3
                provenance.json     how it came to be, SLSA v1

            """
    }
}
