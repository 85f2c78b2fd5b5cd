/// Decompresses LZ4 frames, as Arrow's compressed buffers are. Checksums are not compared: every copy is checked against the ends instead.
enum LZ4Frame {
    private static func invalid(_ what: String) -> ArrowError { ArrowError(.invalidData, "a buffer's LZ4 frame \(what)") }

    /// Fills `target` with what `source` holds, which must be exactly as long.
    static func decompress(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(ArrowError) {
        func word(_ position: Int) throws(ArrowError) -> UInt32 {
            guard position + 4 <= source.count else { throw invalid("ends early") }
            return UInt32(littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        }
        guard try word(0) == 0x184d_2204 else { throw invalid("does not begin as one") }
        guard source.count >= 7 else { throw invalid("ends early") }
        let flags = source[4]
        guard flags >> 6 == 1, flags & 1 == 0 else { throw invalid("has an unknown version or needs a dictionary") }
        let hasBlockChecksums = flags & 0x10 != 0
        // Magic, flags, block size; then perhaps the content's size; then the header's checksum.
        var position = 6 + (flags & 0x08 != 0 ? 8 : 0) + 1
        var end = 0
        while true {
            let size = try word(position)
            position += 4
            if size == 0 { break }
            let count = Int(size & 0x7fff_ffff)
            guard count <= source.count - position else { throw invalid("ends early") }
            let block = UnsafeRawBufferPointer(rebasing: source[position..<position + count])
            if size >> 31 == 1 {
                guard count <= target.count - end else { throw invalid("is longer than its buffer says") }
                UnsafeMutableRawBufferPointer(rebasing: target[end..<end + count]).copyMemory(from: block)
                end += count
            } else {
                end = try decompressBlock(block, into: target, at: end)
            }
            position += count + (hasBlockChecksums ? 4 : 0)
        }
        guard end == target.count else { throw invalid("is shorter than its buffer says") }
    }

    /// Returns where the block's output ends. Matches may reach back into earlier blocks.
    private static func decompressBlock(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, at start: Int
    ) throws(ArrowError) -> Int {
        guard let input = source.baseAddress, let output = target.baseAddress else { throw invalid("is longer than its buffer says") }
        var position = 0
        var end = start
        func length(_ nibble: UInt8) throws(ArrowError) -> Int {
            var length = Int(nibble)
            guard nibble == 15 else { return length }
            while true {
                guard position < source.count else { throw invalid("ends early") }
                let byte = input.load(fromByteOffset: position, as: UInt8.self)
                position += 1
                length += Int(byte)
                if byte != 255 { return length }
            }
        }
        while position < source.count {
            let token = input.load(fromByteOffset: position, as: UInt8.self)
            position += 1
            let literals = try length(token >> 4)
            guard literals <= source.count - position else { throw invalid("ends early") }
            guard literals <= target.count - end else { throw invalid("is longer than its buffer says") }
            (output + end).copyMemory(from: input + position, byteCount: literals)
            position += literals
            end += literals
            if position == source.count { break }
            guard position + 2 <= source.count else { throw invalid("ends early") }
            let distance = Int(UInt16(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt16.self)))
            position += 2
            let match = try length(token & 15) + 4
            guard distance > 0, distance <= end else { throw invalid("refers to before its beginning") }
            guard match <= target.count - end else { throw invalid("is longer than its buffer says") }
            if distance >= match {
                (output + end).copyMemory(from: output + end - distance, byteCount: match)
            } else {
                for index in end..<end + match {
                    output.storeBytes(
                        of: output.load(fromByteOffset: index - distance, as: UInt8.self), toByteOffset: index, as: UInt8.self)
                }
            }
            end += match
        }
        return end
    }
}
