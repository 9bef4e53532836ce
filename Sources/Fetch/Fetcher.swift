import LibCurl
public import Reporting
public import Values

/// Fetches over HTTP: in parallel, with tries, resumption, mirrors and authorization. Owns the one network thread.
///
/// Its methods block the calling thread and may be called from several; never from Swift tasks, whose threads are few.
/// When the last reference goes, the thread ends.
public final class Fetcher: Sendable {
    let context: FetchContext

    /// Starts the network thread.
    ///
    /// - Parameter progress: Told of bytes, and of tries that failed.
    public init(_ settings: FetchSettings, progress: any ProgressReceiver = SilentProgress()) throws(FetchError) {
        context = try FetchContext(settings, progress: progress)
    }

    /// Fetches one small document into memory.
    ///
    /// - Parameter limit: The most bytes of it; more is ``FetchError/tooLarge(_:limit:)``, also when only announced.
    /// - Throws: ``FetchError``; a status outside 200 to 299 is ``FetchError/refused(_:_:)`` with head and body.
    public func document(_ request: FetchRequest, limit: ByteCount) throws(FetchError) -> FetchedDocument {
        let target = MemoryTarget()
        var retrieval = Retrieval(
            request, into: target, size: nil, limit: limit.bytes, isChecked: false, context: context, stop: StopFlag())
        let (head, url) = try retrieval.run()
        return FetchedDocument(bytes: target.bytes, status: head.status, headers: head.headers, url: url)
    }
}
