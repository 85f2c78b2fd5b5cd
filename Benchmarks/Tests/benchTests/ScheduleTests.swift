import Testing

@testable import bench

@Suite("Schedule")
struct ScheduleTests {
    @Test("Runs everyone as often as asked, in rounds that begin with another contestant each time")
    func interleaves() {
        let order = Schedule.interleave([("a", 3), ("b", 3), ("c", 3)].map { (contestant: $0.0, runs: $0.1) })
        #expect(order == ["a", "b", "c", "b", "c", "a", "c", "a", "b"])
    }

    @Test("Spreads fewer runs evenly over the rounds", arguments: 1...7)
    func spreads(slowRuns: Int) {
        let order = Schedule.interleave([(contestant: "fast", runs: 7), (contestant: "slow", runs: slowRuns)])
        #expect(order.count { $0 == "fast" } == 7)
        #expect(order.count { $0 == "slow" } == slowRuns)
    }

    @Test("A single run falls into the middle")
    func single() {
        let order = Schedule.interleave([(contestant: "fast", runs: 5), (contestant: "slow", runs: 1)])
        #expect(order == ["fast", "fast", "fast", "slow", "fast", "fast"])
    }

    @Test("Nobody makes an empty schedule")
    func empty() {
        #expect(Schedule.interleave([(contestant: String, runs: Int)]()).isEmpty)
    }
}
