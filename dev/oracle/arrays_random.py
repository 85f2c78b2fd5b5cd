"""Random numbers as session.random defines them, computed independently with NumPy, for Tests/SheafArrayTests/Oracle/random.json."""

import json
import pathlib

import numpy as np

LOW = np.uint64(0xFFFFFFFF)


def philox(key, stream, blocks, attempt=0):
    """Philox4x32-10 as the paper defines it, for an array of block numbers."""
    c = [blocks & LOW, blocks >> np.uint64(32), np.full_like(blocks, stream), np.full_like(blocks, attempt)]
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        p0, p1 = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), p1 & LOW, (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), p0 & LOW]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


def words(key, stream, first, count):
    index = np.arange(first, first + count, dtype=np.uint64)
    c = philox(key, stream, index >> np.uint64(1))
    pair = [c[0] | c[1] << np.uint64(32), c[2] | c[3] << np.uint64(32)]
    return np.where(index & np.uint64(1) == 0, pair[0], pair[1])


def unit(w):
    return (w >> np.uint64(11)).astype(np.float64) * 2.0**-53


def open_unit(w):
    return ((w >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def normal(key, first, count):
    begin = first & ~1
    w = words(key, 1, begin, (count + 4) & ~1)
    radius, angle = np.sqrt(-2 * np.log(open_unit(w[0::2]))), 2 * np.pi * unit(w[1::2])
    both = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)
    return both[first - begin:][:count]


cases = []
for seed, count in [(0, 40), (7, 301), (0xFEDCBA9876543210, 65)]:
    cases.append({
        "seed": str(seed),
        "count": count,
        "uniform": unit(words(seed, 0, 0, count)).tolist(),
        "uniformFloat": (((words(seed, 0, 0, count) >> np.uint64(40)).astype(np.float32)) * np.float32(2.0**-24)).tolist(),
        "normal": normal(seed, 0, count).tolist(),
        "exponential": (-np.log(open_unit(words(seed, 2, 0, count)))).tolist(),
        # Spans this small are rejected with a probability below 2⁻⁵⁰, so the upper half of the product is the number.
        "integers": [-50 + (int(w) * 100 >> 64) for w in words(seed, 3, 0, count)],
        "bernoulli": [bool(u < 0.3) for u in unit(words(seed, 4, 0, count))],
    })
path = pathlib.Path(__file__).parents[2] / "Tests/SheafArrayTests/Oracle/random.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(cases))
