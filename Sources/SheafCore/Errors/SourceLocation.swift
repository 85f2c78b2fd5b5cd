internal import Synchronization

/// Where in the user's program something was written.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    @usableFromInline let fileID: StaticString
    public let line: UInt32
    /// Of a location that was read from text: its file's number in ``FileNames``; else 0.
    @usableFromInline let fileNumber: UInt32

    @inlinable
    public init(fileID: StaticString = #fileID, line: UInt = #line) {
        self.fileID = fileID
        self.line = UInt32(truncatingIfNeeded: line)
        self.fileNumber = 0
    }

    /// Reads what ``description`` wrote: `Module/File.swift:12`. Returns `nil` for anything else.
    ///
    /// - Note: The file's name is kept for the life of the process.
    public init?(_ description: String) {
        guard let colon = description.lastIndex(of: ":"), let line = UInt32(description[description.index(after: colon)...]) else {
            return nil
        }
        fileID = ""
        self.line = line
        fileNumber = FileNames.number(of: String(description[..<colon]))
    }

    /// Module and file, as `#fileID` spells it.
    public var file: String { fileNumber == 0 ? fileID.description : FileNames.name(fileNumber) }
    public var description: String { "\(file):\(line)" }

    /// Same literal, same line. Pointer comparison is enough: it is used to share attributes between nodes, where a miss costs
    /// a few bytes and nothing else.
    public static func == (left: Self, right: Self) -> Bool {
        left.line == right.line && left.fileNumber == right.fileNumber
            && left.fileID.hasPointerRepresentation && right.fileID.hasPointerRepresentation
            && left.fileID.utf8Start == right.fileID.utf8Start
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(line)
    }
}

/// The files that locations read from text name, each once.
enum FileNames {
    private struct Table { var names: [String] = [""]; var numbers: [String: UInt32] = [:] }
    private static let table = Locked(Table())

    static func number(of name: String) -> UInt32 {
        table.withLock { table in
            if let known = table.numbers[name] { return known }
            let number = UInt32(table.names.count)
            table.names.append(name)
            table.numbers[name] = number
            return number
        }
    }

    static func name(_ number: UInt32) -> String { table.withLock { $0.names[Int(number)] } }
}
