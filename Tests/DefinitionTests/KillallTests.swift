import Definition
import Posix
import Testing

/// The script is not run here: it would stop what this machine runs.
struct KillallTests {
    private func script() throws -> [UInt8] {
        Array(try #require(try layout().text("/usr/local/bin/k3s-killall.sh", "agent")).utf8)
    }

    @Test(arguments: ["dash", "busybox", "bash"])
    func `every shell of a machine reads it`(shell: String) throws {
        let outcome = try Subprocess.run(shell, (shell == "busybox" ? ["sh"] : []) + ["-n"], input: try script())
        #expect(outcome.status == 0, "\(String(decoding: outcome.errors, as: UTF8.self))")
    }

    @Test func `shellcheck has nothing to say`() throws {
        let probe = try Subprocess.run("shellcheck", ["-s", "sh", "-"], input: Array("echo $1\n".utf8))
        #expect(probe.status == 1)
        let outcome = try Subprocess.run("shellcheck", ["-s", "sh", "-"], input: try script())
        #expect(outcome.status == 0, "\(String(decoding: outcome.output, as: UTF8.self))")
    }

    @Test func `names no database, no folder of data and no foreign unit`() throws {
        let text = String(decoding: try script(), as: UTF8.self)
        for word in ["rm ", "rm\t", "server/db", "k3s*", "killall ", "pkill", "uninstall"] {
            #expect(!text.contains(word), "\(word)")
        }
    }
}
