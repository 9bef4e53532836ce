/// The word of `words` that `word` was likely meant to be: at most a third of its letters differ; `nil` when none is near.
///
/// Differences are inserted, missing, wrong and swapped letters (optimal string alignment distance), letter case apart.
public func nearest(to word: String, in words: some Sequence<String>) -> String? {
    let limit = max(1, word.count / 3)
    var best: (distance: Int, word: String)?
    for candidate in words.sorted() {
        let found = distance(Array(word.lowercased()), Array(candidate.lowercased()))
        if found <= limit, found < best?.distance ?? .max { best = (found, candidate) }
    }
    return best?.word
}

private func distance(_ left: [Character], _ right: [Character]) -> Int {
    guard left.count <= 64, right.count <= 64 else { return left == right ? 0 : .max }
    var rows = [Array(0...right.count)]
    for (i, a) in left.enumerated() {
        var row = [i + 1]
        for (j, b) in right.enumerated() {
            var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a == b ? 0 : 1))
            if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, rows[i - 1][j - 1] + 1) }
            row.append(cost)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}
