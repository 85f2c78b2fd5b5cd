// Reads mutated values of Codable types: each gives a value or a DecodingError. Whatever else happens ends the process, and under
// AddressSanitizer that is any access outside of memory, and memory that is left at the end. A value that is read is written and read
// again, and is then the same.
//
// Usage: values-fuzz COUNT SEED   (the values are made here)

internal import Foundation
internal import SheafCore

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 2, let count = Int(arguments.first ?? ""), let seed = UInt64(arguments.last ?? "") else {
    FileHandle.standardError.write(Data("usage: values-fuzz COUNT SEED\n".utf8))
    exit(2)
}
guard let sampleCodec = ValueCodec<Sample>.find(), let anyCodec = ValueCodec<JSONValue>.find() else {
    FileHandle.standardError.write(Data("values-fuzz: error: the values have no codec\n".utf8))
    exit(1)
}
let seeds = try Sample.all.map { sample in
    var bytes: [UInt8] = []
    try sampleCodec.write(sample, &bytes)
    return bytes
}

/// Reads a value; tells what came of it.
func read<T: Codable & Sendable>(_ codec: ValueCodec<T>, _ bytes: [UInt8]) throws -> String {
    // Exactly as much memory as there are bytes: the sanitizer sees one too many.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    let value: T
    do {
        var reader = SpillReader(UnsafeRawBufferPointer(memory))
        value = try codec.read(&reader)
    } catch let error as DecodingError {
        return switch error {
        case .typeMismatch: "typeMismatch"
        case .valueNotFound: "valueNotFound"
        case .keyNotFound: "keyNotFound"
        case .dataCorrupted: "dataCorrupted"
        @unknown default: "\(error)"
        }
    }
    var once: [UInt8] = [], twice: [UInt8] = []
    try codec.write(value, &once)
    let again = try once.withUnsafeBytes { raw in
        var reader = SpillReader(raw)
        return try codec.read(&reader)
    }
    try codec.write(again, &twice)
    // Sets and dictionaries have no order, hence the lengths.
    guard once.count == twice.count else {
        FileHandle.standardError.write(Data("values-fuzz: error: a value is another one when it is read again: \(bytes)\n".utf8))
        exit(1)
    }
    return "read"
}

var mutation = ValueMutation(seed: seed)
var outcomes: [String: Int] = [:]
for number in 0..<count {
    let bytes = mutation.mutate(seeds[number % seeds.count])
    outcomes[try number % 3 == 0 ? read(anyCodec, bytes) : read(sampleCodec, bytes), default: 0] += 1
}
for (outcome, count) in outcomes.sorted(by: { $0.key < $1.key }) { print("\(outcome): \(count)") }
let accepted = outcomes["read", default: 0]
// Neither all nor nothing was refused, or the values or the mutations are of no use.
guard accepted > count / 20, accepted < count - count / 20 else {
    FileHandle.standardError.write(Data("values-fuzz: error: \(accepted) of \(count) values were accepted\n".utf8))
    exit(1)
}
