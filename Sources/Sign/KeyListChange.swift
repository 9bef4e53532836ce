public import Trust
public import Values

/// What the next key list has that the one before has not, as people say it.
public struct KeyListChange: Sendable {
    /// Root keys that come.
    public var roots: [KeyList.Member] = []
    /// Signing keys that come.
    public var keys: [KeyList.Member] = []
    /// Keys that go, of either kind.
    public var removed: [KeyName] = []
    /// So many root keys must sign; `nil` for as many as before.
    public var rootThreshold: Int?
    /// So many signing keys must sign; `nil` for as many as before.
    public var threshold: Int?
    /// When the new list expires. Never inherited: a list is made anew to last longer.
    public var expires: Timestamp?

    /// A change of nothing.
    public init() {}

    /// The first list.
    ///
    /// - Throws: ``KeyListFault/broken(number:_:)``.
    public func first() throws(SignError) -> KeyList {
        try making { () throws(KeyListError) in
            try KeyList(
                number: 1, roots: .init(roots, threshold: rootThreshold ?? 1),
                keys: .init(keys, threshold: threshold ?? 1), previous: nil, expires: expires)
        }
    }

    /// The list after `list`.
    ///
    /// - Throws: ``SignError``: a name that goes is not there, or a rule of lists is broken.
    public func applied(to list: KeyList) throws(SignError) -> KeyList {
        let names = (list.roots.members + list.keys.members).map(\.name)
        if let stranger = removed.first(where: { !names.contains($0) }) {
            throw .keyListFault(.unknownName(stranger, number: list.number))
        }
        func changed(_ quorum: KeyList.Quorum, adding members: [KeyList.Member], _ threshold: Int?) -> KeyList.Quorum {
            .init(
                quorum.members.filter { !removed.contains($0.name) } + members, threshold: threshold ?? quorum.threshold
            )
        }
        let (newRoots, newKeys) = (
            changed(list.roots, adding: roots, rootThreshold), changed(list.keys, adding: keys, threshold)
        )
        guard newRoots != list.roots || newKeys != list.keys || expires != list.expires else {
            throw .keyListFault(.nothingChanged(number: list.number))
        }
        return try making { () throws(KeyListError) in
            try KeyList(
                number: list.number + 1, roots: newRoots, keys: newKeys, previous: list.digest, expires: expires)
        }
    }
}

/// Says of a list that breaks a rule that it cannot be made.
private func making(_ body: () throws(KeyListError) -> KeyList) throws(SignError) -> KeyList {
    do throws(KeyListError) { return try body() } catch {
        guard case .invalid(let number, let refusal) = error else { throw .keyList(error) }
        throw .keyListFault(.broken(number: number, refusal))
    }
}
