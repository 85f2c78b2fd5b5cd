// Reads mutated Arrow files and streams: each gives batches or an ArrowError. Whatever else happens ends the process, and under
// AddressSanitizer that is any access outside of memory, and memory that is left at the end.
//
// Usage: arrow-fuzz FILES SEED FILE…   (the files are the corpus; written-again and shortened ones are added)

internal import Foundation
internal import SheafArrow

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count > 2, let count = Int(arguments.first ?? ""), let seed = UInt64(arguments.dropFirst().first ?? "") else {
    FileHandle.standardError.write(Data("usage: arrow-fuzz FILES SEED FILE…\n".utf8))
    exit(2)
}
let corpus = try Corpus(arguments.dropFirst(2).map { try [UInt8](Data(contentsOf: URL(fileURLWithPath: $0))) })
var mutation = Mutation(seed: seed)
var outcomes: [String: Int] = [:]
for number in 0..<count {
    let bytes = mutation.mutate(corpus.seeds[number % corpus.seeds.count])
    let outcome: String
    do {
        outcome = try Reading.read(bytes, way: number / corpus.seeds.count % 4)
    } catch let error as ArrowError {
        outcome = error.code.rawValue
    }
    outcomes[outcome, default: 0] += 1
}
for (outcome, count) in outcomes.sorted(by: { $0.key < $1.key }) { print("\(outcome): \(count)") }
let accepted = outcomes["read", default: 0]
// Neither all nor nothing was refused, or the corpus or the mutations are of no use.
guard accepted > count / 20, accepted < count - count / 20 else {
    FileHandle.standardError.write(Data("arrow-fuzz: error: \(accepted) of \(count) files were accepted\n".utf8))
    exit(1)
}
