internal import CADBC
public import SheafCore

/// What a database, or its driver, refused or could not finish: what was asked, and why not.
public struct DatabaseError: SheafError {
    /// The database, without its password.
    public let database: String
    /// The five letters and digits by which SQL classes errors, such as `42P01` for an unknown table; nil where there are none, as for
    /// SQLite.
    public let sqlState: String?
    /// The statement, or what was being done.
    public let statement: String
    public let code: ErrorCode
    public let message: String
    public var node: String?
    public var location: SourceLocation?
    public var cause: (any Error)?
    public var hint: String?

    init(
        _ code: ErrorCode, _ message: String, database: Database, sqlState: String? = nil, statement: String, hint: String? = nil
    ) {
        self.code = code
        self.message = database.redacted(message)
        self.database = database.description
        self.sqlState = sqlState
        self.statement = database.redacted(statement)
        self.hint = hint ?? Self.advice(sqlState)
    }

    private static func advice(_ sqlState: String?) -> String? {
        switch sqlState {
        case "42P01": "make the table first, or check its name and schema: unquoted names are lower case in PostgreSQL"
        case "42703": "the columns' names are those of the row type in snake case, unless columnNaming or CodingKeys say otherwise"
        case "28P01", "28000": "check the user and the password: in the URL, in PGPASSWORD, or in ~/.pgpass"
        case "42501": "ask for the right to do this, or connect as another user"
        case "57P01", "57P02", "08006": "the server ended the connection; look into its log, then run this again"
        case "23514": "a row breaks a check of the table, or is in none of its partitions: rows without a day are in none"
        case "53300": "the server has no connection left; close others, or raise max_connections"
        default: nil
        }
    }

    public var description: String {
        var text = "\(message) [\(code)\(sqlState.map { ", SQLSTATE \($0)" } ?? "")]\n  database: \(database)\n  asked: \(shortened)"
        if let node { text += "\n  node: \(node)" }
        if let location { text += "\n  made at: \(location)" }
        if let cause { text += "\n  cause: \(cause)" }
        if let hint { text += "\n  hint: \(hint)" }
        return text
    }

    private var shortened: String { statement.count > 300 ? statement.prefix(300) + "…" : statement }
}

/// A load that was not finished: what is in the database all the same, and why there is no more.
public struct LoadError: SheafError {
    /// What was committed before the failure: rows, batches, partitions, seconds.
    public let committed: LoadReport
    /// Rows of the batch whose commit was never answered, so that they may be there or not; usually 0.
    public let rowsInDoubt: Int
    public let code: ErrorCode
    public let message: String
    public var node: String?
    public var location: SourceLocation?
    public var cause: (any Error)?
    public var hint: String?

    init(_ committed: LoadReport, rowsInDoubt: Int, mode: LoadMode, cause: any Error) {
        self.committed = committed
        self.rowsInDoubt = rowsInDoubt
        self.cause = cause
        code = (cause as? any SheafError)?.code ?? .failed
        let doubt = rowsInDoubt > 0 ? "; \(rowsInDoubt) more may be, as the commit was not answered" : ""
        message =
            committed.rows == 0 && rowsInDoubt == 0
            ? "loading \(committed.table) failed, and nothing was committed"
            : "loading \(committed.table) failed after \(committed.rows) rows were committed, in \(committed.batches) batches\(doubt)"
        switch mode {
        case .append where committed.rows > 0:
            hint = "the rows committed stay: load the rest alone, or load all with .replace"
        case .append, .create, .replace:
            hint = (cause as? any SheafError)?.hint ?? "the table is as it was before; run this again when the cause is gone"
        }
    }
}

extension ErrorCode {
    /// The database, or its driver, refused a statement or failed at it.
    public static let databaseError = ErrorCode(rawValue: "databaseError")
    /// A table was to be made that is there already.
    public static let tableExists = ErrorCode(rawValue: "tableExists")
}
