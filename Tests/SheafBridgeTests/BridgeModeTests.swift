import CSheaf
import Foundation
import SheafCore
import SheafTesting
import SheafWorker
import Testing

@testable import sheaf_test_worker

/// A worker in bridge mode, seen from a worker of another system.
private final class BridgedWorker {
    let process: Int32
    let channel: Channel
    private var isReaped = false

    init() throws {
        let (own, other) = try Channel.pair()
        let environment = WorkerCommand.environment(without: []) + ["SHEAF_WORKER=bridge", "SWIFT_BACKTRACE=enable=no"]
        channel = Channel(dup(own.descriptor), maximumPayload: Frame.maximumBridgePayload)
        process = withCStrings([workerPath]) { arguments in
            withCStrings(environment) { environment in
                [other.descriptor].withUnsafeBufferPointer {
                    sheaf_spawn(workerPath, arguments, environment, $0.baseAddress, 1, STDERR_FILENO)
                }
            }
        }
        try #require(process > 0)
        guard case .frame(let frame) = try channel.receive(), frame.kind == .hello else { throw ConformanceFailure("no greeting") }
        let hello = try Hello(payload: frame.payload)
        #expect(hello.architecture == ProgramIdentity.architecture)
        #expect(hello.functions.contains("test.add"))
    }

    deinit {
        if isReaped { return }
        kill(-process, SIGKILL)
        _ = wait()
    }

    /// How it ended.
    func wait() -> WorkerExit {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        isReaped = true
        return WorkerExit(status: status)
    }

    func send(_ function: String, passing: NodeFunction.Passing = .tuple, call: UInt32 = 1, _ arguments: [[UInt8]]) {
        let request = CallRequest(
            target: .function(function, passing), node: 0, attempt: 1, seed: 0, arguments: arguments.map { .inline($0) })
        channel.send(request.frame(call: call))
    }

    func answer() throws -> Frame {
        guard case .frame(let frame) = try channel.receive() else { throw ConformanceFailure("no answer") }
        return frame
    }

    func result() throws -> [UInt8] { try Self.result(of: try answer()) }

    static func result(of frame: Frame) throws -> [UInt8] {
        guard frame.kind == .result, case .inline(let bytes) = try EncodedValue(payload: frame.payload) else {
            throw ConformanceFailure("a frame of kind \(frame.kind)")
        }
        return bytes
    }
}

private func bytes(_ number: Int) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }

@Suite("A worker in bridge mode", .timeLimit(.minutes(2)))
struct BridgeModeTests {
    @Test("runs synchronous and async functions, one after the other, with all values inline")
    func calls() throws {
        let worker = try BridgedWorker()
        for number in 0..<20 {
            worker.send("test.add", call: UInt32(number), [bytes(number), bytes(2)])
            #expect(try worker.result() == bytes(number + 2))
            worker.send("test.waits", passing: .whole, call: UInt32(number), [bytes(number)])
            #expect(try worker.result() == bytes(number))
        }
    }

    @Test("a call is the bytes of its prefix, the count of its arguments, and the arguments")
    func prefix() throws {
        let worker = try BridgedWorker()
        let request = CallRequest(target: .function("test.add", .tuple), node: 0, attempt: 1, seed: 0, arguments: [])
        var payload = request.prefix + [2, 0, 0, 0]
        for number in [40, 2] { payload += [0, 8, 0, 0, 0, 0, 0, 0, 0] + bytes(number) }
        worker.channel.send(Frame(.call, call: 7, payload: payload).bytes)
        let frame = try worker.answer()
        #expect(frame.call == 7)
        #expect(try EncodedValue(payload: frame.payload) == .inline(bytes(42)))
    }

    @Test("values of more bytes than a frame has elsewhere come and go")
    func large() throws {
        let worker = try BridgedWorker(), count = 300 << 20
        worker.send("test.bytes", passing: .whole, [bytes(count)])
        let frame = try worker.answer()
        #expect(frame.payload.count == 1 + 8 + 8 + count)
        worker.send("test.sum", passing: .whole, [Array(frame.payload[9...])])
        #expect(try worker.result() == bytes(count))
    }

    @Test("functions of a chain run in one call, each with the result of the one before")
    func chain() throws {
        let worker = try BridgedWorker()
        func ask(_ steps: [CallTarget.Step], _ arguments: [[UInt8]]) throws -> Frame {
            let request = CallRequest(
                target: .chain(steps), node: 0, attempt: 1, seed: 0, arguments: arguments.map { .inline($0) })
            worker.channel.send(request.frame(call: 1))
            return try worker.answer()
        }
        let first = CallTarget.Step(name: "test.add", passing: .tuple, arePrevious: [false, false])
        let again = CallTarget.Step(name: "test.add", passing: .tuple, arePrevious: [false, true])
        let twice = CallTarget.Step(name: "test.add", passing: .tuple, arePrevious: [true, true])
        let frame = try ask([first, again, twice], [bytes(1), bytes(2), bytes(10)])
        #expect(try EncodedValue(payload: frame.payload) == .inline(bytes(26)))
        for (steps, arguments) in [([first, twice], [bytes(1)]), ([first, twice], [bytes(1), bytes(2), bytes(3)])] {
            let failure = try Failure(payload: try ask(steps, arguments).payload)
            #expect(failure.code == ErrorCode.protocolViolation.rawValue)
        }
        let waits = CallTarget.Step(name: "test.waits", passing: .whole, arePrevious: [true])
        #expect(try Failure(payload: try ask([first, waits], [bytes(1), bytes(2)]).payload).code == ErrorCode.protocolViolation.rawValue)
        #expect(try EncodedValue(payload: try ask([first], [bytes(1), bytes(2)]).payload) == .inline(bytes(3)))
    }

