#!/usr/bin/env python3
"""Writes the answers that the tests of the arrays' shape operations compare against.

Usage: dev/oracle/arrays_shape.py [OUTPUT]    (default: Tests/SheafArrayTests/Oracle/shape.json)

Needs NumPy. The elements of every input are its positions in C order (plus 1000 for the second array of a case, and so on), so a case
consists of the shapes, the operation and NumPy's answer. The choice of cases is random, with a fixed seed.
"""
import json
import sys
from pathlib import Path

import numpy as np

rng = np.random.default_rng(20261)
cases = []


def source(shape, number=0):
    return np.arange(int(np.prod(shape, dtype=np.int64)), dtype=np.int64).reshape(shape) + 1000 * number


def add(op, shapes, result, **arguments):
    cases.append(dict(op=op, shapes=[list(map(int, s)) for s in shapes], result=result.ravel().tolist(),
                      resultShape=list(result.shape), **arguments))


def shape(rank=None, most=7, least=1):
    rank = int(rng.integers(1, 4)) if rank is None else rank
    return [int(n) for n in rng.integers(least, most + 1, rank)]


def bound(length):
    return None if rng.random() < 0.3 else int(rng.integers(-length - 2, length + 3))


def random_slice(length):
    step = int(rng.choice([1, 1, 1, 2, 3, -1, -2, -5, 9]))
    return slice(bound(length), bound(length), step)


def text(index):
    if index is None:
        return "new"
    if index is Ellipsis:
        return "..."
    if isinstance(index, slice):
        return ":".join("" if part is None else str(part) for part in (index.start, index.stop, index.step))
    return str(index)


def slices():
    for _ in range(110):
        s = shape(most=9)
        x = source(s)
        indices = []
        taken = int(rng.integers(0, len(s) + 1))
        from_end = rng.random() < 0.4
        lengths = s[len(s) - taken:] if from_end else s[:taken]
        for length in lengths:
            indices.append(int(rng.integers(-length, length)) if rng.random() < 0.35 else random_slice(length))
        if from_end:
            indices = [Ellipsis] + indices
        elif rng.random() < 0.2:
            indices.append(Ellipsis)
        for _ in range(int(rng.integers(0, 3))):
            indices.insert(int(rng.integers(0, len(indices) + 1)), None)
        add("slice", [s], x[tuple(indices)], indices=[text(i) for i in indices])
    x = source([0, 4])
    add("slice", [[0, 4]], x[::-1, 1:3], indices=["::-1", "1:3:1"])


def axes():
    for _ in range(25):
        s = shape()
        x, r = source(s), len(s)
        order = [int(a) for a in rng.permutation(r)]
        signed = [a - r if rng.random() < 0.3 else a for a in order]
        add("transpose", [s], x.transpose(order), numbers=signed)
        a, b = int(rng.integers(-r, r)), int(rng.integers(-r, r))
        add("swapAxes", [s], np.swapaxes(x, a, b), numbers=[a, b])
        add("moveAxis", [s], np.moveaxis(x, a, b), numbers=[a, b])
        flipped = sorted(set(int(a) for a in rng.integers(0, r, int(rng.integers(0, r + 1)))))
        add("flip", [s], np.flip(x, flipped), numbers=flipped)
        place = int(rng.integers(-r - 1, r + 1))
        add("expand", [s], np.expand_dims(x, place), numbers=[place])
    s = [2, 3, 4, 5]
    add("moveAxes", [s], np.moveaxis(source(s), [0, 2], [-1, 1]), numbers=[0, 2, -1, 1])
    add("expand", [s], np.expand_dims(source(s), (0, -1, 3)), numbers=[0, -1, 3])
    s = [1, 3, 1, 2, 1]
    add("squeeze", [s], np.squeeze(source(s)), numbers=[0, 2, 4])
    add("squeeze", [s], np.squeeze(source(s), (-1, 0)), numbers=[-1, 0])
    for s, t in ([[3], [4, 3]], [[3, 1], [2, 3, 5]], [[1, 1], [4, 6]], [[2, 1, 3], [2, 4, 3]], [[1], [7]], [[4], [0, 4]], [[1], [0]]):
        add("broadcast", [s], np.broadcast_to(source(s), t), numbers=t)
    for k in range(-3, 6):
        s = shape(2)
        add("rotate", [s], np.rot90(source(s), k), numbers=[k, 0, 1])
        s = shape(3)
        add("rotate", [s], np.rot90(source(s), k, (2, 0)), numbers=[k, 2, 0])


