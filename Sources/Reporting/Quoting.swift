/// `text` in double quotes with control bytes, quotes and backslashes escaped, so that no input can forge a line of output.
///
/// Of a text of more than 400 scalars the middle is left out, and how much that is stands there: nobody reads it, and it would hide the rest
/// of the message.
public func quoted(_ text: some StringProtocol) -> String {
    let count = text.unicodeScalars.count
    guard count > 400 else { return "\"" + escaped(text.unicodeScalars) + "\"" }
    let (head, tail) = (text.unicodeScalars.prefix(200), text.unicodeScalars.suffix(100))
    return "\"" + escaped(head) + "… \(count - 300) more …" + escaped(tail) + "\""
}

private func escaped(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var result = ""
    for scalar in scalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default:
            if isUnprintable(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
    return result
}

/// `text` on one line: as it is, save that what a terminal may act on is escaped.
///
/// For sentences that should hold no such thing, and for lines of other people's files.
func onOneLine(_ text: some StringProtocol) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        if isUnprintable(scalar) {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Control, format (bidirectional marks among them) and separator scalars that a terminal may act on.
private func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
}
