import ArgumentParser
import Foundation
import Sheaf

/// A report of what users did, by day and action, from logs of any size.
struct LogReport: TableJob {
    static let name = "log-report"
    static let abstract = "Events, users, top pages and durations of each day and action in a log of users' behaviour."

    @Argument(
        help:
            "CSV files, or patterns of them, with a header and the columns time, user_id, action, page and duration_ms (which may be empty)."
    )
    var files: [String]

    @Option(help: "Pages to name for each day and action.")
    var pages = 3

    struct Event: TableRow {
        var time: Date
        var userID: String
        var action: String
        var page: String
        var durationMs: Double?
    }

    func table(_ session: Session) -> Table<AnyRow> {
        let events = session.csv(files, as: Event.self)
        let totals =
            events
            .grouped { (day: $0.time.date, action: $0.action) }
            .aggregate {
                (
                    day: $0.key.day, action: $0.key.action, events: $0.count(), users: $0.countDistinct(\.userID),
                    p95Ms: $0.quantile(\.durationMs, 0.95)
                )
            }
        let visited =
            events
            .grouped { (day: $0.time.date, action: $0.action, page: $0.page) }
            .aggregate { (day: $0.key.day, action: $0.key.action, page: $0.key.page, visits: $0.count()) }
            .select {
                (
                    day: $0.day, action: $0.action, page: $0.page,
                    place: $0.window(partitionedBy: [$0.day.key, $0.action.key], orderedBy: [$0.visits.descending, $0.page.ascending])
                        .rowNumber()
                )
            }
            .filter { $0.place <= pages }
            .grouped { (day: $0.day, action: $0.action) }
            .aggregate { (day: $0.key.day, action: $0.key.action, pages: $0.list(\.page) { [$0.place.ascending] }) }
        return
            totals
            .join(visited) { $0.day == $1.day && $0.action == $1.action }
            .select {
                (
                    day: $0.left.day, action: $0.left.action, events: $0.events, users: $0.users, p95Ms: $0.p95Ms,
                    topPages: $0.pages.joined(separator: ", ")
                )
            }
            .sorted { [$0.day.ascending, $0.action.ascending] }
            .untyped
    }
}
