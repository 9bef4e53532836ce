import Definition
import Posix
import Testing

/// The script is not run here: it would stop what this machine runs.
struct KillallTests {
    private func script(_ platform: String) throws -> [UInt8] {
        let text =
            platform == "k0s"
            ? try k0sLayout().text("/usr/local/bin/k0s-killall.sh", "worker")
            : try layout().text("/usr/local/bin/k3s-killall.sh", "agent")
        return Array(try #require(text).utf8)
    }

    @Test(arguments: ["dash", "busybox", "bash"], ["k0s", "k3s"])
    func `every shell of a machine reads it`(shell: String, platform: String) throws {
        let outcome = try Subprocess.run(
            shell, (shell == "busybox" ? ["sh"] : []) + ["-n"], input: try script(platform))
        #expect(outcome.status == 0, "\(String(decoding: outcome.errors, as: UTF8.self))")
    }

    @Test(arguments: ["k0s", "k3s"]) func `shellcheck has nothing to say`(platform: String) throws {
        let probe = try Subprocess.run("shellcheck", ["-s", "sh", "-"], input: Array("echo $1\n".utf8))
        #expect(probe.status == 1)
        let outcome = try Subprocess.run("shellcheck", ["-s", "sh", "-"], input: try script(platform))
        #expect(outcome.status == 0, "\(String(decoding: outcome.output, as: UTF8.self))")
    }

    @Test(arguments: ["k0s", "k3s"])
    func `names no database, no folder of data and no foreign unit`(platform: String) throws {
        let text = String(decoding: try script(platform), as: UTF8.self)
        for word in ["rm ", "rm\t", "server/db", "etcd", "k0s*", "k3s*", "reset", "killall ", "pkill", "uninstall"] {
            #expect(!text.contains(word), "\(word)")
        }
    }
}
