import Format
import Posix
import Reporting
import Values

extension StepRunner {
    /// Waits until the platform is healthy: its own questions are answered with yes, and every image is in the runtime.
    ///
    /// - Parameters:
    ///   - operation: The items of the machine's role.
    ///   - bytes: The archives of the images: reading them takes a node's time.
    /// - Throws: ``ApplyError/stepFailed(step:reason:output:)`` once the time is over, ``ApplyError/cancelled``.
    func waitUntilHealthy(
        _ operation: [Operation], images: [BundledImage], bytes: ByteCount
    ) throws(ApplyError) {
        let limit = Health.limit(bytes)
        let deadline = machine.nanoseconds + UInt64(limit) * 1_000_000_000
        for item in operation {
            switch item.duty {
            case .ready(let run): try wait(run, until: deadline, limit)
            case .imageRuntime(let list, _) where !images.isEmpty: try wait(for: images, list, until: deadline, limit)
            default: break
            }
        }
    }

    private func wait(_ run: [String], until deadline: UInt64, _ limit: Int) throws(ApplyError) {
        let words = run.joined(separator: " ")
        say("waiting until the node is ready, at most \(clockText(seconds: limit))")
        while true {
            let outcome = try outcome(of: run, step: words, timeLimit: limit)
            if outcome.isSuccess { return }
            guard machine.nanoseconds < deadline else {
                throw stepFailed("waiting for \(words)", "not ready after \(clockText(seconds: limit))", outcome)
            }
            guard !isCancelled() else { throw .cancelled }
            machine.pause(milliseconds: 1_000)
        }
    }

    private func wait(
        for images: [BundledImage], _ list: [String], until deadline: UInt64, _ limit: Int
    ) throws(ApplyError) {
        while true {
            let outcome = try outcome(of: list, step: list.joined(separator: " "), timeLimit: limit)
            let missing = RuntimeImages(outcome.outputText).missing(of: images)
            if outcome.isSuccess, missing.isEmpty { return }
            guard machine.nanoseconds < deadline else {
                guard outcome.isSuccess else {
                    throw stepFailed("listing the images", "it fails after \(clockText(seconds: limit))", outcome)
                }
                throw .stepFailed(
                    step: "waiting for the images",
                    reason:
                        "\(missing.count) of \(images.count) are not in the runtime after \(clockText(seconds: limit))",
                    output: missing.prefix(8).map(\.name))
            }
            guard !isCancelled() else { throw .cancelled }
            machine.pause(milliseconds: 1_000)
        }
    }
}

/// How long a platform may take to become healthy.
enum Health {
    /// Seconds: 5 minutes, and one more for each GB of images.
    static func limit(_ images: ByteCount) -> Int { 300 + 60 * ((images.bytes + 999_999_999) / 1_000_000_000) }
}

/// What a runtime has, as `ctr images ls` prints it: a line of titles, then name, type, digest and more.
struct RuntimeImages {
    /// By name.
    let digests: [String: String]

    init(_ text: String) {
        var digests: [String: String] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count >= 3 { digests[String(words[0])] = String(words[2]) }
        }
        self.digests = digests
    }

    /// Images that are not there under their name and digest, be it that of the index or of this platform's manifest.
    func missing(of images: [BundledImage]) -> [BundledImage] {
        images.filter { image in
            guard let digest = digests[image.name] else { return true }
            return digest != image.digest.description && digest != image.manifest.description
        }
    }
}
