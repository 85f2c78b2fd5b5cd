import SheafCore

struct Tally { var sum = 0 }
struct Other { var sum = 0 }
let tally = ActorType("tally") { (start: Int) in Tally(sum: start) }
let other = ActorType("other") { (start: Int) in Other(sum: start) }
let addToOther = other.method("other.add") { (state: inout Other, number: Int) -> Int in
    state.sum += number
    return state.sum
}

// expected: 'ActorMethod<Other,
func wrong(_ session: Session) async throws -> Int {
    let object = try await session.actor(tally, 1)
    return try await object.call(addToOther, 3)
}
