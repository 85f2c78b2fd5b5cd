/// What closures of the tests throw.
struct Malformed: Error, Equatable, CustomStringConvertible {
    var description = "not what it should be"
}
