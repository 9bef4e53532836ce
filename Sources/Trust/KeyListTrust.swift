public import Posix
import Reporting
import Values

/// From where a site goes forward through the key lists that a bundle carries.
public struct KeyListTrust: Hashable, Sendable {
    /// What the site's policy pins.
    public let pin: KeyListPin
    /// What the site has recorded on the way from there; `nil` before its first installation.
    public let recorded: KeyChain?

    /// Takes both as they are; a record that has not gone through the pinned list is none of this pin.
    public init(pin: KeyListPin, recorded: KeyChain? = nil) {
        self.pin = pin
        self.recorded = recorded.flatMap { $0.contains(pin) ? $0 : nil }
    }

    /// Reads what the site has recorded.
    ///
    /// - Parameter file: The record; may not exist.
    /// - Throws: ``TrustError``: a record that cannot be read must not count as none, or older lists would be taken.
    public static func record(at file: FilePath) throws(TrustError) -> KeyChain? {
        let bytes: [UInt8]
        do throws(TrustError) { bytes = try GuardedFile.read(file, limit: KeyChain.maximumRecordSize) } catch {
            guard case .file(let fault) = error, [.notFound, .notDirectory].contains(fault.errno) else { throw error }
            return nil
        }
        do throws(KeyListError) { return try KeyChain(reading: bytes) } catch { throw .keyList(error) }
    }
}

extension TrustPolicy {
    /// The same policy with the keys of the chain's newest list.
    ///
    /// - Throws: ``TrustError/keyNotInList(origin:number:names:)`` for a key that was named and is not among them.
    public func settled(by chain: KeyChain) throws(TrustError) -> TrustPolicy {
        let list = chain.newest
        for pin in named where !list.keys.members.contains(where: { pin.matches($0.key) }) {
            throw .keyNotInList(origin: pin.origin, number: list.number, names: list.keys.members.map(\.name.text))
        }
        var settled = self
        settled.pins = list.keys.members.map { Pin($0.key, origin: "\($0.name) of key list \(list.number)") }
        settled.threshold = list.keys.threshold
        return settled
    }
}

extension KeyChain {
    /// Says that the site has been pinned anew.
    func doesNotHave(_ pin: KeyListPin) -> Diagnostic {
        Diagnostic(
            "the policy pins key list \(pin.number), which is none of the lists \(first) to \(newest.number) that this site has recorded",
            severity: .warning,
            next: "right where the site was pinned anew by hand; the record is then replaced by the next installation",
            exitCode: .notTrusted)
    }
}
