"""Sums and variances without rounding on the way: `math.fsum` and exact rational arithmetic."""
import math
from fractions import Fraction
from itertools import islice

import splitmix


def uniform(numbers):
    return splitmix.unit(next(numbers))


def many_magnitudes(numbers):
    """Both signs, from 2⁻⁴⁰ to 2⁴⁰."""
    fraction, number = splitmix.unit(next(numbers)) + 1.0, next(numbers)
    return math.ldexp(fraction if number & 1 else -fraction, (number >> 1) % 81 - 40)


def far_from_zero(numbers):
    """Small differences on a large offset, on which the textbook formula for the variance fails."""
    return 1e9 + splitmix.unit(next(numbers))


DISTRIBUTIONS = {"uniform": uniform, "manyMagnitudes": many_magnitudes, "farFromZero": far_from_zero}


def case(distribution: str, count: int, seed: int) -> dict:
    numbers = splitmix.numbers(seed)
    values = [DISTRIBUTIONS[distribution](numbers) for _ in range(count)]
    # Doubles are integers in units of their smallest exponent; whole numbers are much faster than fractions.
    unit = 2**120
    scaled = [numerator * (unit // denominator) for numerator, denominator in map(float.as_integer_ratio, values)]
    total, squares = sum(scaled), sum(value * value for value in scaled)
    deviation = Fraction(squares * count - total * total, count * unit * unit)
    edges = [-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1e9, 1e9 + 0.5, 1e9 + 1]
    counts = [0] * (len(edges) - 1)
    for value in values:
        for index in range(len(counts)):
            if edges[index] <= value < edges[index + 1] or (index == len(counts) - 1 and value == edges[-1]):
                counts[index] += 1
    return {
        "distribution": distribution,
        "count": count,
        "seed": seed,
        "first": values[:3],
        "sum": math.fsum(values),
        "absoluteSum": math.fsum(map(abs, values)),
        "mean": float(Fraction(total, count * unit)),
        "variance": float(deviation / count),
        "sampleVariance": float(deviation / (count - 1)),
        "minimum": min(values),
        "maximum": max(values),
        "edges": edges,
        "counts": counts,
    }


def cases() -> list[dict]:
    return [case("uniform", 1_000_000, 1), case("manyMagnitudes", 100_000, 2), case("farFromZero", 100_000, 3)]