def reshapes():
    pairs = [
        ([12], [3, 4]), ([3, 4], [12]), ([3, 4], [4, 3]), ([2, 3, 4], [6, 4]), ([2, 3, 4], [2, 12]), ([2, 3, 4], [4, 3, 2]),
        ([24], [2, 3, 4]), ([6, 1, 4], [1, 24]), ([6, 4], [6, 2, 2]), ([6, 4], [2, 3, 4]), ([5, 6, 7], [30, 7]), ([5, 6, 7], [5, 42]),
        ([5, 6, 7], [210]), ([5, 6, 7], [7, 6, 5]), ([4, 6], [-1]), ([4, 6], [8, -1]), ([2, 2, 2, 2, 2], [4, 8]), ([32], [2, 2, 2, 2, 2]),
        ([1], [1, 1]), ([1, 1], [1]), ([0, 3], [3, 0]), ([3, 0], [0]), ([36, 4], [6, 6, 4]), ([10, 10], [4, 25]), ([3, 8, 5], [3, 2, 4, 5]),
        ([7, 9], [9, 7]), ([6, 10, 2], [5, 12, 2]), ([6, 10, 2], [3, 2, 20]), ([100], [10, 10]), ([8, 9], [2, 4, 3, 3]),
    ]
    for s, t in pairs:
        add("reshape", [s], source(s).reshape(t), numbers=t)
    for _ in range(25):
        factors = [int(f) for f in rng.choice([1, 2, 2, 3, 3, 4, 5], int(rng.integers(2, 5)))]
        def grouped():
            order = [int(f) for f in rng.permutation(factors)] if rng.random() < 0.5 else list(factors)
            result = [order[0]]
            for factor in order[1:]:
                if rng.random() < 0.5:
                    result[-1] *= factor
                else:
                    result.append(factor)
            return result
        s, t = grouped(), grouped()
        add("reshape", [s], source(s).reshape(t), numbers=t)


def joins():
    for _ in range(15):
        s = shape()
        axis = int(rng.integers(-len(s), len(s)))
        shapes = []
        for _ in range(int(rng.integers(1, 4))):
            own = list(s)
            own[axis] = int(rng.integers(0, 5))
            shapes.append(own)
        arrays = [source(own, i) for i, own in enumerate(shapes)]
        add("concatenate", shapes, np.concatenate(arrays, axis), numbers=[axis])
        arrays = [source(s, i) for i in range(3)]
        axis = int(rng.integers(-len(s) - 1, len(s) + 1))
        add("stack", [s] * 3, np.stack(arrays, axis), numbers=[axis])
        add("hstack", [s] * 3, np.hstack(arrays))
        add("vstack", [s] * 3, np.vstack(arrays))
        add("dstack", [s] * 3, np.dstack(arrays))
    shapes = [[2, 3], [2, 2], [4, 1], [4, 4]]
    a, b, c, d = (source(s, i) for i, s in enumerate(shapes))
    add("block", shapes, np.block([[a, b], [c, d]]))
    shapes = [[3], [2], [1], [4]]
    a, b, c, d = (source(s, i) for i, s in enumerate(shapes))
    add("block", shapes, np.block([[a, b], [c, d]]))
    for _ in range(10):
        s = shape(most=9)
        axis = int(rng.integers(-len(s), len(s)))
        parts = int(rng.integers(1, 5))
        which = int(rng.integers(0, parts))
        add("splitUnevenly", [s], np.array_split(source(s), parts, axis)[which], numbers=[parts, axis, which])
        even = list(s)
        even[axis] = parts * int(rng.integers(1, 4))
        add("split", [even], np.split(source(even), parts, axis)[which], numbers=[parts, axis, which])
        at = [int(p) for p in rng.integers(-3, 12, 3)]
        which = int(rng.integers(0, 4))
        add("splitAt", [s], np.split(source(s), at, axis)[which], numbers=at, axis=axis, which=which)
        place = int(rng.integers(-s[axis], s[axis] + 1))
        other = list(s)
        other[axis] = int(rng.integers(1, 4))
        position = place + s[axis] if place < 0 else place
        add("insert", [s, other], np.concatenate(
            [np.split(source(s), [position], axis)[0], source(other, 1), np.split(source(s), [position], axis)[1]], axis),
            numbers=[place], axis=axis)
        gone = [int(p) for p in rng.integers(-s[axis], s[axis], int(rng.integers(0, 4)))]
        add("delete", [s], np.delete(source(s), gone, axis), numbers=gone, axis=axis)


