import Posix
import Testing
import Values

@testable import Assemble

@Suite struct InstallScriptTests {
    let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    /// The script for the machine that the tests run on.
    private func here() -> [UInt8] {
        InstallScript.bytes(for: Architecture.allCases.first { $0.machineName == System.machine } ?? .amd64)
    }

    /// A stick with a space in its name.
    private func stick() throws -> FilePath {
        let stick = try fixture.pack.scratch.folder("USB STICK")
        try Files.replace(stick.appending("install.sh"), with: here())
        try Files.replace(
            stick.appending("sealift-install"), with: try Files.read(fixture.installer, limit: .mebibytes(1)))
        return stick
    }

    @Test func `the script is as shellcheck likes it`() throws {
        let file = fixture.pack.scratch.path.appending("install.sh")
        for architecture in Architecture.allCases {
            try Files.replace(file, with: InstallScript.bytes(for: architecture))
            let outcome = try shell("shellcheck -s sh '\(file.text)'")
            #expect(outcome.status == 0, "\(outcome.text)")
        }
    }

    @Test func `a copy runs with all arguments, and goes afterwards`() throws {
        let stick = try stick()
        let place = try fixture.pack.scratch.folder("tmp dir")
        let outcome = try shell("sh install.sh plan --set 'A=b c'", in: stick, environment: ["TMPDIR": place.text])
        let lines = outcome.text.split(separator: "\n").map(String.init)
        #expect(outcome.status == 0)
        #expect(lines.first?.hasPrefix(place.text + "/sealift.") == true)
        #expect(lines.dropFirst() == ["--bundle", stick.text, "plan", "--set", "A=b c"])
        #expect(try DirectoryHandle.open(place).entries() == [])
    }

    @Test func `the installer's exit code is the script's`() throws {
        let stick = try stick()
        let place = try fixture.pack.scratch.folder("tmp")
        let line = "cd / && sh '\(stick.text)/install.sh' fail"
        #expect(try shell(line, environment: ["TMPDIR": place.text]).status == 7)
        #expect(try DirectoryHandle.open(place).entries() == [])
    }

    @Test func `another kind of machine is refused in words`() throws {
        let stick = try stick()
        let other: Architecture = System.machine == "x86_64" ? .arm64 : .amd64
        try Files.replace(stick.appending("install.sh"), with: InstallScript.bytes(for: other))
        let outcome = try shell("sh install.sh", in: stick)
        #expect(outcome.status == 4)
        #expect(outcome.text.contains("this bundle is for \(other.machineName)"))
    }

    @Test func `it starts from a read-only noexec stick, and past a noexec folder for temporary files`() throws {
        guard System.userID == 0 else { return print("skipped: only root can mount") }
        let stick = try stick()
        let place = try fixture.pack.scratch.folder("noexec")
        let line = """
            set -e
            mount --bind '\(stick.text)' '\(stick.text)'; mount -o remount,bind,ro,noexec '\(stick.text)'
            mount -t tmpfs -o noexec tmpfs '\(place.text)'
            ! '\(stick.text)/sealift-install' --version 2>/dev/null
            sh '\(stick.text)/install.sh' check; ls -A '\(place.text)'
            """
        let outcome = try shell(
            "unshare -m bash -c \"$LINES_TO_RUN\"",
            environment: [
                "LINES_TO_RUN": line, "TMPDIR": place.text,
            ])
        #expect(outcome.status == 0, "\(outcome.text)")
        let lines = outcome.text.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("/var/tmp/sealift.") == true)
        #expect(lines.dropFirst() == ["--bundle", stick.text, "check"])
    }
}
