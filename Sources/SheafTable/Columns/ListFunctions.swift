// Functions of list columns.

extension Column where Value == [String]? {
    /// The texts one after the other, with a separator between them.
    public func joined(separator: String) -> Column<String?> { call("array_to_string", .literal(.string(separator))) }
}

extension Column where Value == [String] {
    /// The texts one after the other, with a separator between them.
    public func joined(separator: String) -> Column<String> { call("array_to_string", .literal(.string(separator))) }
}
