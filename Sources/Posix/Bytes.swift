extension [UInt8] {
    /// Gives the bytes to C. Like `withUnsafeBytes`, but the error keeps its type.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeBufferPointer { (bytes) throws(Failure) in
            try unsafe body(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Lets C fill the bytes. Like `withUnsafeMutableBytes`, but the error keeps its type.
    public mutating func withMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeMutableBufferPointer { (bytes) throws(Failure) in
            try unsafe body(UnsafeMutableRawBufferPointer(bytes))
        }
    }
}
