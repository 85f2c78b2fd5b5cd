/// What selects along one axis of an array, or inserts an axis: what NumPy takes between the brackets.
///
/// An integer drops its axis; a range keeps it; ``ArrayIndexExpression/newAxis`` inserts one of length 1;
/// ``ArrayIndexExpression/ellipsis`` stands for as many ``ArrayIndexExpression/all`` as are missing. Negative integers count from the
/// end, in ranges too.
///
/// ```swift
/// x[0, 2..<5, .newAxis]
/// x[.ellipsis, -1]
/// x[.range(step: -1), .range(2, -1)]        // x[::-1, 2:-1]
/// ```
/// - Note: Swift's own ranges must not end before they begin, so `x[2:-1]` is written `.range(2, -1)`. As in NumPy, an end of 0 is the
///   beginning of the axis: the last three positions are `(-3)...`, or `(-3)...(-1)`, and `-3..<0` is empty.
public struct ArrayIndex: Sendable, Hashable, ExpressibleByIntegerLiteral {
    enum Kind: Sendable, Hashable {
        case at(Int)
        case slice(start: Int?, end: Int?, step: Int)
        case newAxis
        case ellipsis
    }
    let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    /// One position, as ``ArrayIndexExpression/at(_:)``.
    public init(integerLiteral value: Int) { kind = .at(value) }
}

/// A value that can stand between an array's brackets: `Int`, a range of them, or an ``ArrayIndex``.
public protocol ArrayIndexExpression: Sendable {
    /// What it selects.
    var arrayIndex: ArrayIndex { get }
}

extension ArrayIndex: ArrayIndexExpression {
    public var arrayIndex: ArrayIndex { self }
}

extension ArrayIndexExpression where Self == ArrayIndex {
    /// All positions of an axis.
    public static var all: ArrayIndex { ArrayIndex(.slice(start: nil, end: nil, step: 1)) }
    /// An axis of length 1 that is not in the source.
    public static var newAxis: ArrayIndex { ArrayIndex(.newAxis) }
    /// All positions of the axes that no other index is for; at most once.
    public static var ellipsis: ArrayIndex { ArrayIndex(.ellipsis) }

    /// One position; its axis is dropped.
    public static func at(_ position: Int) -> ArrayIndex { ArrayIndex(.at(position)) }

    /// `start:end:step` as NumPy has it: a negative step goes backwards, from the last position if `start` is `nil`, down to the first
    /// if `end` is. Positions beyond the axis are left out.
    public static func range(_ start: Int? = nil, _ end: Int? = nil, step: Int = 1) -> ArrayIndex {
        ArrayIndex(.slice(start: start, end: end, step: step))
    }

    /// Every `step`-th position of a range, from its first. A negative step takes the same range's positions from its last.
    public static func range(_ range: Range<Int>, step: Int) -> ArrayIndex {
        if step >= 0 { return ArrayIndex(.slice(start: range.lowerBound, end: range.upperBound, step: step)) }
        // Position -1 would count from the end; what ends before position 0 ends with `nil`.
        return range.isEmpty
            ? ArrayIndex(.slice(start: 0, end: 0, step: step))
            : ArrayIndex(.slice(start: range.upperBound - 1, end: range.lowerBound == 0 ? nil : range.lowerBound - 1, step: step))
    }
}

extension Int: ArrayIndexExpression {
    public var arrayIndex: ArrayIndex { ArrayIndex(.at(self)) }
}

extension Range: ArrayIndexExpression where Bound == Int {
    public var arrayIndex: ArrayIndex { ArrayIndex(.slice(start: lowerBound, end: upperBound, step: 1)) }
}

extension ClosedRange: ArrayIndexExpression where Bound == Int {
    public var arrayIndex: ArrayIndex { ArrayIndex(.slice(start: lowerBound, end: after(upperBound), step: 1)) }
}

extension PartialRangeFrom: ArrayIndexExpression where Bound == Int {
    public var arrayIndex: ArrayIndex { ArrayIndex(.slice(start: lowerBound, end: nil, step: 1)) }
}

extension PartialRangeUpTo: ArrayIndexExpression where Bound == Int {
    public var arrayIndex: ArrayIndex { ArrayIndex(.slice(start: nil, end: upperBound, step: 1)) }
}

extension PartialRangeThrough: ArrayIndexExpression where Bound == Int {
    public var arrayIndex: ArrayIndex { ArrayIndex(.slice(start: nil, end: after(upperBound), step: 1)) }
}

/// The end that includes a position; `nil` for the end of the axis, which is what follows -1.
private func after(_ position: Int) -> Int? { position == -1 || position == .max ? nil : position + 1 }