    @Test("values that are kept need not be sent again, until they are dropped")
    func keep() throws {
        let worker = try BridgedWorker(), count = 100_000
        func ask(_ function: String, _ argument: EncodedValue) throws -> Frame {
            let request = CallRequest(target: .function(function, .whole), node: 0, attempt: 1, seed: 0, arguments: [argument])
            worker.channel.send(request.frame(call: 1))
            return try worker.answer()
        }
        worker.channel.send(Keeping(result: 5).frame())
        let list = try BridgedWorker.result(of: try ask("test.bytes", .inline(bytes(count))))
        #expect(try BridgedWorker.result(of: try ask("test.sum", .known(number: 5))) == bytes(count))
        #expect(try BridgedWorker.result(of: try ask("test.sum", .kept(number: 6, list))) == bytes(count))
        #expect(try BridgedWorker.result(of: try ask("test.sum", .known(number: 6))) == bytes(count))
        // Only the next result is kept, and none that is small.
        _ = try ask("test.bytes", .inline(bytes(count)))
        worker.channel.send(Keeping(dropped: [5, 77], result: 7).frame())
        _ = try ask("test.bytes", .inline(bytes(10)))
        for number: UInt64 in [5, 7] {
            let failure = try Failure(payload: try ask("test.sum", .known(number: number)).payload)
            #expect(failure.code == ErrorCode.protocolViolation.rawValue)
        }
        #expect(try BridgedWorker.result(of: try ask("test.sum", .known(number: 6))) == bytes(count))
    }

    @Test("errors come back, and the worker goes on")
    func errors() throws {
        let worker = try BridgedWorker()
        worker.send("no such function", [])
        let unknown = try worker.answer()
        #expect(unknown.kind == .failure)
        #expect(try Failure(payload: unknown.payload).error is PlanError)
        worker.send("test.unencodable", passing: .whole, [bytes(1)])
        #expect(try worker.answer().kind == .failure)
        worker.channel.send(Frame(.prepare, payload: [1, 2, 3]).bytes)
        worker.send("test.add", [bytes(1), bytes(2)])
        #expect(try Failure(payload: try worker.answer().payload).code == ErrorCode.protocolViolation.rawValue)
        worker.send("test.add", [bytes(1), bytes(2)])
        #expect(try worker.result() == bytes(3))
    }

    @Test("a cancelled call ends with that, whether it waits or has not begun")
    func cancel() throws {
        let worker = try BridgedWorker(), begun = try TemporaryFolder()
        let started = try SignalPipe(begun.path("f.started"))
        var arguments: [UInt8] = []
        try ValueCodec<String>.find()?.write(begun.path("f"), &arguments)
        worker.send("conformance.forever", call: 5, [arguments, bytes(1)])
        try waitFor(started)
        worker.channel.send(Frame(.cancel, call: 5).bytes)
        let frame = try worker.answer()
        #expect(frame.call == 5 && frame.kind == .failure)
        worker.channel.send(Frame(.cancel, call: 6).bytes)
        worker.send("test.add", call: 6, [bytes(1), bytes(2)])
        #expect(try worker.answer().kind == .failure)
        worker.send("test.add", call: 7, [bytes(1), bytes(2)])
        #expect(try worker.result() == bytes(3))
    }

    private func waitFor(_ pipe: SignalPipe) throws {
        let file = open(pipe.path, O_RDONLY)
        defer { close(file) }
        var byte: UInt8 = 0
        #expect(read(file, &byte, 1) == 1)
    }

    @Test("it ends when the other end is gone, also in the middle of a call", arguments: ["test.nothing", "test.spin"])
    func lifeline(function: String) throws {
        let worker = try BridgedWorker(), begun = try TemporaryFolder()
        let started = try SignalPipe(begun.path("f.started"))
        if function == "test.spin" {
            var argument: [UInt8] = []
            try ValueCodec<String>.find()?.write(begun.path("f"), &argument)
            worker.send(function, passing: .whole, [argument])
            try waitFor(started)
        }
        let begin = ContinuousClock.now
        shutdown(worker.channel.descriptor, Int32(SHUT_RDWR))
        let exit = worker.wait()
        #expect(exit.code == 0 && exit.signal == (function == "test.spin" ? SIGKILL : nil))
        #expect(ContinuousClock.now - begin < .seconds(1))
    }

    @Test("it ends when it is told to, and for what is no frame")
    func ends() throws {
        let told = try BridgedWorker()
        told.channel.send(Frame(.shutdown).bytes)
        #expect(told.wait().code == 0)
        for bytes in [[UInt8](repeating: 0xff, count: 64), Frame(.hello).bytes, Frame(.call, payload: [1, 2]).bytes] {
            let worker = try BridgedWorker()
            worker.channel.send(bytes)
            #expect(worker.wait().code == 3)
        }
    }

    @Test("a crash ends it, and says how")
    func crash() throws {
        let worker = try BridgedWorker()
        worker.send("test.overrun", passing: .whole, [[1, 0, 0, 0, 0, 0, 0, 0] + bytes(7)])
        guard case .end = try worker.channel.receive() else { throw ConformanceFailure("an answer") }
        #expect([SIGILL, SIGTRAP].contains(worker.wait().signal))
    }
}
