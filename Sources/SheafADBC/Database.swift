internal import Foundation
internal import SheafCore

/// A database that tables are read from and written to, through its ADBC driver.
///
/// Making one contacts nobody; each read and each load has a connection of its own. Its description, and all errors, leave passwords out.
public struct Database: Sendable, CustomStringConvertible, CustomReflectable {
    enum Kind: String, Hashable, Sendable { case postgresql, sqlite }
    let kind: Kind
    /// What the driver is given.
    let location: String
    /// Texts that no message may have in it.
    private let secrets: [String]
    public let description: String
    /// What is wrong with the location; thrown when the database is first used.
    let problem: PlanError?

    /// A PostgreSQL server's database: `postgresql://user@host:5432/name`.
    ///
    /// What the URL leaves out comes from where PostgreSQL's own programs look: `PGPASSWORD`, `~/.pgpass` and the like. Signs in a
    /// password that mean something in a URL are written as `%40` and so on.
    public static func postgresql(_ url: String) -> Database {
        let parts = PostgreSQLLocation(url)
        return Database(kind: .postgresql, location: url, secrets: parts.secrets, description: parts.shown, problem: parts.problem)
    }

    /// A file of SQLite's, made when it is first written to.
    public static func sqlite(_ path: String) -> Database {
        var problem: PlanError?
        if path.isEmpty || path.utf8.contains(0) {
            problem = PlanError(.invalidArgument, "“\(path)” is no path of a SQLite file", hint: "name a file")
        }
        return Database(kind: .sqlite, location: path, secrets: [], description: "sqlite:\(path)", problem: problem)
    }

    /// Nothing but the description, for debuggers and `dump`.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// A text without the password, should the driver have put it there.
    func redacted(_ text: String) -> String {
        var text = text.replacing(location, with: description)
        for secret in secrets { text = text.replacing(secret, with: "…") }
        return text
    }
}

/// The parts of a PostgreSQL URL that matter here: what is secret, and what can be shown.
private struct PostgreSQLLocation {
    var secrets: [String] = []
    var shown = "postgresql://…"
    var problem: PlanError?

    init(_ url: String) {
        let hint = "write postgresql://user:password@host:port/database, and signs such as @, / and ? in a password as %40, %2F and %3F"
        guard let scheme = ["postgresql://", "postgres://"].first(where: url.hasPrefix), !url.utf8.contains(0) else {
            problem = PlanError(.invalidArgument, "the location of a PostgreSQL database is no postgresql:// URL", hint: hint)
            return
        }
        let rest = url.dropFirst(scheme.count)
        let query = rest.firstIndex(of: "?")
        let main = rest[..<(query ?? rest.endIndex)]
        var user = main[..<main.startIndex], host = main
        if let at = main.firstIndex(of: "@") { (user, host) = (main[..<at], main[main.index(after: at)...]) }
        // A second @, or a slash before the first, is part of a password that was not encoded: then nothing can be told apart.
        guard !host.contains("@"), !user.contains("/"), !rest.contains("#") else {
            problem = PlanError(.invalidArgument, "the PostgreSQL URL has a sign in it that has to be encoded", hint: hint)
            return
        }
        if let colon = user.firstIndex(of: ":") {
            hide(user[user.index(after: colon)...])
            user = user[..<colon]
        }
        var settings: [Substring] = []
        for setting in query.map({ rest[rest.index(after: $0)...].split(separator: "&") }) ?? [] {
            let pair = setting.split(separator: "=", maxSplits: 1)
            if pair.count == 2, ["password", "sslpassword", "passfile"].contains(pair[0].lowercased()) {
                hide(pair[1])
            } else {
                settings.append(setting)
            }
        }
        shown = scheme + (user.isEmpty ? "" : user + "@") + host + (settings.isEmpty ? "" : "?" + settings.joined(separator: "&"))
    }

    private mutating func hide(_ secret: Substring) {
        guard !secret.isEmpty else { return }
        guard let decoded = secret.removingPercentEncoding else {
            problem = PlanError(.invalidArgument, "the password in the PostgreSQL URL has a % that begins no code", hint: "write it as %25")
            return
        }
        secrets += [String(secret), decoded]
    }
}
