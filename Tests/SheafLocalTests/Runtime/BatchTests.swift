import Synchronization
import Testing

@testable import SheafLocal

@Suite("Batch: what a worker was handed")
struct BatchTests {
    @Test("the worker takes from the front, others half of the rest from the back")
    func frontAndBack() {
        let batch = Batch()
        #expect(batch.next() == nil && batch.takeHalf() == 0)
        batch.publish(6)
        #expect(batch.next() == 0)
        #expect(batch.takeHalf() == 3)
        #expect(batch.remaining == 2)
        #expect(batch.next() == 1)
        #expect(batch.takeHalf() == 1)
        #expect(batch.next() == nil && batch.takeHalf() == 0)
        batch.publish(1)
        #expect(batch.next() == 0)
        #expect(batch.next() == nil)
    }

    @Test("each position goes to exactly one of two threads that take at once", arguments: [1, 2, 7, 100, 100_000])
    func concurrently(count: Int) async {
        for _ in 0..<(count > 1000 ? 3 : 200) {
            let batch = Batch()
            batch.publish(count)
            async let stolen = Task.detached {
                var stolen = 0
                while case let some = batch.takeHalf(), some > 0 { stolen += some }
                return stolen
            }.value
            var taken = 0
            while let position = batch.next() {
                #expect(position == taken)
                taken += 1
            }
            let total = await stolen + taken
            #expect(total == count)
        }
    }
}
