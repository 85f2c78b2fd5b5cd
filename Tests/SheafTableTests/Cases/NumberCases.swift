import SheafTable

extension TableCase {
    static let numbers: [TableCase] = [
        TableCase("arithmetic of integers") {
            $0.sales.select { (id: $0.id, a: $0.id + 2, b: $0.units - 10, c: $0.units * $0.units, d: 3 * $0.id) }
        },
        TableCase("arithmetic of mixed nullability") {
            $0.sales.select { (id: $0.id, a: $0.id + $0.units, b: $0.units - $0.id, c: $0.id * $0.units) }
        },
        TableCase("quotient of integers") { $0.sales.select { (id: $0.id, a: ($0.id - 12) / 5, b: $0.units / 2, c: 100 / $0.id) } },
        TableCase("quotient of integers of mixed nullability") {
            $0.sales.select { (id: $0.id, a: $0.id / $0.units, b: $0.units / $0.id) }
        },
        TableCase("quotient by zero") { $0.sales.select { (id: $0.id, a: $0.id / ($0.id - 5), b: $0.id % ($0.id - 5)) } },
        TableCase("remainder") { $0.sales.select { (id: $0.id, a: ($0.id - 12) % 5, b: $0.units % 3) } },
        TableCase("quotient of doubles") {
            $0.sales.select { (id: $0.id, a: $0.price / 2, b: $0.price / $0.id.real, c: 1 / ($0.price + 10)) }
        },
        TableCase("negated") { $0.sales.select { (id: $0.id, a: -$0.id, b: -(-$0.units), c: -Column(-3), d: 1 - Column(-2)) } },
        TableCase("magnitude, sign") {
            $0.sales.select { (id: $0.id, a: ($0.id - 12).magnitude, b: ($0.id - 12).sign, c: ($0.price - 4).sign) }
        },
        TableCase("rounded") {
            $0.sales.select { (id: $0.id, a: $0.price.rounded(), b: ($0.price / 3).rounded(2), c: ($0.id * 37).rounded(-2)) }
        },
        TableCase("rounded down and up") {
            $0.sales.select { (id: $0.id, a: $0.price.roundedDown, b: $0.price.roundedUp, c: $0.id.roundedDown, d: (-$0.price).truncated) }
        },
        TableCase("roots, powers, logarithms") {
            $0.sales.select {
                (
                    id: $0.id, a: $0.price.squareRoot, b: $0.price.raised(to: 1.5), c: $0.price.log, d: $0.price.log2, e: $0.price.log10,
                    f: ($0.price / 4).exp, g: $0.price.cubeRoot
                )
            }
        },
        TableCase("trigonometry") {
            $0.sales.select {
                (
                    id: $0.id, a: $0.price.sin, b: $0.price.cos, c: $0.price.tan, d: ($0.price / 20).asin, e: ($0.price / 20).acos,
                    f: $0.price.atan, g: atan2($0.price, $0.id.real.cast(to: Double?.self)), h: $0.price.degrees, i: $0.price.radians
                )
            }
        },
        TableCase("hyperbolic functions") {
            $0.sales.select { (id: $0.id, a: ($0.price / 4).sinh, b: ($0.price / 4).cosh, c: $0.price.tanh) }
        },
        TableCase("not a number") {
            $0.sales.select { (id: $0.id, a: ($0.price * 0 / 0).isNaN, b: ($0.price / 0).isFinite, c: ($0.price * 0 / 0).nullIfNaN) }
        },
        TableCase("clamped") { $0.sales.select { (id: $0.id, a: $0.units.clamped(to: 2...4), b: $0.id.clamped(to: 5...10)) } },
        TableCase("bins") { $0.sales.select { (id: $0.id, a: $0.price.bin(edges: [2, 4.5, 8])) } },
        TableCase("greatest, least") {
            $0.sales.select { (id: $0.id, a: greatest($0.units, $0.id.nullable), b: least($0.units, Column(3))) }
        },
        TableCase("bits") { $0.sales.select { (id: $0.id, a: $0.id & 6, b: $0.id | $0.units.coalesce(0)) } },
        TableCase("cast to text and back") {
            $0.sales.select { (id: $0.id, a: $0.id.cast(to: String.self), b: $0.units.cast(to: String?.self).cast(to: Int?.self)) }
        },
        TableCase("cast of a truth") { $0.sales.select { (id: $0.id, a: $0.express.cast(to: Int?.self)) } },
        TableCase("cast of an integer to a double") { $0.sales.select { (id: $0.id, a: $0.id.cast(to: Double.self) / 8) } },
        TableCase("cast that may fail") {
            $0.sales.select { (id: $0.id, a: $0.note.tryCast(to: Int.self), b: $0.note.tryCast(to: Double.self)) }
        },
        TableCase("small and unsigned integers") {
            $0.sales.select {
                (id: $0.id, a: $0.id.cast(to: Int8.self) + 100, b: $0.id.cast(to: UInt16.self) * 2, c: $0.id.cast(to: Int32.self) - 50)
            }
        },
        TableCase("single precision") { $0.sales.select { (id: $0.id, a: ($0.id.cast(to: Float.self) + 0.5) * 2) } },
        TableCase("comparison of literals on the left") {
            $0.sales.select { (id: $0.id, a: 3 < $0.units, b: 5 >= $0.id, c: 4 == $0.units, d: 4 != $0.id) }
        },
    ]
}
