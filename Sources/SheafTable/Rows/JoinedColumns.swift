// Columns of joined rows without naming the side. A name that both sides have is ambiguous, which the compiler says; then
// `$0.left.name` and `$0.right.name` tell them apart. They are disfavoured so that the compiler, looking for what a misspelt name could be,
// does not follow them first.

extension Columns {
    /// A column, or a computed one, that only the left side has: `$0.carrier` for `$0.left.carrier`.
    @_disfavoredOverload
    public subscript<Left, Right, Value: ColumnValue>(
        dynamicMember path: KeyPath<Columns<Left>, Column<Value>>
    ) -> Column<Value> where Row == Joined<Left, Right> {
        part(0, Left.self)[keyPath: path]
    }

    /// A column, or a computed one, that only the right side has: `$0.seats` for `$0.right.seats`.
    @_disfavoredOverload
    public subscript<Left, Right, Value: ColumnValue>(
        dynamicMember path: KeyPath<Columns<Right>, Column<Value>>
    ) -> Column<Value> where Row == Joined<Left, Right> {
        part(1, Right.self)[keyPath: path]
    }
}

extension Columns {
    /// A side of joined rows that further columns were added to.
    public subscript<Left, Right, New, Side>(
        dynamicMember path: KeyPath<JoinSides<Left, Right>, Side>
    ) -> Side where Row == Extended<Joined<Left, Right>, New> {
        part(0, Joined<Left, Right>.self)[dynamicMember: path]
    }
}
