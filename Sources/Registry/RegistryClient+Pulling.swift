import Fetch
public import OCI
import Reporting
import Store
import Values

/// One document or blob of one image, on its way into the store.
struct Piece: Sendable {
    let task: ImageTask
    let kind: ContentKind
    let descriptor: Descriptor
}

extension RegistryClient {
    /// Brings everything of `images` that travels into the store: indexes, all manifests in them, and configuration and
    /// layers of the chosen ones. What is there already is not fetched.
    ///
    /// - Parameter origin: Where an image was asked for, for messages.
    /// - Returns: What belongs to each image, in the same order.
    @discardableResult
    public func pull(
        _ images: [PinnedImage], origin: (PinnedImage) -> String? = { _ in nil }
    ) throws(RegistryError) -> [ImageContents] {
        let tasks = images.map { ImageTask(reference: $0.reference, origin: origin($0)) }
        var graphs = images.map { ImageGraph(root: $0.root) }
        while graphs.contains(where: { !$0.wanted.isEmpty }) {
            let pieces = zip(tasks, graphs).map { task, graph in
                graph.wanted.map { Piece(task: task, kind: .document, descriptor: $0) }
            }
            try fetch(pieces.flatMap(\.self))
            for (number, wanted) in pieces.enumerated() {
                for piece in wanted { try add(piece, to: &graphs[number]) }
            }
        }
        return try pullBlobs(images, tasks, graphs)
    }

    private func add(_ piece: Piece, to graph: inout ImageGraph) throws(RegistryError) {
        let bytes = try read(piece)
        do throws(OCIError) { try graph.add(bytes, for: piece.descriptor) } catch {
            throw piece.task.error(.document(error), at: nil)
        }
    }

    private func pullBlobs(
        _ images: [PinnedImage], _ tasks: [ImageTask], _ graphs: [ImageGraph]
    ) throws(RegistryError) -> [ImageContents] {
        var configs: [Piece] = []
        for (number, image) in images.enumerated() {
            configs.append(try config(of: image, tasks[number], graphs[number]))
        }
        try fetch(configs)
        var contents: [ImageContents] = []
        for (number, image) in images.enumerated() {
            contents.append(try self.contents(of: image, tasks[number], graphs[number]))
        }
        try fetch(
            zip(tasks, contents).flatMap { task, contents in
                contents.layers.map { Piece(task: task, kind: .blob, descriptor: $0) }
            })
        return contents
    }

    private func config(
        of image: PinnedImage, _ task: ImageTask, _ graph: ImageGraph
    ) throws(RegistryError) -> Piece {
        guard case .manifest(let manifest)? = graph[image.manifest.digest] else {
            throw task.error(
                .document(.notInIndex(manifest: image.manifest.digest, root: image.root.digest)), at: nil)
        }
        do throws(OCIError) { try manifest.requireImage() } catch { throw task.error(.document(error), at: nil) }
        return Piece(task: task, kind: .blob, descriptor: manifest.config)
    }

    private func contents(
        of image: PinnedImage, _ task: ImageTask, _ graph: ImageGraph
    ) throws(RegistryError) -> ImageContents {
        let contents: ImageContents
        do {
            contents = try ImageContents(of: image, graph: graph) { descriptor in
                try read(Piece(task: task, kind: .blob, descriptor: descriptor))
            }
        } catch let error as OCIError {
            throw task.error(.document(error), at: nil)
        } catch let error as RegistryError {
            throw error
        } catch {
            preconditionFailure("reading an image throws its own errors only")
        }
        if let contradiction = contents.contradiction { progress.say(Self.warning(task, image, contradiction)) }
        return contents
    }

    private static func warning(
        _ task: ImageTask, _ image: PinnedImage, _ configured: Platform
    ) -> Diagnostic {
        Diagnostic(
            "the image \(quoted(task.reference.description)) is listed for \(image.platform), but its configuration says \(configured)",
            severity: .warning, details: task.origin.map { [.init("asked for by", $0)] } ?? [],
            next: "it is taken as listed; if it does not start on the site, ask who publishes it", exitCode: .done)
    }
}
