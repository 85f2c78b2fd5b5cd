import Sheaf

/// The most frequent words of text files: `WordCount 'logs/*.txt.gz' --workers 4`.
@main struct WordCount: Program {
    @Argument var paths: [String]
    @Option var top = 10

    func run(in session: Session) async throws {
        // UTF8Slice hands out lines and words without a heap allocation each; `lines(of:)` alone gives Strings.
        let counts = session.lines(of: paths, as: UTF8Slice.self).flatMap { $0.words }.frequencies()
        for (word, count) in try await counts.top(top, by: { $0.1 }) { print(word, count) }
    }
}
