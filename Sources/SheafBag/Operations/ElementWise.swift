public import SheafCore

// Each operation comes twice: with a closure, which runs in this process, and with a registered `Function`, which runs anywhere.

extension Bag {
    /// Applies a closure to each element.
    @inlinable
    public func map<T: Sendable>(
        fileID: StaticString = #fileID, line: UInt = #line, _ transform: @escaping @Sendable (Element) throws -> T
    ) -> Bag<T> {
        mapping(Operation("map", closure: SourceLocation(fileID: fileID, line: line)), transform)
    }

    /// Applies a registered function to each element.
    @inlinable
    public func map<T>(_ function: Function<Element, T>) -> Bag<T> {
        checked(function).mapping(Operation("map", function: function.name), function.synchronousBody)
    }

    /// Keeps the elements for which the closure returns true.
    @inlinable
    public func filter(
        fileID: StaticString = #fileID, line: UInt = #line, _ isIncluded: @escaping @Sendable (Element) throws -> Bool
    ) -> Bag<Element> {
        filtering(Operation("filter", closure: SourceLocation(fileID: fileID, line: line)), isIncluded)
    }

    /// Keeps the elements for which the function returns true.
    @inlinable
    public func filter(_ function: Function<Element, Bool>) -> Bag<Element> {
        checked(function).filtering(Operation("filter", function: function.name), function.synchronousBody)
    }

    /// Applies a closure to each element and keeps what is not `nil`.
    @inlinable
    public func compactMap<T: Sendable>(
        fileID: StaticString = #fileID, line: UInt = #line, _ transform: @escaping @Sendable (Element) throws -> T?
    ) -> Bag<T> {
        compactMapping(Operation("compactMap", closure: SourceLocation(fileID: fileID, line: line)), transform)
    }

    /// Applies a registered function to each element and keeps what is not `nil`.
    @inlinable
    public func compactMap<T: Sendable>(_ function: Function<Element, T?>) -> Bag<T> {
        checked(function).compactMapping(Operation("compactMap", function: function.name), function.synchronousBody)
    }

    /// Applies a closure to each element and hands on each element of what it returns; the sequence is consumed as it is made.
    @inlinable
    public func flatMap<S: Sequence>(
        fileID: StaticString = #fileID, line: UInt = #line, _ transform: @escaping @Sendable (Element) throws -> S
    ) -> Bag<S.Element> where S.Element: Sendable {
        flatMapping(Operation("flatMap", closure: SourceLocation(fileID: fileID, line: line)), transform)
    }

    /// Applies a registered function to each element and hands on each element of what it returns.
    @inlinable
    public func flatMap<S: Sequence>(_ function: Function<Element, S>) -> Bag<S.Element> where S.Element: Sendable {
        checked(function).flatMapping(Operation("flatMap", function: function.name), function.synchronousBody)
    }

    /// This bag, unless the function cannot be applied to elements: then one that cannot be planned.
    @usableFromInline
    func checked<T>(_ function: Function<Element, T>) -> Bag<Element> {
        guard function.body == nil else { return self }
        return Bag(session: session) { [name = function.name, location = function.location] _ in
            throw PlanError(
                .unsupported, "the async function “\(name)” cannot be applied to the elements of a bag", location: location,
                hint: "use it through session.delayed, or make it synchronous")
        }
    }

    @inlinable
    func mapping<T: Sendable>(_ operation: Operation, _ transform: @escaping @Sendable (Element) throws -> T) -> Bag<T> {
        appending(operation) { partition, _ in
            let iterate = partition.iterate
            return { scope, base, body in try iterate(scope, base) { try body(try transform($0)) } }
        }
    }

    @inlinable
    func filtering(_ operation: Operation, _ isIncluded: @escaping @Sendable (Element) throws -> Bool) -> Bag<Element> {
        appending(operation) { partition, _ in
            let iterate = partition.iterate
            return { scope, base, body in try iterate(scope, base) { if try isIncluded($0) { try body($0) } } }
        }
    }

    @inlinable
    func compactMapping<T: Sendable>(_ operation: Operation, _ transform: @escaping @Sendable (Element) throws -> T?) -> Bag<T> {
        appending(operation) { partition, _ in
            let iterate = partition.iterate
            return { scope, base, body in try iterate(scope, base) { if let result = try transform($0) { try body(result) } } }
        }
    }

    @inlinable
    func flatMapping<S: Sequence>(
        _ operation: Operation, _ transform: @escaping @Sendable (Element) throws -> S
    ) -> Bag<S.Element> where S.Element: Sendable {
        appending(operation) { partition, _ in
            let iterate = partition.iterate
            return { scope, base, body in
                try iterate(scope, base) { element in
                    for item in try transform(element) { try body(item) }
                }
            }
        }
    }
}

extension Function {
    /// The body for use inside a loop over elements, where bags of `async` functions do not get.
    @usableFromInline
    var synchronousBody: @Sendable (Input) throws -> Output {
        body ?? { _ in preconditionFailure("an async function in a loop over elements") }
    }
}

/// What happens to an element on which a closure throws.
public enum FailurePolicy: Sendable {
    /// The run ends with an error that names the record: strict.
    case fail
    /// The element is left out, counted and reported as ``SessionEvent/rejected(job:count:samples:)``: lenient.
    case skip
}

extension Bag {
    /// Parses each element, strictly or leniently.
    ///
    /// - Throws: when run, with `.fail`: ``TaskError`` (`.malformedRecord`) with file, line number and text where the elements are
    ///   lines of files.
    @inlinable
    public func parse<T: Sendable>(
        onError policy: FailurePolicy = .fail, fileID: StaticString = #fileID, line: UInt = #line,
        _ transform: @escaping @Sendable (Element) throws -> T
    ) -> Bag<T> {
        parsing(Operation("parse", closure: SourceLocation(fileID: fileID, line: line)), policy, transform)
    }

    /// Parses each element with a registered function, strictly or leniently.
    @inlinable
    public func parse<T: Sendable>(onError policy: FailurePolicy = .fail, _ function: Function<Element, T>) -> Bag<T> {
        parsing(Operation("parse", function: function.name), policy, function.synchronousBody)
    }

    @inlinable
    func parsing<T: Sendable>(
        _ operation: Operation, _ policy: FailurePolicy, _ transform: @escaping @Sendable (Element) throws -> T
    ) -> Bag<T> {
        appending(operation) { partition, _ in
            let iterate = partition.iterate
            return { scope, base, body in
                try iterate(scope, base) { element in
                    let parsed: T
                    do {
                        parsed = try transform(element)
                    } catch {
                        try Self.reject(error, policy, scope)
                        return
                    }
                    try body(parsed)
                }
            }
        }
    }

    @usableFromInline
    static func reject(_ error: any Error, _ policy: FailurePolicy, _ scope: TaskScope) throws {
        switch policy {
        case .skip: scope.resources.rejected.record(error) { scope.cursor?.position() }
        case .fail:
            throw TaskError(
                .malformedRecord, "a record cannot be parsed: \(error)",
                hint: "repair the record, or parse with onError: .skip to leave such records out and have them counted",
                record: scope.cursor?.position())
        }
    }
}
