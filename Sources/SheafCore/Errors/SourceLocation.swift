/// Where in the user's program something was written.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    @usableFromInline let fileID: StaticString
    public let line: UInt32

    @inlinable
    public init(fileID: StaticString = #fileID, line: UInt = #line) {
        self.fileID = fileID
        self.line = UInt32(truncatingIfNeeded: line)
    }

    /// Module and file, as `#fileID` spells it.
    public var file: String { fileID.description }
    public var description: String { "\(fileID):\(line)" }

    /// Same literal, same line. Pointer comparison is enough: it is used to share attributes between nodes, where a miss costs
    /// a few bytes and nothing else.
    public static func == (left: Self, right: Self) -> Bool {
        left.line == right.line && left.fileID.hasPointerRepresentation && right.fileID.hasPointerRepresentation
            && left.fileID.utf8Start == right.fileID.utf8Start
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(line)
    }
}
