public import Format
public import Reporting
import Values

/// What installed bundles need of each other.
public enum Needs {
    /// Makes sure that what `manifest` stands on is there, and is what it was made for.
    ///
    /// - Parameters:
    ///   - role: What this machine becomes: the same as in the bundle below.
    ///   - receipts: Everything that is installed.
    public static func check(
        _ manifest: Manifest, as role: String, on receipts: [Receipt]
    ) throws(ApplyError) {
        for need in manifest.needs {
            guard let below = receipts.first(where: { $0.bundle.name == need.bundle }) else {
                throw .needsBundle(need, bundle: manifest.name, found: nil)
            }
            guard need.isMet(by: below.bundle.version, for: below.target),
                below.target.architecture == manifest.target.architecture
            else { throw .needsBundle(need, bundle: manifest.name, found: below) }
            guard below.role == role else { throw .roleOfAnother(role, below: below) }
        }
    }

    /// The role of the bundle that `manifest` stands on, where both have it.
    public static func role(of manifest: Manifest, on receipts: [Receipt]) -> String? {
        let names = manifest.needs.map(\.bundle)
        return receipts.first { names.contains($0.bundle.name) }.flatMap { below in
            manifest.roles.contains { $0.name == below.role } ? below.role : nil
        }
    }

    /// Makes sure that nothing which stays needs `receipt`.
    public static func checkRemoval(of receipt: Receipt, from receipts: [Receipt]) throws(ApplyError) {
        let above = receipts.filter { $0.needs.contains { $0.bundle == receipt.bundle.name } }
        guard above.isEmpty else { throw .needed(receipt.bundle.name, by: above.map(\.bundle.name)) }
    }

    /// Words of warning for every add-on that was not made for what `manifest` brings. The add-on may be renewed afterwards only, so
    /// nothing is refused.
    public static func outgrown(by manifest: Manifest, among receipts: [Receipt]) -> [Diagnostic] {
        receipts.compactMap { above in
            guard let need = above.needs.first(where: { $0.bundle == manifest.name }),
                !need.isMet(by: manifest.version, for: manifest.target)
            else { return nil }
            return Diagnostic(
                "\(above.bundle.name) \(above.bundle.version), which is installed, needs \(need.words)",
                severity: .warning, next: "install a newer \(above.bundle.name) afterwards", exitCode: .done)
        }
    }
}
