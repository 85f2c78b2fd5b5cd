import Foundation
import SheafCore
import SheafTesting
import Testing

@testable import SheafWorker
@testable import sheaf_test_worker

#if canImport(Glibc)
import Glibc
#endif

/// Frames of all kinds, as they are sent.
private let samples: [[UInt8]] = [
    Hello(program: "file:1:2:3", architecture: "x86_64", capabilities: ["async"], functions: ["a", "b.c", "дом"]).frame(),
    CallRequest(
        target: .function("test.add", .tuple), node: 7, attempt: 2, seed: 3, dropped: [1, 2, 1 << 60],
        arguments: [.inline([1, 0, 0, 0, 0, 0, 0, 0]), .shared(number: 3, offset: 4096, count: 100_000), .inline([])]
    ).frame(call: 12),
    Failure(TaskError(.failed, "boom", cause: RemoteError(description: "why"), hint: "what next")).frame(call: 3),
    Failure(CancellationError()).frame(call: 4), Failure(EngineError(.noSpace, "full")).frame(call: 5),
    Frame(.cancel, call: 9).bytes, Frame(.shutdown).bytes, Frame(.allocate, call: 1, payload: [1, 2, 3, 4, 5, 6, 7, 8]).bytes,
    Frame(.log, payload: Array("text".utf8)).bytes,
    CallRequest(
        target: .chain([
            .init(name: "test.add", passing: .tuple, arePrevious: [false, false]), .init(name: "b", passing: .list, arePrevious: [true]),
        ]), node: 0, attempt: 1, seed: 2, arguments: [.kept(number: 3, [1, 2, 3]), .known(number: 4)]
    ).frame(call: 5), Keeping(dropped: [1, 2], result: 3).frame(),
]

@Suite("The worker protocol", .timeLimit(.minutes(2)))
struct WireTests {
    @Test("messages arrive as they were sent")
    func roundTrip() throws {
        let hello = Hello(program: "p", architecture: "a", capabilities: [], functions: ["f", "g"])
        #expect(try Hello(payload: Frame(bytes: hello.frame()).payload) == hello)
        let request = CallRequest(
            target: .function("f", .list), node: 1, attempt: 2, seed: 3, dropped: [4],
            arguments: [.inline([5]), .shared(number: 6, offset: 7, count: 8)])
        let frame = try Frame(bytes: request.frame(call: 77))
        #expect(frame.kind == .call && frame.call == 77)
        #expect(try CallRequest(payload: frame.payload) == request)
        let chain = CallRequest(
            target: .chain([
                .init(name: "f", passing: .whole, arePrevious: [false]), .init(name: "g", passing: .tuple, arePrevious: [true, false]),
            ]), node: 1, attempt: 2, seed: 3, arguments: [.kept(number: 1, [5]), .known(number: 6)])
        #expect(try CallRequest(payload: Frame(bytes: chain.frame(call: 1)).payload) == chain)
        let keeping = Keeping(dropped: [7, 8], result: 9)
        #expect(try Keeping(payload: Frame(bytes: keeping.frame()).payload) == keeping)
        let record = RecordPosition(file: "data.csv", line: 3, text: "x,y")
        let failure = Failure(TaskError(.malformedRecord, "bad", hint: "look", record: record))
        let again = try Failure(payload: Frame(bytes: failure.frame(call: 1)).payload)
        #expect(again == failure)
        let error = try #require(again.error as? TaskError)
        #expect(error.code == .malformedRecord && error.record == record && error.hint == "look")
        #expect(try Failure(payload: Frame(bytes: Failure(CancellationError()).frame(call: 1)).payload).error is CancellationError)
    }

    @Test("frames of another version, kind or magic, or too long, are errors that say so")
    func headers() throws {
        var bytes = Frame(.log).bytes
        bytes[2] = 2
        #expect { try Frame(bytes: bytes) } throws: { "\($0)".contains("version 2 instead of 1") }
        bytes[2] = 1
        bytes[3] = 200
        #expect { try Frame(bytes: bytes) } throws: { "\($0)".contains("kind 200") }
        bytes[0] = 0
        #expect(throws: WireError.self) { try Frame(bytes: bytes) }
        bytes = Frame(.log).bytes
        bytes[15] = 0xff
        #expect { try Frame(bytes: bytes) } throws: { "\($0)".contains("more than") }
    }

    /// Decodes a frame in every way there is.
    private func digest(_ bytes: [UInt8]) -> Int {
        guard let frame = try? Frame(bytes: bytes) else { return 0 }
        var understood = 0
        if (try? Hello(payload: frame.payload)) != nil { understood += 1 }
        if (try? CallRequest(payload: frame.payload)) != nil { understood += 1 }
        if (try? Failure(payload: frame.payload)) != nil { understood += 1 }
        if (try? EncodedValue(payload: frame.payload)) != nil { understood += 1 }
        if (try? Keeping(payload: frame.payload)) != nil { understood += 1 }
        return understood
    }

