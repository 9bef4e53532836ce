extension String {
    /// The text with each `character` replaced. The standard library's own brings its regular expressions into the installer.
    func replacing(_ character: Character, with text: String) -> String {
        reduce(into: "") { result, next in
            if next == character { result += text } else { result.append(next) }
        }
    }
}
