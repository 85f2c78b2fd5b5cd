internal import SheafCore

/// Stands in for a value that was written to disk as a whole.
final class SpilledValue: AnyValue, @unchecked Sendable {
    private let form: SpilledForm
    private let file: SpillFile

    init(_ form: SpilledForm, file: SpillFile) {
        self.form = form
        self.file = file
        super.init(byteCount: 0)
    }

    deinit { file.free(form.extent) }

    func load() throws -> AnyValue { try form.load(form.extent, file) }

    override var untyped: any Sendable { "spilled, \(form.extent.count) bytes" }
    override var type: Any.Type { SpilledValue.self }
}
