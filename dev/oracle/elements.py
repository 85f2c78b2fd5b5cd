"""Operations on elements and on bags as sequences."""
import functools
import math

import inputs


def half(number: int) -> list[int]:
    return [number // 2] if number % 2 == 0 else []


def case(name: str, numbers: list[int]) -> dict:
    other = [abs(number) % 10 for number in numbers][: len(numbers) * 2 // 3] + [5]
    # Python's integers do not overflow and Swift's do, so sums are left out where they would.
    total = sum(numbers) if abs(sum(abs(number) for number in numbers)) < inputs.LARGEST else None
    counts: dict[int, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    return {
        "name": name,
        "input": numbers,
        "other": other,
        "isOddMap": [number % 2 != 0 for number in numbers],
        "filterNegative": [number for number in numbers if number < 0],
        "compactMapHalf": [result for number in numbers for result in half(number)],
        "flatMapRepeated": [number for number in numbers for _ in range(abs(number) % 3)],
        "zip": [list(pair) for pair in zip(numbers, other)],
        "zipWithIndex": [[number, index] for index, number in enumerate(numbers)],
        "union": numbers + other,
        "distinct": list(dict.fromkeys(numbers)),
        "frequencies": sorted([number, count] for number, count in counts.items()),
        "take": {str(count): numbers[:count] for count in (0, 1, 3, 1000)},
        "takeOrdered": {str(count): sorted(numbers)[:count] for count in (0, 1, 3, 1000)},
        "top": {str(count): sorted(numbers, reverse=True)[:count] for count in (0, 1, 3, 1000)},
        # Ties on the key keep the order of the bag.
        "topByLastDigit": sorted(numbers, key=lambda number: -(abs(number) % 10))[:5],
        "sorted": sorted(numbers),
        "count": len(numbers),
        "sum": total,
        "mean": sum(numbers) / len(numbers) if numbers else None,
        "min": min(numbers, default=None),
        "max": max(numbers, default=None),
        "foldXor": functools.reduce(lambda a, b: a ^ b, numbers, 0),
        "reduceGcd": functools.reduce(math.gcd, map(abs, numbers)) if numbers else None,
        "aggregateLastDigits": [sum(abs(number) % 10 for number in numbers), len(numbers)],
    }


def cases() -> list[dict]:
    return [case(name, numbers) for name, numbers in inputs.integers().items()]
