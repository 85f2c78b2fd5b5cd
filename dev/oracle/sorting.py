"""Orders. Python's sort is stable, also in reverse."""
import inputs


def case(name: str, pairs: list[tuple[str, int]]) -> dict:
    # Swift orders strings by the scalars of their canonical composition; Python orders by code points.
    def text(pair: tuple[str, int]) -> str:
        return inputs.canonical(pair[0])

    def digit(pair: tuple[str, int]) -> int:
        return abs(pair[1]) % 10

    def plain(result: list[tuple[str, int]]) -> list[dict]:
        return [{"key": key, "value": value} for key, value in result]

    return {
        "name": name,
        "input": plain(pairs),
        "byKey": plain(sorted(pairs, key=text)),
        "byKeyDescending": plain(sorted(pairs, key=text, reverse=True)),
        "byDigit": plain(sorted(pairs, key=digit)),
        "byDigitDescending": plain(sorted(pairs, key=digit, reverse=True)),
        "values": sorted(value for _, value in pairs),
        "byBytes": [key for key, _ in sorted(pairs, key=lambda pair: pair[0].encode())],
    }


def cases() -> list[dict]:
    return [case(name, pairs) for name, pairs in inputs.pairs().items()]
