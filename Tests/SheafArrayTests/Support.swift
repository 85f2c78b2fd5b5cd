import SheafCore
import SheafLocal

extension Session {
    /// A session of the embedded engine.
    convenience init(workers: Int, memory: Int = 1 << 30) {
        let options = SessionOptions(workers: workers, memory: memory)
        self.init(engine: LocalEngine(options: options), options: options)
    }
}
