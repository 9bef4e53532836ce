import Definition
import Format
import Gather
import OCI
import Reporting
import Values

extension LockFit {
    /// Snaps that nothing asks for or that are missing, and one whose version is not the platform's.
    var snapFault: String? {
        let items = demand.release.snaps?.items ?? []
        let roles = definition.roles.map(\.name)
        for snap in lock.snaps
        where !items.contains(where: { $0.name == snap.name }) && !lock.snaps.contains(where: { $0.base == snap.name })
        {
            return "it names the snap \(quoted(snap.name)), which nothing asks for"
        }
        for item in items where roles.contains(where: { item.roles.includes($0) }) {
            guard let snap = lock.snaps.first(where: { $0.name == item.name }) else {
                return "it has no snap \(quoted(item.name)), which the profile asks for"
            }
            if item.channel == nil, snap.version != lock.version.text {
                return "it has the snap \(quoted(snap.name)) at \(snap.version), and says \(lock.version)"
            }
            if let base = snap.base, base != "none", !lock.snaps.contains(where: { $0.name == base }) {
                return "it has no snap \(quoted(base)), the base of \(snap.name)"
            }
        }
        return nil
    }

    /// The images that files within the snaps name; the snaps are in the store.
    func memberFault(_ gatherer: Gatherer) throws(ResolveError) -> String? {
        guard demand.takesImages, definition.imageSource == .registry else { return nil }
        var named: [String: [ImageReference]] = [:]
        for member in demand.release.imageMembers {
            guard let snap = lock.snaps.first(where: { $0.name == member.snap }) else { continue }
            named[member.place] = try gathering { () throws(GatherError) in
                try gatherer.images(of: member, in: snap)
            }
        }
        for (place, references) in named.sorted(by: { $0.key < $1.key }) {
            let here = lock.images.filter { $0.reasons.contains(place) }.map(\.pinned.reference)
            if let missing = references.first(where: { !here.contains($0) }) {
                return "it has no image \(missing), which stands in \(place)"
            }
            if let surplus = here.first(where: { !references.contains($0) }) {
                return "it names the image \(surplus), which does not stand in \(place)"
            }
        }
        return nil
    }
}
