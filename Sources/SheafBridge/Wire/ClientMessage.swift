internal import SheafCore

/// What a sidecar is told: the headers of messages, as JSON text.
enum ClientMessage {
    /// Reach an engine, or start a small one of its own where there is no address.
    struct Connect {
        var engine: String
        var address: String
        /// Of an engine of its own.
        var workers: Int
        var program: String
        var hash: String
        var architecture: String
        var minimumWorkers: Int
        var timeout: Double
    }

    static func connect(_ id: Int, _ request: Connect) -> SidecarFrame {
        frame("connect", id) { text in
            text.field("engine", request.engine)
            text.field("address", request.address)
            if request.address.isEmpty { text.field("workers", request.workers) }
            text.field("program", request.program)
            text.field("hash", request.hash)
            text.field("arch", request.architecture)
            text.field("min_workers", request.minimumWorkers)
            text.field("timeout", request.timeout)
        }
    }

    /// Start a cluster, for `sheaf up`.
    static func up(_ id: Int, engine: String, workers: Int, port: Int) -> SidecarFrame {
        frame("up", id) { text in
            text.field("engine", engine)
            text.field("workers", workers)
            text.field("port", port)
        }
    }

    static func put(_ id: Int, key: String, _ value: [UInt8]) -> SidecarFrame {
        var message = frame("put", id) { $0.field("key", key) }
        message.buffers = [value]
        return message
    }

    static func fetch(_ id: Int, key: String) -> SidecarFrame { frame("fetch", id) { $0.field("key", key) } }

    static func release(_ keys: [String]) -> SidecarFrame {
        frame("release") { text in text.list("keys", keys) { $0.append(quoted: $1) } }
    }

    static func cancel(run: String) -> SidecarFrame { frame("cancel") { $0.field("run", run) } }

    /// Make an object.
    static func makeActor(_ id: Int, _ actor: String, prefix: [UInt8], input: [UInt8]) -> SidecarFrame {
        call("actor_new", id, actor, prefix, input)
    }

    /// Call a method of an object.
    static func callActor(_ id: Int, _ actor: String, prefix: [UInt8], input: [UInt8]) -> SidecarFrame {
        call("actor_call", id, actor, prefix, input)
    }

    private static func call(_ operation: String, _ id: Int, _ actor: String, _ prefix: [UInt8], _ input: [UInt8]) -> SidecarFrame {
        var message = frame(operation, id) { text in
            text.field("actor", actor)
            text.field("prefix", 0)
            text.list("args", [1]) { $0.append("[\"buffer\",\($1)]") }
        }
        message.buffers = [prefix, input]
        return message
    }

    /// Tell a call that its result is not wanted.
    static func cancelActor(_ actor: String, call: Int) -> SidecarFrame {
        frame("actor_cancel") { text in
            text.field("actor", actor)
            text.field("call", call)
        }
    }

    static func endActor(_ actor: String) -> SidecarFrame { frame("actor_end") { $0.field("actor", actor) } }

    static func info(_ id: Int) -> SidecarFrame { frame("info", id) { _ in } }
    static func close(_ id: Int) -> SidecarFrame { frame("close", id) { _ in } }

    /// What runs.
    struct Submission {
        struct Task {
            var key: String
            var name: String
            /// Which buffer holds the beginning of the call.
            var prefix: Int
            var arguments: [Argument]
            /// Further attempts, should the first fail.
            var retries: Int
            var hints = SchedulingHints.none
            /// Cores that it keeps busy.
            var cores = 1
            /// Bytes that it takes, where that is worth planning with; else 0.
            var memory = 0
        }
        enum Argument {
            case key(String)
            case buffer(Int)
        }
        /// What a program is given before the first call: the name under which it is known, and the buffer that holds it.
        var preparation: (token: String, buffer: Int)?
        var tasks: [Task] = []
        var outputs: [String] = []
        /// Whether every task's start and end is told.
        var tellsTasks = false
        var buffers: [[UInt8]] = []
    }

    static func submit(run: String, _ submission: Submission) -> SidecarFrame {
        var message = frame("submit") { text in
            text.field("run", run)
            if let (token, buffer) = submission.preparation {
                text.field("token", token)
                text.field("prepare", buffer)
            }
            text.field("detail", submission.tellsTasks ? "tasks" : "progress")
            // What does not depend on a task that failed runs to its end.
            text.field("on_error", "finish")
            text.list("outputs", submission.outputs) { $0.append(quoted: $1) }
            text.list("tasks", submission.tasks) { text, task in
                text.object {
                    $0.field("key", task.key)
                    $0.field("name", task.name)
                    $0.field("prefix", task.prefix)
                    $0.field("retries", task.retries)
                    if task.hints.priority != 0 { $0.field("priority", task.hints.priority) }
                    if task.cores != 1 { $0.field("cores", task.cores) }
                    if task.memory > 0 { $0.field("memory", task.memory) }
                    if !task.hints.resources.isEmpty {
                        $0.object("resources") { text in
                            for (name, amount) in task.hints.resources.sorted(by: { $0.key < $1.key }) { text.field(name, amount) }
                        }
                    }
                    $0.list("args", task.arguments) { text, argument in
                        switch argument {
                        case .key(let key):
                            text.append("[\"key\",")
                            text.append(quoted: key)
                            text.append("]")
                        case .buffer(let index): text.append("[\"buffer\",\(index)]")
                        }
                    }
                }
            }
        }
        message.buffers = submission.buffers
        return message
    }

    private static func frame(_ operation: String, _ id: Int? = nil, _ body: (inout JSONWriter) -> Void) -> SidecarFrame {
        var text = JSONWriter()
        text.object {
            $0.field("op", operation)
            if let id { $0.field("id", id) }
            body(&$0)
        }
        return SidecarFrame(header: text.bytes)
    }
}

/// Writes JSON text.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether a comma has to stand before the next field or item.
    private var isFirst = true

    mutating func append(_ text: String) { bytes += text.utf8 }

    mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                append("\\u00")
                append(byte < 16 ? "0" : "1")
                append(String(byte & 15, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func field(_ name: String, _ value: String) {
        begin(name)
        append(quoted: value)
    }

    mutating func field(_ name: String, _ value: some FixedWidthInteger) {
        begin(name)
        append("\(value)")
    }

    mutating func field(_ name: String, _ value: Double) {
        begin(name)
        append("\(value)")
    }

    mutating func list<Item>(_ name: String, _ items: [Item], _ write: (inout JSONWriter, Item) -> Void) {
        begin(name)
        append("[")
        for (index, item) in items.enumerated() {
            if index > 0 { append(",") }
            write(&self, item)
        }
        append("]")
    }

    mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
        begin(name)
        object(body)
    }

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        let outer = isFirst
        isFirst = true
        append("{")
        body(&self)
        append("}")
        isFirst = outer
    }

    private mutating func begin(_ name: String) {
        if !isFirst { append(",") }
        isFirst = false
        append(quoted: name)
        append(":")
    }
}
