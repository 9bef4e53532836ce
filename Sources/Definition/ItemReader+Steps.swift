import Format
import LibYAML

extension ItemReader {
    /// All steps, in the order in which their kinds are done.
    func steps(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Step>] {
        try modules(map) + sysctls(map) + preparations(map) + labels(map) + units(map) + commands(map) + waits(map)
    }

    private func modules(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Step>] {
        try ranged("modules", of: map, keys: ProfileKeys.module) { (fields) throws(YAMLError) -> Step in
            Step(.module(name: try fields.required("name").moduleName()), roles: try scope(fields))
        }
    }

    private func sysctls(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Step>] {
        try ranged("sysctls", of: map, keys: ProfileKeys.sysctl) { (fields) throws(YAMLError) -> Step in
            let key = try fields.required("key").sysctlKey()
            let value = try fields.required("value")
            let text = try value.scalarText()
            guard VariableType.string.accepts(text) else { throw value.unexpected("a value on one line") }
            return Step(.sysctl(key: key, value: text), roles: try scope(fields))
        }
    }

    private func labels(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Step>] {
        try ranged("labels", of: map, keys: ProfileKeys.label) { (fields) throws(YAMLError) -> Step in
            Step(.label(path: try fields.required("path").absolutePath()), roles: try scope(fields))
        }
    }

    func units(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Step>] {
        try ranged("units", of: map, keys: ProfileKeys.unit) { (fields) throws(YAMLError) -> Step in
            let action = Step.Action.unit(
                name: try fields.required("name").unitName(), enable: try fields.optional("enable")?.bool() ?? true,
                start: try fields.optional("start")?.bool() ?? true,
                timeout: try fields.optional("timeout")?.integer(in: Self.timeouts) ?? 120)
            return Step(action, roles: try scope(fields))
        }
    }

    private func commands(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Step>] {
        try ranged("commands", of: map, keys: ProfileKeys.command) { (fields) throws(YAMLError) -> Step in
            let action = Step.Action.command(
                run: try fields.required("run").arguments(), undo: try fields.optional("undo")?.arguments() ?? [],
                timeout: try fields.optional("timeout")?.integer(in: Self.timeouts) ?? 120)
            return Step(action, roles: try scope(fields))
        }
    }

    private func preparations(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Step>] {
        try ranged("preparations", of: map, keys: ProfileKeys.command) { (fields) throws(YAMLError) -> Step in
            let action = Step.Action.prepare(
                run: try fields.required("run").arguments(), undo: try fields.optional("undo")?.arguments() ?? [],
                timeout: try fields.optional("timeout")?.integer(in: Self.timeouts) ?? 120)
            return Step(action, roles: try scope(fields))
        }
    }

    private func waits(_ map: YAMLMap) throws(YAMLError) -> [ForVersions<Step>] {
        try ranged("waits", of: map, keys: ProfileKeys.wait) { (fields) throws(YAMLError) -> Step in
            let action = Step.Action.wait(
                run: try fields.required("run").arguments(),
                timeout: try fields.optional("timeout")?.integer(in: Self.timeouts) ?? 120)
            return Step(action, roles: try scope(fields))
        }
    }

    /// Seconds; a day is longer than anything that is waited for.
    static let timeouts = 1...86_400
}

extension YAMLReader {
    /// A program and its arguments, without a shell.
    func arguments() throws(YAMLError) -> [String] {
        let texts = try strings()
        guard !texts.isEmpty else { throw unexpected("a program and its arguments, one a list item") }
        return texts
    }

    fileprivate func moduleName() throws(YAMLError) -> String {
        try value("a kernel module such as br_netfilter") { isWord($0, "-_") ? $0 : nil }
    }

    fileprivate func sysctlKey() throws(YAMLError) -> String {
        try value("a kernel parameter such as net.ipv4.ip_forward") { isWord($0, "-_./") ? $0 : nil }
    }

    /// systemd.unit(5): a name with its type.
    fileprivate func unitName() throws(YAMLError) -> String {
        try value("a systemd unit such as k3s.service") { text in
            let types = ["service", "socket", "timer", "target", "mount", "path", "slice"]
            return isWord(text, "-_.@:\\") && types.contains { text.hasSuffix("." + $0) } ? text : nil
        }
    }
}

/// Whether `text` consists of ASCII letters, digits and `marks`, and begins with a letter or digit.
func isWord(_ text: String, _ marks: String) -> Bool {
    guard let first = text.utf8.first, !marks.utf8.contains(first) else { return false }
    return text.utf8.count <= 255
        && text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) || marks.unicodeScalars.contains($0)
        }
}
