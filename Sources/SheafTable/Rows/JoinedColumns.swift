// Columns of joined rows without naming the side. A name that both sides have is ambiguous, which the compiler says; then
// `$0.left.name` and `$0.right.name` tell them apart.

extension Columns {
    /// A column, or a computed one, that only the left side has: `$0.carrier` for `$0.left.carrier`.
    public subscript<Left, Right, Value: ColumnValue>(
        dynamicMember path: KeyPath<Columns<Left>, Column<Value>>
    ) -> Column<Value> where Row == Joined<Left, Right> {
        part(0, Left.self)[keyPath: path]
    }

    /// A column, or a computed one, that only the right side has: `$0.seats` for `$0.right.seats`.
    public subscript<Left, Right, Value: ColumnValue>(
        dynamicMember path: KeyPath<Columns<Right>, Column<Value>>
    ) -> Column<Value> where Row == Joined<Left, Right> {
        part(1, Right.self)[keyPath: path]
    }
}
