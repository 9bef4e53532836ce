import Definition
import Format
import LibCrypto
import Values

extension LocalFiles {
    /// The charts, values and image archives that `definition` has as files, each once; a chart by its archive.
    static func others(of definition: Definition) throws(GatherError) -> [File] {
        var files: [String: File] = [:]
        for chart in definition.charts {
            if case .local(let path) = chart.source {
                let bytes = try LocalChart.archive(at: path)
                let content = Content(size: ByteCount(bytes.count), digest: .of(bytes))
                files[path.text] = File(name: path.text, path: path.path, location: path.location, content: content)
            }
            for case .file(let path) in chart.values {
                files[path.text] = try File(path.text, path.path, path.location)
            }
        }
        for request in definition.imageArchives {
            let path = request.decidingFile
            files[path.text] = try File(path.text, path.path, path.location)
        }
        return files.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