def repeats():
    for _ in range(18):
        s = shape()
        x, r = source(s), len(s)
        axis = int(rng.integers(-r, r))
        count = int(rng.integers(0, 4))
        add("repeat", [s], np.repeat(x, count, axis), numbers=[count], axis=axis)
        add("repeat", [s], np.repeat(x, count), numbers=[count])
        counts = [int(c) for c in rng.integers(0, 4, s[axis])]
        add("repeatCounts", [s], np.repeat(x, counts, axis), numbers=counts, axis=axis)
        tiles = [int(c) for c in rng.integers(0 if rng.random() < 0.2 else 1, 4, int(rng.integers(1, 4)))]
        add("tile", [s], np.tile(x, tiles), numbers=tiles)
        shift = int(rng.integers(-12, 13))
        add("roll", [s], np.roll(x, shift, axis), numbers=[shift], axis=axis)
        add("roll", [s], np.roll(x, shift), numbers=[shift])
        widths = [int(w) for w in rng.integers(0, 5, 2 * r)]
        pairs = [(widths[2 * i], widths[2 * i + 1]) for i in range(r)]
        add("pad", [s], np.pad(x, pairs, constant_values=7), numbers=widths, mode="constant")
        for mode in ("edge", "reflect", "symmetric", "wrap"):
            add("pad", [s], np.pad(x, pairs, mode), numbers=widths, mode=mode)
    add("pad", [[3]], np.pad(source([3]), [(20, 25)], "reflect"), numbers=[20, 25], mode="reflect")
    add("pad", [[3]], np.pad(source([3]), [(20, 25)], "wrap"), numbers=[20, 25], mode="wrap")
    add("pad", [[0, 2]], np.pad(source([0, 2]), [(1, 2), (0, 1)], constant_values=7), numbers=[1, 2, 0, 1], mode="constant")


