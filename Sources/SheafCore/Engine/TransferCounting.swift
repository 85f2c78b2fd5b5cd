/// An engine that counts what it sends.
public protocol TransferCounting: Engine {
    /// Bytes of arguments and results that went between processes since the engine was made, in their encoded form; those that lie in
    /// memory that processes share count once, when they are written there.
    var transferredBytes: Int { get }
}
