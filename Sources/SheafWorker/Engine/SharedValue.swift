package import SheafCore

/// A value that lies encoded in shared memory, to be handed from worker to worker without being looked at here.
package final class SharedValue: AnyValue, @unchecked Sendable {
    /// Values of so many bytes and more go through shared memory.
    package static let threshold = 1 << 16

    package let block: ArenaBlock
    private let codec: AnyCodec
    let form: KnownValues.Form
    private let format: ValueFormat

    init(_ block: ArenaBlock, codec: AnyCodec, form: KnownValues.Form, format: ValueFormat) {
        self.block = block
        self.codec = codec
        self.form = form
        self.format = format
        super.init(byteCount: block.count)
    }

    /// The value in a form that functions of this process take.
    package func decoded() throws -> AnyValue { try codec.decode(UnsafeRawBufferPointer(block.bytes)) }

    package override var untyped: any Sendable { (try? decoded().untyped) ?? "damaged" }
    package override var type: Any.Type { format.type }
}
