"""The generator of Steele, Lea and Flood (OOPSLA 2014), so that a million inputs need not be checked in."""
MASK = 2**64 - 1


def numbers(seed: int):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def unit(number: int) -> float:
    """A double of [0, 1)."""
    return (number >> 11) * 2.0**-53
