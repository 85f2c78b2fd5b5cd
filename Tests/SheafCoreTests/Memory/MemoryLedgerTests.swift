internal import SheafCore
internal import Testing

@Suite struct MemoryLedgerTests {
    @Test func whatIsHeldAndTheMostThatWas() {
        let ledger = MemoryLedger(budget: 100)
        ledger.charge(60)
        ledger.charge(30)
        ledger.charge(-50)
        #expect(ledger.used == 40 && ledger.peak == 90 && ledger.available == 60)
    }

    @Test func moreThanTheBudgetMayBeHeld() {
        let ledger = MemoryLedger(budget: 100)
        ledger.charge(250)
        #expect(ledger.available == -150 && ledger.peak == 250)
    }

    @Test(arguments: [(75, false), (76, true)])
    func pressureBeginsAboveThreeQuarters(used: Int, isUnderPressure: Bool) {
        let ledger = MemoryLedger(budget: 100)
        ledger.charge(used)
        #expect(ledger.isUnderPressure == isUnderPressure)
    }

    @Test func chargesFromManyThreadsAddUp() async {
        let ledger = MemoryLedger(budget: 1 << 40)
        await withTaskGroup { group in
            for task in 1...8 {
                group.addTask {
                    for _ in 0..<10_000 { ledger.charge(task) }
                    for _ in 0..<10_000 { ledger.charge(-task + 1) }
                }
            }
        }
        #expect(ledger.used == 80_000 && ledger.peak >= 80_000 && ledger.peak <= 360_000)
    }
}
