#!/usr/bin/env python3
"""NumPy's answers for the tests of linear algebra and Fourier transforms.

Usage: python dev/oracle/arrays_linear.py      (NumPy 2; writes Tests/SheafArrayTests/Oracle/linear.json)
"""

import json
from pathlib import Path

import numpy as np

rng = np.random.default_rng(20_240_817)
OUT = Path(__file__).resolve().parents[2] / "Tests/SheafArrayTests/Oracle/linear.json"
cases = []


def flat(array):
    array = np.asarray(array)
    if np.iscomplexobj(array):
        array = np.stack([array.real, array.imag], axis=-1)
    # As short as the type allows.
    return [float(str(x)) if array.dtype.kind == "f" else int(x) for x in array.ravel()]


def packed(array):
    array = np.asarray(array)
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": flat(array)}


def random(shape, dtype):
    kind = np.dtype(dtype).kind
    if kind in "iu":
        return rng.integers(0 if kind == "u" else -9, 12, size=shape).astype(dtype)
    values = rng.normal(size=shape)
    if kind == "c":
        values = values + 1j * rng.normal(size=shape)
    # A few digits keep the file small.
    return np.round(values, 3).astype(dtype)


def add(operation, inputs, result, **options):
    cases.append({"operation": operation, "inputs": [packed(x) for x in inputs], "result": packed(result), "options": options})


# Products.
for dtype in ["float64", "float32", "complex128", "complex64", "int32", "uint8", "int64"]:
    for a, b in [((5, 7), (7, 4)), ((7,), (7, 3)), ((6, 7), (7,)), ((9,), (9,)), ((3, 4, 5), (5, 2)), ((4, 1, 3, 2), (5, 2, 3)),
                 ((2, 3), (4, 3, 5)), ((3, 0), (0, 2)), ((4,), (3, 4, 2)), ((1, 3, 3), (4, 3, 3))]:
        x, y = random(a, dtype), random(b, dtype)
        add("matmul", [x, y], x @ y)
for dtype in ["float64", "int16", "complex128"]:
    for a, b in [((8,), (8,)), ((3, 4), (4,)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (5, 4, 2))]:
        x, y = random(a, dtype), random(b, dtype)
        add("dot", [x, y], np.dot(x, y))
    x, y = random((7,), dtype), random((5,), dtype)
    add("outer", [x, y], np.outer(x, y))
    x, y = random((3, 2), dtype), random((2, 2, 2), dtype)
    add("outer", [x, y], np.outer(x, y))
    for a, b, axes in [((3, 4, 5), (4, 5, 2), 2), ((3, 4, 5), (5, 4, 2), ([1, 2], [1, 0])), ((3, 4), (5, 2), 0),
                       ((3, 4, 2), (3, 6), ([0], [0])), ((2, 3, 4), (2, 3, 4), 3)]:
        x, y = random(a, dtype), random(b, dtype)
        pairs = [list(range(len(a) - axes, len(a))), list(range(axes))] if isinstance(axes, int) else [list(p) for p in axes]
        add("tensorDot", [x, y], np.tensordot(x, y, axes), axes=pairs)
for dtype in ["float64", "complex128"]:
    x, y = random((4, 3), dtype), random((4, 3), dtype)
    add("vdot", [x, y], np.vdot(x, y))
for dtype in ["float64", "int32", "complex64"]:
    for text, shapes in [
        ("ij,jk->ik", [(4, 5), (5, 3)]), ("ij,jk->ki", [(4, 5), (5, 3)]), ("ij,jk", [(4, 5), (5, 3)]), ("bij,bjk->bik", [(3, 4, 5), (3, 5, 2)]),
        ("bij,bj->bi", [(3, 4, 5), (3, 5)]), ("ii->i", [(5, 5)]), ("ii", [(5, 5)]), ("iij->ji", [(4, 4, 3)]), ("ij->ji", [(3, 4)]),
        ("ijk->j", [(3, 4, 5)]), ("ij,ij->", [(4, 5), (4, 5)]), ("ij,ij->ij", [(4, 5), (4, 5)]), ("ij,kl->ijkl", [(2, 3), (3, 2)]),
        ("ij,jk,kl->il", [(3, 4), (4, 5), (5, 2)]), ("a,ab,b", [(4,), (4, 5), (5,)]), ("...ij,...jk->...ik", [(2, 3, 4), (2, 4, 5)]),
        ("i...->...", [(3, 4, 2)]), ("ij,j->i", [(4, 1), (6,)]), ("b...,bj->j...", [(3, 2, 2), (3, 4)]), ("ijk,jil->kl", [(3, 4, 2), (4, 3, 5)]),
        ("ab,bc,cd,de->ae", [(2, 3), (3, 4), (4, 2), (2, 3)]), ("i,i,i->i", [(5,), (5,), (5,)]),
    ]:
        inputs = [random(s, dtype) for s in shapes]
        add("einsum", inputs, np.einsum(text, *inputs), subscripts=text)