    @Test("random and mutated frames are understood or refused, and nothing else")
    func fuzz() throws {
        var random = SplitMix64(seed: 2026)
        for sample in samples { #expect(digest(sample) >= 0) }
        for _ in 0..<10_000 {
            var bytes = samples[Int(random.next() % UInt64(samples.count))]
            switch random.next() % 4 {
            case 0:
                for _ in 0...(random.next() % 8) {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                }
            case 1: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
            case 2: bytes = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            default:
                // A valid header, so that what is inside is looked at.
                let payload = (0..<Int(random.next() % 120)).map { _ in UInt8(truncatingIfNeeded: random.next() % 4) }
                bytes = Frame(Frame.Kind.allCases[Int(random.next() % 9)], call: 1, payload: payload).bytes
            }
            _ = digest(bytes)
        }
    }

    @Test("a stream of mutated frames ends with an error or its end, never in the middle of nowhere")
    func streams() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<300 {
            let (writer, reader) = try Channel.pair()
            reader.setPatience(milliseconds: 1000)
            var bytes = (0..<4).flatMap { _ in samples[Int(random.next() % UInt64(samples.count))] }
            for _ in 0..<(random.next() % 4) { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
            if random.next() % 2 == 0 { bytes.removeLast(Int(random.next() % 40)) }
            #expect(writer.send(bytes))
            shutdown(writer.descriptor, Int32(SHUT_WR))
            var frames = 0
            reading: while frames <= 4 {
                do {
                    switch try reader.receive() {
                    case .frame: frames += 1
                    case .end: break reading
                    case .nothing:
                        Issue.record("waits for bytes that cannot come")
                        break reading
                    }
                } catch { break reading }
            }
            #expect(frames <= 4)
        }
    }

    @Test("values made of damaged bytes are refused")
    func values() throws {
        var random = SplitMix64(seed: 9)
        let formats = [
            ValueFormat([Int].self), ValueFormat(String.self), ValueFormat([String].self), ValueFormat([[Double]].self),
            ValueFormat((Int, String).self), ValueFormat([(String, [Int])].self), ValueFormat(String?.self),
        ]
        let codecs = try formats.map { try #require($0.codec) }
        for _ in 0..<10_000 {
            var bytes = (0..<Int(random.next() % 64)).map { _ in UInt8(truncatingIfNeeded: random.next() % 3) }
            if !bytes.isEmpty, random.next() % 2 == 0 { bytes[Int(random.next() % UInt64(bytes.count))] = 0xff }
            _ = try? bytes.withUnsafeBytes { try codecs[Int(random.next() % UInt64(codecs.count))].decode($0) }
        }
    }

    @Test("a real worker refuses random frames by ending, and does not hang")
    func worker() async throws {
        var random = SplitMix64(seed: 77)
        let arena = try Arena()
        for _ in 0..<12 {
            let worker = try WorkerProcess(WorkerCommand(path: workerPath), arena: arena)
            _ = try worker.greet(try ProgramIdentity.ofFile(workerPath), patience: 20)
            var bytes = samples[1]
            for _ in 0...2 { bytes[Int(random.next() % UInt64(bytes.count))] ^= UInt8(truncatingIfNeeded: random.next() | 1) }
            worker.calls.send(bytes)
            shutdown(worker.calls.descriptor, Int32(SHUT_WR))
            let exit = worker.waitForExit()
            #expect(exit.signal == nil, "the worker \(exit) after \(bytes)")
        }
    }
}

@Suite("Shared memory")
struct ArenaTests {
    @Test("blocks do not overlap, and what is freed is used again")
    func blocks() throws {
        let arena = try Arena()
        var random = SplitMix64(seed: 3), held: [(block: ArenaBlock, mark: UInt8)] = []
        for step in 0..<2000 {
            if held.count > 20 || (random.next() % 2 == 0 && !held.isEmpty) {
                let item = held.remove(at: Int(random.next() % UInt64(held.count)))
                #expect(item.block.bytes.first == item.mark && item.block.bytes.last == item.mark)
            } else {
                let block = try arena.allocate(1 + Int(random.next() % 40_000)), mark = UInt8(truncatingIfNeeded: step)
                block.bytes.initializeMemory(as: UInt8.self, repeating: mark)
                held.append((block, mark))
            }
        }
        let end = held.map { $0.block.offset + $0.block.count }.max() ?? 0
        #expect(end < 21 * 45_000 * 2)
        held = []
        #expect(arena.usedBytes == 0)
        #expect(throws: EngineError.self) { try arena.allocate(Int.max) }
    }
}
