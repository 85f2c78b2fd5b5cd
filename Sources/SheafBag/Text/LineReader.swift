public import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A byte range of a text file, or a whole compressed one: one partition of a bag of lines.
@usableFromInline
struct FileRange: Sendable, Codable {
    var path: String
    var offset: Int
    /// To the end of the file when compressed.
    var length: Int
    var compression: Compression
    /// Lines at the start of the range to leave out.
    var skip: Int
}

/// Reads the lines of a range. A line belongs to the range in which it begins.
///
/// Lines are handed out as slices of a buffer that is used again as soon as nobody holds a slice of it.
@usableFromInline
enum LineReader {
    private static let bufferSize = 1 << 18

    @usableFromInline
    static func forEach(_ range: FileRange, _ scope: TaskScope, _ body: (UTF8Slice) throws -> Void) throws {
        let isWhole = range.compression != .none
        // One byte earlier, to see whether the range begins at the start of a line.
        let begin = isWhole || range.offset == 0 ? 0 : range.offset - 1
        let source = try range.compression.open(range.path, at: begin)
        let cursor = LineCursor(range)
        scope.cursor = cursor
        var skipped = 0, lines = 0
        var isInside = begin == range.offset

        var buffer = TextBuffer(capacity: bufferSize)
        var filled = 0
        /// The file position of the buffer's first byte.
        var base = begin
        let end = isWhole ? Int.max : range.offset + range.length
        while true {
            try scope.checkCancellation()
            let count = try source.read(into: UnsafeMutableRawBufferPointer(start: buffer.base + filled, count: buffer.capacity - filled))
            scope.resources.countRead(count)
            filled += count
            let isLast = count == 0
            var start = 0
            while start < filled {
                let newline = memchr(buffer.base + start, 10, filled - start).map {
                    $0.assumingMemoryBound(to: UInt8.self) - buffer.base
                }
                guard let stop = newline ?? (isLast ? filled : nil) else { break }
                if !isInside {
                    isInside = true
                } else {
                    // A line that begins at or past the end belongs to the next range.
                    if base + start >= end { return scope.cursor = nil }
                    var length = stop - start
                    if length > 0, buffer.base[stop - 1] == 13 { length -= 1 }
                    cursor.advance(buffer, start, length, offset: base + start)
                    lines &+= 1
                    if lines & (TaskScope.checkInterval - 1) == 0 { try scope.checkCancellation() }
                    if skipped < range.skip {
                        skipped += 1
                    } else {
                        do {
                            try body(UTF8Slice(buffer: buffer, start: start, count: length))
                        } catch {
                            cursor.keep(buffer)
                            throw error
                        }
                    }
                }
                start = stop + 1
            }
            // From here on there is no line that could be at fault.
            if isLast || base + start >= end { return scope.cursor = nil }
            cursor.letGo()
            // Carry the unfinished line over: to the front of this buffer if nobody else looks at it, else to a fresh one.
            let rest = filled - start
            let size = rest == buffer.capacity ? buffer.capacity * 2 : buffer.capacity
            guard size < Int(UInt32.max) else {
                throw TaskError(.malformedRecord, "\(range.path) has a line of more than 2 GiB at byte \(base + start)")
            }
            if size == buffer.capacity, isKnownUniquelyReferenced(&buffer) {
                memmove(buffer.base, buffer.base + start, rest)
            } else {
                let next = TextBuffer(capacity: size)
                memcpy(next.base, buffer.base + start, rest)
                buffer = next
            }
            base += start
            filled = rest
        }
    }
}

/// Knows where the line being processed lies.
final class LineCursor: RecordCursor {
    private let range: FileRange
    private let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    private var kept: TextBuffer?

    private struct State {
        var start: UnsafePointer<UInt8>?
        var length = 0
        var offset = 0
        /// Lines of this range begun so far.
        var lines = 0
    }

    init(_ range: FileRange) {
        self.range = range
        state.initialize(to: State())
    }

    deinit { state.deallocate() }

    @inline(__always)
    func advance(_ buffer: TextBuffer, _ start: Int, _ length: Int, offset: Int) {
        state.pointee.start = UnsafePointer(buffer.base + start)
        state.pointee.length = length
        state.pointee.offset = offset
        state.pointee.lines += 1
    }

    /// Called when an error ends the loop, and with it the reader's hold on the buffer: the line is asked for afterwards.
    func keep(_ buffer: TextBuffer) { kept = buffer }

    /// Called before the buffer is filled anew.
    func letGo() { state.pointee.start = nil }

    func position() -> RecordPosition? {
        guard let start = state.pointee.start else { return nil }
        let shown = 200
        let bytes = UnsafeBufferPointer(start: start, count: min(state.pointee.length, shown))
        let text = String(decoding: bytes, as: UTF8.self) + (state.pointee.length > shown ? "…" : "")
        return RecordPosition(file: range.path, line: linesBefore() + state.pointee.lines, text: text)
    }

    /// Newlines ahead of the range: a pass over the file's beginning, made for errors only.
    private func linesBefore() -> Int {
        guard range.compression == .none, range.offset > 0, let source = try? PlainSource(range.path, at: 0) else { return 0 }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var left = range.offset, lines = 0
        while left > 0, let count = try? source.read(into: buffer), count > 0 {
            lines += buffer.prefix(min(count, left)).count { $0 == 10 }
            left -= count
        }
        // A line that began before the range and reaches into it was counted with the ranges before.
        return lines + (startsInsideLine() ? 1 : 0)
    }

    private func startsInsideLine() -> Bool {
        var byte: UInt8 = 10
        guard let source = try? PlainSource(range.path, at: range.offset - 1),
            (try? withUnsafeMutableBytes(of: &byte, { try source.read(into: $0) })) == 1
        else { return false }
        return byte != 10
    }
}
