internal import SheafCore
internal import Testing

@Suite struct SplitMix64Tests {
    /// From the reference implementation, splitmix64.c by Sebastiano Vigna, with the state 1234567.
    @Test func theNumbersAreThoseOfTheReferenceImplementation() {
        var random = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in random.next() } == expected)
    }

    @Test func streamsOfOneSeedDiffer() {
        var first: Set<UInt64> = []
        for stream in 0..<1_000 {
            var random = SplitMix64(seed: 1, stream: stream)
            first.insert(random.next())
        }
        #expect(first.count == 1_000)
    }
}