def diagonals():
    for _ in range(12):
        s = shape(2, most=9)
        k = int(rng.integers(-9, 10))
        x = source(s)
        add("diagonal", [s], np.diagonal(x, k), numbers=[k, 0, 1])
        add("lower", [s], np.tril(x, k), numbers=[k])
        add("upper", [s], np.triu(x, k), numbers=[k])
        v = shape(1)
        add("diagonalMatrix", [v], np.diag(source(v), k), numbers=[k])
        s = shape(3, most=6)
        a, b = (int(i) for i in rng.permutation(3)[:2])
        add("diagonal", [s], np.diagonal(source(s), k // 3, a, b), numbers=[k // 3, a, b])
        add("lower", [s], np.tril(source(s), k // 3), numbers=[k // 3])
        n, axis = int(rng.integers(0, 4)), int(rng.integers(-3, 3))
        squares = source(s) ** 2 % 251
        add("differences", [s], np.diff(squares, n, axis), numbers=[n], axis=axis)


def selections():
    for _ in range(15):
        s = shape(most=8)
        x, r = source(s), len(s)
        axis = int(rng.integers(-r, r))
        taken = [int(i) for i in rng.integers(-s[axis], s[axis], int(rng.integers(0, 14)))]
        add("take", [s], np.take(x, taken, axis), numbers=taken, axis=axis)
        table = [[int(i) for i in row] for row in rng.integers(-s[axis], s[axis], (2, 3))]
        add("takeTable", [s], np.take(x, table, axis), numbers=table[0] + table[1], axis=axis)
        mask = [int(m) for m in rng.integers(0, 2, s[axis])]
        add("compress", [s], np.compress(mask, x, axis), numbers=mask, axis=axis)
        m = int(rng.integers(1, 5))
        add("select", [s], x[(x % m == 0)], numbers=[m])
        add("nonzero", [s], np.array(np.nonzero(x % m)), numbers=[m])
        add("argWhere", [s], np.argwhere(x % m), numbers=[m])
        add("flatNonzero", [s], np.flatnonzero(x % m), numbers=[m])


def replacements():
    for _ in range(30):
        s = shape(most=9)
        x = source(s)
        indices = []
        for length in s[:int(rng.integers(0, len(s) + 1))]:
            indices.append(int(rng.integers(-length, length)) if rng.random() < 0.35 else random_slice(length))
        if rng.random() < 0.3:
            indices.insert(int(rng.integers(0, len(indices) + 1)), None)
        part = x[tuple(indices)].shape
        value_shape = [n if rng.random() < 0.7 else 1 for n in part]
        while value_shape and value_shape[0] == 1 and rng.random() < 0.5:
            value_shape = value_shape[1:]
        x[tuple(indices)] = source(value_shape, 1)
        add("replace", [s, value_shape], x, indices=[text(i) for i in indices])


def points():
    for _ in range(12):
        s = shape(most=8)
        x, r = source(s), len(s)
        count = int(rng.integers(0, 20))
        lists = [[int(i) for i in rng.integers(-n, n, count)] for n in s]
        add("points", [s], x[tuple(np.array(l, dtype=int) for l in lists)], numbers=sum(lists, []))
        axis = int(rng.integers(-r, r))
        along = [n if rng.random() < 0.7 else 1 for n in s]
        along[axis] = int(rng.integers(1, 6))
        chosen = rng.integers(-s[axis], s[axis], along)
        add("takeAlong", [s], np.take_along_axis(x, chosen, axis), numbers=chosen.ravel().tolist() + along, axis=axis)
        leading = int(rng.integers(1, r + 1))
        mask = rng.integers(0, 2, s[:leading])
        add("selectLeading", [s], x[mask.astype(bool)], numbers=mask.ravel().tolist(), which=leading)
    for s in ([3], [3, 4], [2, 3, 4]):
        for indexing in ("ij", "xy"):
            grids = np.meshgrid(*[source([n], i) for i, n in enumerate(s)], indexing=indexing)
            for which, grid in enumerate(grids):
                add("meshgrid", [[n] for n in s], grid, mode=indexing, which=which)
        add("indices", [s], np.indices(s))


def pipelines():
    for _ in range(90):
        s = shape(int(rng.integers(1, 4)), most=6)
        x, steps = source(s), []
        for _ in range(int(rng.integers(3, 7))):
            r = x.ndim
            kind = str(rng.choice(["slice", "transpose", "flip", "expand", "broadcast", "reshape", "roll", "pad", "tile", "take", "repeat",
                                   "diagonal", "lower", "rechunk", "zero"]))
            step = dict(op=kind)
            if kind == "slice":
                indices = [int(rng.integers(-n, n)) if rng.random() < 0.15 and n > 0 else random_slice(n) for n in x.shape]
                step["indices"] = [text(i) for i in indices]
                y = x[tuple(indices)]
            elif kind == "transpose":
                order = [int(a) for a in rng.permutation(r)]
                step["numbers"] = order
                y = x.transpose(order)
            elif kind == "flip":
                step["numbers"] = list(range(r))
                y = np.flip(x)
            elif kind == "expand":
                step["numbers"] = [int(rng.integers(0, r + 1))]
                y = np.expand_dims(x, step["numbers"][0])
            elif kind == "broadcast":
                step["numbers"] = [2] + [3 if n == 1 else n for n in x.shape]
                y = np.broadcast_to(x, step["numbers"])
            elif kind == "reshape":
                choices = [[-1]] + [list(x.shape[:i]) + [x.shape[i] * x.shape[i + 1]] + list(x.shape[i + 2:]) for i in range(r - 1)]
                choices += [list(x.shape[:i]) + [n // f, f] + list(x.shape[i + 1:]) for i, n in enumerate(x.shape) for f in (2, 3) if n % f == 0 and n]
                if x.size == 0:
                    continue
                step["numbers"] = [int(n) for n in choices[int(rng.integers(0, len(choices)))]]
                y = x.reshape(step["numbers"])
            elif kind == "roll" and r:
                step.update(numbers=[int(rng.integers(-5, 6))], axis=int(rng.integers(0, r)))
                y = np.roll(x, step["numbers"][0], step["axis"])
            elif kind == "pad" and r and x.size:
                widths = [int(w) for w in rng.integers(0, 3, 2 * r)]
                mode = str(rng.choice(["constant", "edge", "reflect", "symmetric", "wrap"]))
                step.update(numbers=widths, mode=mode)
                pairs = [(widths[2 * i], widths[2 * i + 1]) for i in range(r)]
                y = np.pad(x, pairs, mode, **(dict(constant_values=7) if mode == "constant" else {}))
            elif kind == "tile":
                step["numbers"] = [int(n) for n in rng.integers(1, 3, max(r, 1))]
                y = np.tile(x, step["numbers"])
            elif kind == "take" and r and x.shape[0]:
                step.update(numbers=[int(i) for i in rng.integers(-x.shape[0], x.shape[0], 7)], axis=0)
                y = np.take(x, step["numbers"], 0)
            elif kind == "repeat" and r:
                step.update(numbers=[2], axis=r - 1)
                y = np.repeat(x, 2, r - 1)
            elif kind == "diagonal" and r >= 2:
                step["numbers"] = [int(rng.integers(-2, 3)), 0, r - 1]
                y = np.diagonal(x, *step["numbers"])
            elif kind == "lower" and r >= 2:
                step["numbers"] = [int(rng.integers(-2, 3))]
                y = np.tril(x, step["numbers"][0])
            elif kind in ("rechunk", "zero"):
                y = x
            else:
                continue
            if y.size > 600:
                continue
            x = y
            steps.append(step)
        add("pipeline", [s], x, steps=steps)


def overlaps():
    modes = dict(periodic="wrap", reflect="symmetric", nearest="edge", constant="constant", none="constant")
    for boundary, mode in modes.items():
        for _ in range(5):
            s = shape(most=9)
            depth = [int(d) for d in rng.integers(0, 4, len(s))]
            value = 5 if boundary == "constant" else 0
            keywords = dict(constant_values=value) if mode == "constant" else {}
            padded = np.pad(source(s), [(d, d) for d in depth], mode, **keywords)
            windows = np.lib.stride_tricks.sliding_window_view(padded, [2 * d + 1 for d in depth])
            add("overlap", [s], windows.sum(axis=tuple(range(len(s), 2 * len(s)))), numbers=depth, mode=boundary)


for write in (slices, axes, reshapes, joins, repeats, diagonals, selections, overlaps, replacements, points, pipelines):
    write()
output = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "Tests/SheafArrayTests/Oracle/shape.json")
output.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
print(f"{len(cases)} cases, {output.stat().st_size // 1024} KB, NumPy {np.__version__}")
