import Values

extension ImageGraph {
    /// A manifest that may be the one for a machine.
    public struct Candidate: Hashable, Sendable {
        /// What the manifest is.
        public let descriptor: Descriptor
        /// Whether an index says that it is for the machine; otherwise only its configuration can tell.
        public let isStated: Bool
    }

    /// The manifests that can be for `machine`, in order of preference: the first one that fits is taken
    /// (image-spec `image-index.md`). Attestations and artefacts are never candidates.
    ///
    /// - Precondition: The root and the indexes in it have been added; manifests need not be.
    public func candidates(for machine: Platform) -> [Candidate] {
        var found: [Candidate] = []
        var visited: Set<SHA256Digest> = []
        collect(from: root, isStated: false, machine, visited: &visited, into: &found)
        return found
    }

    private func collect(
        from descriptor: Descriptor, isStated: Bool, _ machine: Platform, visited: inout Set<SHA256Digest>,
        into found: inout [Candidate]
    ) {
        guard visited.insert(descriptor.digest).inserted else { return }
        guard descriptor.mediaType.kind == .index else {
            found.append(Candidate(descriptor: descriptor, isStated: isStated))
            return
        }
        guard case .index(let index)? = self[descriptor.digest] else { return }
        for entry in index.entries where entry.mayBeImage {
            let stated = entry.statedPlatform
            if let stated, !machine.accepts(stated) { continue }
            collect(
                from: entry, isStated: isStated || stated != nil, machine, visited: &visited, into: &found)
        }
    }

    /// The machines that the image's indexes name, in order, each once; what a refusal shows.
    public var platforms: [Platform] {
        var found: [Platform] = []
        for case .index(let index) in documents {
            for entry in index.entries where entry.mayBeImage {
                guard let platform = entry.statedPlatform, !found.contains(platform) else { continue }
                found.append(platform)
            }
        }
        return found
    }
}

extension Descriptor {
    /// The platform, unless it says nothing.
    var statedPlatform: Platform? { platform.flatMap { $0.isEmpty ? nil : $0 } }
}
