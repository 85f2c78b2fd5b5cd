// Loops that compare elements, for all numbers with an order. NaN comes after every number.

extension ArrayReal {
    @inline(__always)
    static func isBefore(_ a: Self, _ b: Self) -> Bool { a < b || (b.isNotANumber && !a.isNotANumber) }

    public static func scanLoop(
        _ extreme: Extreme, _ first: Self, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ count: Int
    ) {
        var best = first
        switch extreme {
        case .minimum:
            for i in 0..<count {
                if a[i] < best || a[i].isNotANumber { best = a[i] }
                out[i] = best
            }
        case .maximum:
            for i in 0..<count {
                if a[i] > best || a[i].isNotANumber { best = a[i] }
                out[i] = best
            }
        }
    }

    public static func firstPosition(of value: Self, _ a: UnsafePointer<Self>, _ count: Int) -> Int? {
        if value.isNotANumber {
            for i in 0..<count where a[i].isNotANumber { return i }
        } else {
            for i in 0..<count where a[i] == value { return i }
        }
        return nil
    }

    public static func rankLoop(
        _ extreme: Extreme, _ a: UnsafePointer<Self>, _ index: Int, _ best: UnsafeMutablePointer<Ranked<Self>>, _ count: Int,
        skippingNaN: Bool
    ) {
        for i in 0..<count {
            let value = a[i], other = best[i].value
            let isBetter =
                if value.isNotANumber {
                    !skippingNaN && (best[i].index < 0 || !other.isNotANumber || index < best[i].index)
                } else if best[i].index < 0 {
                    true
                } else {
                    (extreme == .minimum ? value < other : value > other) || (value == other && index < best[i].index)
                }
            if isBetter { best[i] = Ranked(value, index) }
        }
    }

    public static func sortLoop(_ a: UnsafeMutablePointer<Self>, _ count: Int) {
        var buffer = UnsafeMutableBufferPointer(start: a, count: count)
        buffer.sort { isBefore($0, $1) }
    }

    /// Hoare's selection, with the median of three as pivot; after too many rounds, sorting.
    public static func selectLoop(_ a: UnsafeMutablePointer<Self>, _ count: Int, position: Int) {
        var low = 0, high = count - 1, rounds = 0
        while low < high {
            if high - low < 32 || rounds > 64 { return sortLoop(a + low, high - low + 1) }
            rounds += 1
            let middle = low + (high - low) / 2
            if isBefore(a[middle], a[low]) { swap(&a[middle], &a[low]) }
            if isBefore(a[high], a[low]) { swap(&a[high], &a[low]) }
            if isBefore(a[high], a[middle]) { swap(&a[high], &a[middle]) }
            let pivot = a[middle]
            var left = low, right = high
            while left <= right {
                while isBefore(a[left], pivot) { left += 1 }
                while isBefore(pivot, a[right]) { right -= 1 }
                if left <= right {
                    let kept = a[left]
                    a[left] = a[right]
                    a[right] = kept
                    left += 1
                    right -= 1
                }
            }
            if position <= right {
                high = right
            } else if position >= left {
                low = left
            } else {
                return
            }
        }
    }

    public static func searchLoop(
        _ sorted: UnsafePointer<Self>, _ sortedCount: Int, _ a: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Int>, _ count: Int,
        afterEqual: Bool
    ) {
        for i in 0..<count {
            let value = a[i]
            var first = 0, rest = sortedCount
            while rest > 0 {
                let half = rest / 2, element = sorted[first + half]
                if afterEqual ? !isBefore(value, element) : isBefore(element, value) {
                    first += half + 1
                    rest -= half + 1
                } else {
                    rest = half
                }
            }
            out[i] = first
        }
    }

    public static func rankedSortLoop(_ extreme: Extreme, _ a: UnsafeMutablePointer<Ranked<Self>>, _ count: Int) {
        var buffer = UnsafeMutableBufferPointer(start: a, count: count)
        switch extreme {
        case .minimum:
            buffer.sort { isBefore($0.value, $1.value) || (!isBefore($1.value, $0.value) && $0.index < $1.index) }
        case .maximum:
            buffer.sort { isBefore($1.value, $0.value) || (!isBefore($0.value, $1.value) && $0.index < $1.index) }
        }
    }

    /// A heap of the best so far, with the worst of them at its root, then sorted.
    public static func topLoop(
        _ extreme: Extreme, _ a: UnsafePointer<Self>, _ count: Int, _ index: Int, _ best: UnsafeMutablePointer<Ranked<Self>>, _ kept: Int
    ) {
        let isMaximum = extreme == .maximum
        // Whether x comes after y in the order of the result; of equal elements the later one does.
        @inline(__always)
        func isAfter(_ x: Ranked<Self>, _ y: Ranked<Self>) -> Bool {
            if isMaximum ? isBefore(x.value, y.value) : isBefore(y.value, x.value) { return true }
            if isMaximum ? isBefore(y.value, x.value) : isBefore(x.value, y.value) { return false }
            return x.index > y.index
        }
        func sink(_ start: Int) {
            var parent = start
            while true {
                var worst = parent
                let left = 2 * parent + 1, right = left + 1
                if left < kept, isAfter(best[left], best[worst]) { worst = left }
                if right < kept, isAfter(best[right], best[worst]) { worst = right }
                if worst == parent { return }
                let moved = best[parent]
                best[parent] = best[worst]
                best[worst] = moved
                parent = worst
            }
        }
        for i in 0..<kept { (best + i).initialize(to: Ranked(a[i], index + i)) }
        for start in stride(from: kept / 2, through: 0, by: -1) { sink(start) }
        for i in kept..<count {
            // An equal element comes after those before it, so only a better one gets in.
            if isMaximum ? isBefore(best[0].value, a[i]) : isBefore(a[i], best[0].value) {
                best[0] = Ranked(a[i], index + i)
                sink(0)
            }
        }
        rankedSortLoop(extreme, best, kept)
    }
}
