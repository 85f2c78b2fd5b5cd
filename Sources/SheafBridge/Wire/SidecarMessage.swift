package import SheafWorker

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a sidecar says.
package enum SidecarMessage: Sendable {
    /// First of all: what there is.
    case hello(Answer)
    case answer(Int, Answer)
    case progress(run: String, RunProgress)
    case tasks(run: String, [TaskReport])
    /// A result that was asked for is ready, and stays on the engine.
    case output(run: String, key: String, bytes: Int)
    /// What a task had to say beside its result, as ``NodeValue/Remarks`` writes it.
    case remarks(run: String, key: String, [UInt8])
    /// The first cause of a run's failure.
    case error(run: String, TaskFailure)
    /// Nothing more comes about the run.
    case done(run: String, ok: Bool)
    /// Text of a worker.
    case log(String)
    /// The engine is gone.
    case failed(String)
    /// Goodbye.
    case closed
}

/// The answer to a message with an id.
package struct Answer: Sendable {
    /// What kind of error it is, and its text, unless all went well.
    var problem: (kind: String, text: String)?
    var value: [UInt8]?
    var workers: [EngineWorker] = []
    var address: String?
    var dashboard: String?
    /// Of Python and of the engine.
    var versions: [String: String] = [:]
    /// Which Python it is, the hash of the program's file, and what cannot be imported; in the first message.
    var hello: (python: String, hash: String, missing: [String])?
}

/// A worker of the engine.
package struct EngineWorker: Sendable, Decodable {
    var name: String
    var cores: Double?
    var memory: Double?
}

/// Counts of a run's tasks.
package struct RunProgress: Sendable {
    var done = 0, running = 0, failed = 0, waiting = 0
}

/// Something that happened to a task.
package struct TaskReport: Sendable {
    package enum Kind: String, Sendable { case started, finished, failed, retried }
    var key: String
    var kind: Kind
    /// Seconds since 1970.
    var time: Double
    var worker: String
}

/// Why a run failed.
package struct TaskFailure: Sendable {
    package enum Kind: String, Sendable {
        /// The function threw.
        case failure
        /// The program ended while it ran the task.
        case crashed
        /// Workers of the engine were lost too often.
        case lost
        case cancelled
        /// The program cannot run on a worker.
        case program
        /// No worker has what a task asks for.
        case resources
        case engine
    }
    var key: String
    var kind: Kind
    var text: String
    var worker: String
    /// The error, as the program wrote it.
    var payload: [UInt8]?
}

extension SidecarMessage {
    /// - Throws: ``WireError`` for what is no message of the protocol.
    package init(_ frame: SidecarFrame) throws(WireError) {
        let fields: Fields
        do { fields = try JSONDecoder().decode(Fields.self, from: Data(frame.header)) } catch {
            throw WireError("a message that cannot be read: \(String(decoding: frame.header.prefix(200), as: UTF8.self))")
        }
        func need<T>(_ value: T?, _ name: String) throws(WireError) -> T {
            guard let value else { throw WireError("a message “\(fields.op)” without “\(name)”") }
            return value
        }
        func count(_ value: Int?, _ name: String) throws(WireError) -> Int {
            let value = try need(value, name)
            guard value >= 0 else { throw WireError("a message “\(fields.op)” with “\(name)” \(value)") }
            return value
        }
        switch fields.op {
        case "hello", "answer":
            var answer = Answer(
                value: frame.buffers.first, workers: fields.workers ?? [], address: fields.address, dashboard: fields.dashboard,
                versions: fields.versions ?? [:])
            if fields.op == "hello" {
                answer.hello = (try need(fields.python, "python"), try need(fields.hash, "hash"), try need(fields.missing, "missing"))
                self = .hello(answer)
                return
            }
            if try !need(fields.ok, "ok") { answer.problem = (fields.kind ?? "engine", fields.text ?? "no reason was given") }
            self = .answer(try need(fields.id, "id"), answer)
        case "progress":
            self = .progress(
                run: try need(fields.run, "run"),
                RunProgress(
                    done: try count(fields.done, "done"), running: try count(fields.running, "running"),
                    failed: try count(fields.failed, "failed"), waiting: try count(fields.waiting, "waiting")))
        case "tasks": self = .tasks(run: try need(fields.run, "run"), try need(fields.events, "events").map(\.report))
        case "output":
            self = .output(run: try need(fields.run, "run"), key: try need(fields.key, "key"), bytes: try count(fields.bytes, "bytes"))
        case "remarks":
            self = .remarks(
                run: try need(fields.run, "run"), key: try need(fields.key, "key"), try need(frame.buffers.first, "a buffer"))
        case "error":
            let text = try need(fields.kind, "kind")
            guard let kind = TaskFailure.Kind(rawValue: text) else { throw WireError("an error of the unknown kind “\(text)”") }
            self = .error(
                run: try need(fields.run, "run"),
                TaskFailure(
                    key: fields.key ?? "", kind: kind, text: fields.text ?? "", worker: fields.worker ?? "", payload: frame.buffers.first))
        case "done": self = .done(run: try need(fields.run, "run"), ok: try need(fields.ok, "ok"))
        case "log": self = .log(try need(fields.text, "text"))
        case "failed": self = .failed(fields.text ?? "no reason was given")
        case "closed": self = .closed
        default: throw WireError("a message of the unknown kind “\(fields.op)”")
        }
    }

    /// The header's fields, of all kinds of messages.
    private struct Fields: Decodable {
        var op: String
        var id: Int?
        var ok: Bool?
        var kind: String?
        var text: String?
        var run: String?
        var key: String?
        var bytes: Int?
        var worker: String?
        var done: Int?
        var running: Int?
        var failed: Int?
        var waiting: Int?
        var events: [Event]?
        var workers: [EngineWorker]?
        var address: String?
        var dashboard: String?
        var versions: [String: String]?
        var python: String?
        var hash: String?
        var missing: [String]?
    }

    /// `[key, kind, seconds, worker]`.
    private struct Event: Decodable {
        let report: TaskReport

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            let key = try list.decode(String.self), text = try list.decode(String.self)
            guard let kind = TaskReport.Kind(rawValue: text) else {
                throw DecodingError.dataCorruptedError(in: list, debugDescription: "unknown event")
            }
            report = TaskReport(key: key, kind: kind, time: try list.decode(Double.self), worker: try list.decode(String.self))
        }
    }
}
