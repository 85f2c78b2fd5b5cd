internal import SheafCore
internal import Synchronization

/// The connections of one database: each query has one of its own. Calls block.
final class ConnectionPool: Sendable {
    private struct State {
        var database: NativeDatabase?
        var idle: [NativeConnection] = []
        var all: [ObjectIdentifier: NativeConnection] = [:]
    }
    private let state: Locked<State>

    init(_ database: NativeDatabase) { state = Locked(State(database: database)) }

    var database: NativeDatabase {
        get throws {
            guard let database = state.withLock(\.database) else {
                throw EngineError(.closed, "the database is closed", hint: "open it again")
            }
            return database
        }
    }

    /// A connection that nobody else uses, until it is given back or closed.
    func lease() throws -> NativeConnection {
        let database = try database
        if let connection = state.withLock({ $0.idle.popLast() }) { return connection }
        let connection = try NativeConnection(database)
        let isOpen = state.withLock {
            if $0.database != nil { $0.all[ObjectIdentifier(connection)] = connection }
            return $0.database != nil
        }
        guard isOpen else { throw EngineError(.closed, "the database is closed") }
        return connection
    }

    /// Takes back a connection without an open result.
    func giveBack(_ connection: NativeConnection) {
        do {
            for name in connection.registered { try connection.unregister(name) }
        } catch {
            // A connection that keeps a name is of no use to others.
            discard(connection)
            return
        }
        let isKept = state.withLock {
            guard $0.database != nil, $0.idle.count < Self.mostIdle else { return false }
            $0.idle.append(connection)
            return true
        }
        if !isKept { discard(connection) }
    }

    func discard(_ connection: NativeConnection) {
        state.withLock { _ = $0.all.removeValue(forKey: ObjectIdentifier(connection)) }
        connection.close()
    }

    private static let mostIdle = 16

    /// Closes what nobody uses; for a database that is let go of while results are still open.
    func closeIdle() {
        let connections = state.withLock { state in
            defer { state.idle = [] }
            return state.idle
        }
        for connection in connections { discard(connection) }
    }

    /// Ends all queries and closes everything.
    func close() {
        let (database, connections) = state.withLock { state in
            defer { state = State() }
            return (state.database, Array(state.all.values))
        }
        for connection in connections { connection.close() }
        _ = database
    }
}
