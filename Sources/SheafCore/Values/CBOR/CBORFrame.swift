/// A container in a writer's bytes.
struct CBORFrame {
    enum Shape: UInt8 {
        /// Nothing is written yet; when it is closed like that, an empty map stands there.
        case undecided
        /// A complete item.
        case value
        /// An array that has had bytes only, written as a byte string.
        case bytes
        case array
        case map
    }

    var shape: Shape
    /// Where its header is, and how long.
    var start: Int
    var head = 0
    /// Where it ends, or -1 while it is open.
    var end = -1
    var count = 0
    let parent: Int
    /// Which container it is: places are used again.
    let identity: Int
    let depth: Int
    /// Its key in its parent, or else its place.
    let index: Int
    let key: (any CodingKey)?
    /// The type of the value it is of.
    var type: Any.Type?
    /// A bit for each key written, which says only that a key may have been there before.
    var keys: UInt64 = 0
    var mayRepeat = false

    init(shape: Shape, start: Int, parent: Int, identity: Int, depth: Int, index: Int, key: (any CodingKey)?) {
        self.shape = shape
        self.start = start
        self.parent = parent
        self.identity = identity
        self.depth = depth
        self.index = index
        self.key = key
    }

    var isOpen: Bool { end < 0 }

    var major: UInt8 {
        switch shape {
        case .bytes: CBORMajor.bytes
        case .array: CBORMajor.array
        default: CBORMajor.map
        }
    }
}

/// Which container an encoder writes to.
struct CBORPlace {
    let index: Int
    let identity: Int
}

extension CBORWriter {
    /// Makes a container the innermost open one, and tells whether it could be: it may have been closed.
    @inline(__always)
    func reach(_ place: CBORPlace) -> Bool {
        precondition(
            place.index < frames.count && frames[place.index].identity == place.identity,
            "an encoding container was used after the value it belongs to had been written")
        return place.index == open || reachOuter(place.index)
    }

    private func reachOuter(_ index: Int) -> Bool {
        guard frames[index].isOpen else { return false }
        close(downTo: index)
        return true
    }

    /// Closes the containers within one.
    func close(downTo index: Int) {
        while open != index {
            let closing = open
            if frames[closing].shape == .undecided {
                frames[closing].head = 1
                bytes.append(CBORMajor.map)
            } else {
                completeHead(of: closing)
            }
            frames[closing].end = bytes.count
            open = frames[closing].parent
        }
    }

    /// Decides what the container is, and begins it.
    func decide(_ shape: CBORFrame.Shape, of index: Int) {
        frames[index].shape = shape
        let isPlaceholder = !frames[index].isOpen
        frames[index].head = 1
        // One that was closed already has an empty map in its place.
        if isPlaceholder { bytes[frames[index].start] = frames[index].major } else { bytes.append(frames[index].major) }
    }

    /// Writes the container's count into its header.
    func completeHead(of index: Int) {
        let shape = frames[index].shape, count = frames[index].count
        guard shape != .value else { return }
        if shape != .bytes, count < 24, frames[index].head == 1 {
            bytes[frames[index].start] = frames[index].major | UInt8(truncatingIfNeeded: count)
        } else {
            completeLongHead(of: index)
        }
    }

    private func completeLongHead(of index: Int) {
        let frame = frames[index]
        let bodyEnd = frame.isOpen ? bytes.count : frame.end
        let count = UInt64(frame.shape == .bytes ? bodyEnd - frame.start - frame.head : frame.count)
        if count < 24, frame.head == 1 {
            bytes[frame.start] = frame.major | UInt8(count)
            return
        }
        let writer = CBORWriter()
        writer.head(frame.major, count)
        replace(frame.start..<frame.start + frame.head, with: writer.bytes, in: index)
        frames[index].head = writer.bytes.count
    }

    /// Puts other bytes in the place of some, and moves the containers behind them.
    func replace(_ range: Range<Int>, with new: [UInt8], in index: Int) {
        let isAppended = range.lowerBound == frames[index].end
        bytes.replaceSubrange(range, with: new)
        let growth = new.count - range.count
        guard growth != 0 else { return }
        for other in (isShuffled || !frames[index].isOpen ? 0 : index)..<frames.count {
            if frames[other].start >= range.upperBound { frames[other].start += growth }
            // What is appended to a container is not in the last container within it.
            guard frames[other].end >= range.upperBound, !(isAppended && descends(other, from: index)) else { continue }
            frames[other].end += growth
        }
    }

    private func descends(_ index: Int, from ancestor: Int) -> Bool {
        var parent = frames[index].parent
        while parent >= 0 {
            if parent == ancestor { return true }
            parent = frames[parent].parent
        }
        return false
    }

    /// Puts an element at the end of a container that is closed.
    func splice(into index: Int, _ write: (CBORWriter) throws -> Void) rethrows {
        let writer = CBORWriter(path: path(to: index), depth: frames[index].depth)
        try write(writer)
        isShuffled = true
        replace(frames[index].end..<frames[index].end, with: writer.bytes, in: index)
        frames[index].count += 1
        completeHead(of: index)
    }

    /// Bytes that turn out to be followed by something else become the integers they are.
    func spreadBytes(of index: Int) {
        let frame = frames[index]
        let body = frame.start + frame.head..<(frame.isOpen ? bytes.count : frame.end)
        let writer = CBORWriter()
        for byte in bytes[body] { writer.integer(UInt64(byte)) }
        frames[index].shape = .array
        frames[index].count = body.count
        replace(body, with: writer.bytes, in: index)
    }

    /// Leaves the last of values with the same key, in the maps from one on in which there may be such.
    func removeRepeatedKeys(from first: Int) throws {
        guard mayRepeat, frames[first...].contains(where: \.mayRepeat) else { return }
        // From the back, so that those still to come stay where they are.
        for frame in frames[first...].filter(\.mayRepeat).sorted(by: { $0.start > $1.start }) {
            let (end, map) = try bytes.withUnsafeBytes { try CBORReader($0).mapWithoutRepeats(at: frame.start) }
            if let map { bytes.replaceSubrange(frame.start..<end, with: map) }
        }
    }
}

extension CBORReader {
    /// The bytes of a map with the last value only where a key is repeated, if one is; and where the map as it is ends.
    func mapWithoutRepeats(at start: Int) throws(CBORFault) -> (end: Int, map: [UInt8]?) {
        let head = try head(at: start)
        var entries: [Range<Int>] = []
        var last: [[UInt8]: Int] = [:]
        var offset = head.next
        for index in 0..<head.argument {
            let value = try skip(from: offset), end = try skip(from: value)
            last[[UInt8](bytes[offset..<value])] = Int(index)
            entries.append(offset..<end)
            offset = end
        }
        guard last.count < entries.count else { return (offset, nil) }
        let writer = CBORWriter()
        writer.head(CBORMajor.map, UInt64(last.count))
        for index in last.values.sorted() { writer.bytes.append(contentsOf: bytes[entries[index]]) }
        return (offset, writer.bytes)
    }
}