# Decompositions and what comes from them.
for dtype in ["float64", "complex128"]:
    square = random((7, 7), dtype) + 3 * np.eye(7, dtype=dtype)
    definite = np.round(square @ square.conj().T, 3)
    right = random((7, 3), dtype)
    tall, wide = random((11, 4), dtype), random((4, 9), dtype)
    add("solve", [square, right], np.linalg.solve(square, right))
    add("solve", [square, right[:, 0]], np.linalg.solve(square, right[:, 0]))
    add("solvePositive", [definite, right], np.linalg.solve(definite, right))
    add("cholesky", [definite], np.linalg.cholesky(definite))
    add("inverse", [square], np.linalg.inv(square))
    add("determinant", [square], np.linalg.det(square))
    add("determinant", [square[::-1]], np.linalg.det(square[::-1]))
    sign, logarithm = np.linalg.slogdet(square)
    add("logDeterminantSign", [square], sign)
    add("logDeterminant", [square], logarithm)
    for matrix in [tall, wide, square]:
        add("singularValues", [matrix], np.linalg.svd(matrix, compute_uv=False))
        add("pseudoInverse", [matrix], np.linalg.pinv(matrix))
        for kind in ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]:
            add("matrixNorm", [matrix], np.linalg.norm(matrix, kind), kind=str(kind))
    add("conditionNumber", [square], np.linalg.cond(square))
    add("eigenvalues", [definite], np.linalg.eigvalsh(definite))
    add("leastSquares", [tall, random((11, 2), dtype)], 0)
    cases[-1]["result"] = packed(np.linalg.lstsq(tall, np.asarray(
        [complex(*p) for p in zip(cases[-1]["inputs"][1]["data"][::2], cases[-1]["inputs"][1]["data"][1::2])]
        if dtype == "complex128" else cases[-1]["inputs"][1]["data"]).reshape(11, 2), rcond=None)[0])
    for power in [0, 1, 2, 5, -1, -3]:
        add("matrixPower", [square], np.linalg.matrix_power(square, power), power=power)

# Fourier transforms.
for n in [1, 2, 3, 4, 5, 7, 8, 12, 16, 30, 31, 35, 64, 97, 101, 128]:
    x = random((2, n), "complex128")
    add("fft", [x], np.fft.fft(x))
    if n in (7, 12, 16, 97):
        add("ifft", [x], np.fft.ifft(x))
        add("fft", [x.astype("complex64")], np.fft.fft(x.astype("complex64")))
for n in [1, 2, 5, 8, 9, 30, 97]:
    x = random((2, n), "float64")
    add("rfft", [x], np.fft.rfft(x))
    half = random((2, n // 2 + 1), "complex128")
    half[:, 0] = half[:, 0].real
    if n % 2 == 0:
        half[:, -1] = half[:, -1].real
    add("irfft", [half], np.fft.irfft(half, n), n=n)
x = random((6, 10), "complex128")
for n in [4, 10, 13]:
    add("fft", [x], np.fft.fft(x, n), n=n)
    add("fft", [x], np.fft.fft(x, n, axis=0), n=n, axis=0)
    add("rfft", [x.real], np.fft.rfft(x.real, n), n=n)
add("fft2", [x], np.fft.fft2(x))
add("ifft2", [x], np.fft.ifft2(x))
x = random((3, 4, 5), "complex128")
add("fftn", [x], np.fft.fftn(x))
add("ifftn", [x], np.fft.ifftn(x))
for n in [1, 7, 8]:
    add("fftFrequencies", [], np.fft.fftfreq(n, 0.25), n=n, spacing=0.25)
    add("rfftFrequencies", [], np.fft.rfftfreq(n, 0.25), n=n, spacing=0.25)
for shape in [(7,), (8,), (4, 5)]:
    x = random(shape, "float64")
    add("fftShift", [x], np.fft.fftshift(x))
    add("ifftShift", [x], np.fft.ifftshift(x))

OUT.parent.mkdir(exist_ok=True)
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
OUT.write_text(f"[\n{lines}\n]\n")
print(f"{len(cases)} cases, {OUT.stat().st_size} bytes")
