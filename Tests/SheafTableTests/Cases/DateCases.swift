import Foundation
import SheafTable

extension TableCase {
    static let dates: [TableCase] = [
        TableCase("day: parts") { $0.sales.select { (id: $0.id, y: $0.day.year, q: $0.day.quarter, m: $0.day.month, d: $0.day.day) } },
        TableCase("day: of week and year") { $0.sales.select { (id: $0.id, w: $0.day.weekday, n: $0.day.dayOfYear, k: $0.day.week) } },
        TableCase("day: truncated") {
            $0.sales.select {
                (
                    id: $0.id, y: $0.day.truncated(to: .year), q: $0.day.truncated(to: .quarter), m: $0.day.truncated(to: .month),
                    w: $0.day.truncated(to: .week)
                )
            }
        },
        TableCase("day: formatted") { $0.sales.select { (id: $0.id, a: $0.day.formatted("%Y/%m/%d"), b: $0.day.formatted("%j")) } },
        TableCase("day: names") { $0.sales.select { (id: $0.id, a: $0.day.weekdayName, b: $0.day.monthName) } },
        TableCase("day: adding") {
            $0.sales.select {
                (
                    id: $0.id, a: $0.day.adding(days: 30), b: $0.day.adding(1, .month), c: $0.day.adding(-1, .year),
                    d: $0.day.adding(2, .week), e: $0.day.adding($0.id, .day)
                )
            }
        },
        TableCase("day: last of month") { $0.sales.select { (id: $0.id, a: $0.day.lastDayOfMonth) } },
        TableCase("day: differences") {
            $0.sales.select {
                (
                    id: $0.id, days: $0.day.days(since: CalendarDate(daysSince1970: 19_750)),
                    months: $0.day.difference(in: .month, since: CalendarDate(daysSince1970: 19_388)),
                    back: $0.day.adding(days: 10).days(since: $0.day)
                )
            }
        },
        TableCase("day: grouped by month") {
            $0.sales.grouped { $0.day.truncated(to: .month) }.aggregate { (month: $0.key, n: $0.count()) }
        },
        TableCase("day: least and greatest") { $0.sales.aggregate { (first: $0.min(\.day), last: $0.max(\.day)) } },
        TableCase("time: parts") {
            $0.readings.select { (h: $0.time.hour, m: $0.time.minute, s: $0.time.second, d: $0.time.date, v: $0.value) }
        },
        TableCase("time: truncated") {
            $0.readings.select { (h: $0.time.truncated(to: .hour), m: $0.time.truncated(to: .minute), d: $0.time.truncated(to: .day)) }
        },
        TableCase("time: adding") {
            $0.readings.select { (a: $0.time.adding(seconds: 90), b: $0.time.adding(2, .hour), c: $0.time.adding(1, .month)) }
        },
        TableCase("time: differences") {
            $0.readings.select {
                (
                    s: $0.time.seconds(since: Column(Date(timeIntervalSince1970: 1_709_200_800))),
                    h: $0.time.difference(in: .hour, since: Date(timeIntervalSince1970: 1_709_200_800))
                )
            }
        },
        TableCase("time: formatted, seconds since 1970") {
            $0.readings.select { (a: $0.time.formatted("%H:%M:%S"), b: $0.time.secondsSince1970) }
        },
        TableCase("time: filter") { $0.readings.filter { $0.time > Date(timeIntervalSince1970: 1_709_204_400) } },
    ]
}
