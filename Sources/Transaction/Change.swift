import Values

/// One change of the target's names, as the journal keeps it. Each can be undone by looking only at what is there.
enum Change: Hashable, Sendable {
    /// A folder that was not there.
    case directory(path: MemberPath, Attributes)
    /// `new-<number>` of a staging folder takes the name `path`, in the place of `old-<number>` if it `replaces`.
    case placing(path: MemberPath, area: Int, number: Int, replaces: Bool)
    /// `path` is removed; it lives on as `old-<number>`.
    case removal(path: MemberPath, area: Int, number: Int)
    /// What is kept at `source`, a file or a whole folder, takes the name `path`; what had it becomes `old-<number>`.
    case exchange(path: MemberPath, source: MemberPath, area: Int, number: Int)

    var path: MemberPath {
        switch self {
        case .directory(let path, _), .placing(let path, _, _, _), .removal(let path, _, _),
            .exchange(let path, _, _, _):
            path
        }
    }
}

extension Change {
    /// The staging folder that it takes part in, by its place in the journal.
    var area: Int? {
        switch self {
        case .directory: nil
        case .placing(_, let area, _, _), .removal(_, let area, _), .exchange(_, _, let area, _): area
        }
    }
}

/// What is done after the point of no return. Each can be done again, and is then over at once.
enum Farewell: Hashable, Sendable {
    /// A file or a folder with all that is in it goes.
    case tree(MemberPath)
    /// A folder goes if it is empty.
    case emptyFolder(MemberPath)
}
