import SheafTable

extension TableCase {
    static let texts: [TableCase] = [
        TableCase("text: case") { $0.products.select { (code: $0.code, a: $0.name.uppercased, b: $0.name.lowercased) } },
        TableCase("text: count") { $0.sales.select { (id: $0.id, a: $0.product.count, b: $0.note.count) } },
        TableCase("text: reversed") { $0.products.select { (code: $0.code, a: $0.code.reversed) } },
        TableCase("text: trimmed") {
            $0.sales.select {
                (id: $0.id, a: $0.note.trimmed, b: $0.note.trimmedAtStart, c: $0.note.trimmedAtEnd, d: $0.product.trimmed(of: "ta"))
            }
        },
        TableCase("text: prefix, suffix, contains") {
            $0.sales.select {
                (id: $0.id, a: $0.product.hasPrefix("s"), b: $0.note.hasSuffix(" "), c: $0.note.contains("'"), d: $0.note.contains("%"))
            }
        },
        TableCase("text: contains a column") {
            $0.products.select {
                (code: $0.code, a: $0.name.contains($0.code), b: $0.name.hasPrefix($0.code), c: $0.name.hasSuffix($0.code))
            }
        },
        TableCase("text: like") {
            $0.products.select {
                (code: $0.code, a: $0.name.isLike("%a%"), b: $0.name.isLike("T__%"), c: $0.name.isLike("t%", ignoringCase: true))
            }
        },
        TableCase("text: matches") {
            $0.products.select { (code: $0.code, a: $0.name.matches("[aeiou]{2}"), b: $0.code.matchesWhole("[a-z]+")) }
        },
        TableCase("text: first match") {
            $0.products.select { (code: $0.code, a: $0.name.firstMatch(of: "[a-z]+"), b: $0.name.firstMatch(of: "(\\w)(\\w)", group: 2)) }
        },
        TableCase("text: all matches") { $0.products.select { (code: $0.code, a: $0.name.allMatches(of: "[aeiou]")) } },
        TableCase("text: replacing") {
            $0.products.select { (code: $0.code, a: $0.name.replacing("e", with: "<'>"), b: $0.code.translated("ae", to: "xy")) }
        },
        TableCase("text: replacing matches") {
            $0.products.select {
                (
                    code: $0.code, a: $0.name.replacingMatches(of: "([aeiou])", with: "<\\1>"),
                    b: $0.name.replacingFirstMatch(of: "[aeiou]", with: "*")
                )
            }
        },
        TableCase("text: substring") {
            $0.products.select {
                (code: $0.code, a: $0.name.substring(from: 1, count: 3), b: $0.name.substring(from: 2), c: $0.name.substring(from: -2))
            }
        },
        TableCase("text: first and last characters") { $0.products.select { (code: $0.code, a: $0.name.prefix(2), b: $0.name.suffix(3)) } },
        TableCase("text: parts") {
            $0.products.select {
                (
                    code: $0.code, a: $0.name.part(0, separatedBy: " "), b: $0.name.part(1, separatedBy: " "),
                    c: $0.name.part(-1, separatedBy: " ")
                )
            }
        },
        TableCase("text: split") { $0.products.select { (code: $0.code, a: $0.name.split(separator: " ")) } },
        TableCase("text: padded") {
            $0.products.select {
                (code: $0.code, a: $0.code.padded(to: 5), b: $0.code.paddedAtEnd(to: 6, with: "."), c: $0.name.padded(to: 3))
            }
        },
        TableCase("text: repeated") { $0.products.select { (code: $0.code, a: $0.code.repeated(2)) } },
        TableCase("text: first index") { $0.products.select { (code: $0.code, a: $0.name.firstIndex(of: "e")) } },
        TableCase("text: capitalized") { $0.products.select { (code: $0.code, a: $0.code.capitalized, b: $0.region.capitalized) } },
        TableCase("text: without accents") { $0.products.select { (code: $0.code, a: $0.name.withoutAccents) } },
        TableCase("text: edit distance") { $0.products.select { (code: $0.code, a: $0.code.editDistance(to: "salt")) } },
        TableCase("text: concatenated") {
            $0.sales.select {
                (id: $0.id, a: $0.product + "-" + $0.product, b: $0.region + $0.product, c: "<" + $0.note + ">", d: $0.product + $0.note)
            }
        },
        TableCase("text: joined, without nulls") {
            $0.sales.select { (id: $0.id, a: joined($0.region, $0.product, $0.note, separator: "|")) }
        },
        TableCase("text: to a day") {
            $0.sales.select { (id: $0.id, a: $0.day.formatted("%d.%m.%Y").date(format: "%d.%m.%Y"), b: $0.note.date(format: "%Y-%m-%d")) }
        },
        TableCase("text: compared") {
            $0.sales.select { (id: $0.id, a: $0.product < "salt", b: $0.region >= "south", c: $0.product == $0.note) }
        },
        TableCase("text: quotes, reserved words, other scripts") {
            $0.products.sorted(by: \.code).limit(1).select {
                (
                    code: $0.code, select: Column("a'b''c\"d"), from: Column("日本\u{301}'\u{301}"), order: Column("\u{0}x\u{0}"),
                    group: Column("\\n--")
                )
            }
        },
    ]
}
