#!/usr/bin/env python3
"""Computes with NumPy what the tests of array reductions, scans, element-wise functions and order statistics compare with.

Usage: dev/oracle/arrays_reductions.py

Writes Tests/SheafArrayTests/Oracle/reductions.json and functions.json. Needs NumPy 2.
"""
import json
import math
import pathlib
import warnings

import numpy as np

warnings.simplefilter("ignore")
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "SheafArrayTests" / "Oracle"


def plain(array) -> list:
    """Elements in C order; floats that JSON lacks as strings."""
    array = np.asarray(array)
    if array.dtype == bool:
        return [int(x) for x in array.ravel()]
    if array.dtype.kind in "iu":
        return [int(x) for x in array.ravel()]
    out = []
    for x in array.ravel().astype(np.float64).tolist():
        out.append("nan" if math.isnan(x) else ("inf" if x > 0 else "-inf") if math.isinf(x) else x)
    return out


def sample(rng, shape, dtype, nan=0.0):
    if dtype == "bool":
        return rng.random(shape) < 0.4
    if np.dtype(dtype).kind in "iu":
        low = 0 if np.dtype(dtype).kind == "u" else -9
        return rng.integers(low, 10, shape).astype(dtype)
    values = np.round(rng.normal(2, 3, shape), 3).astype(dtype)
    if nan:
        values[rng.random(shape) < nan] = np.nan
    return values


REDUCTIONS = {
    "sum": np.sum, "product": np.prod, "mean": np.mean, "min": np.min, "max": np.max, "peakToPeak": np.ptp,
    "any": np.any, "all": np.all, "countNonZero": lambda a, axis, keepdims: np.count_nonzero(a, axis=axis, keepdims=keepdims),
    "variance": np.var, "standardDeviation": np.std,
    "variance1": lambda a, axis, keepdims: np.var(a, axis=axis, keepdims=keepdims, ddof=1),
    "l1": lambda a, axis, keepdims: np.sum(np.abs(a), axis=axis, keepdims=keepdims),
    "l2": lambda a, axis, keepdims: np.sqrt(np.sum(a * a, axis=axis, keepdims=keepdims)),
    "infinityNorm": lambda a, axis, keepdims: np.max(np.abs(a), axis=axis, keepdims=keepdims),
    "moment3": lambda a, axis, keepdims: np.mean((a - a.mean(axis=axis, keepdims=True)) ** 3, axis=axis, keepdims=keepdims),
    "median": np.median,
    "nanSum": np.nansum, "nanProduct": np.nanprod, "nanMean": np.nanmean, "nanMin": np.nanmin, "nanMax": np.nanmax,
    "nanVariance": np.nanvar, "nanStandardDeviation": np.nanstd, "nanMedian": np.nanmedian,
}
FLOAT_ONLY = {"l1", "l2", "infinityNorm", "moment3"} | {name for name in REDUCTIONS if name.startswith("nan")}
BOOL = {"sum", "mean", "any", "all", "countNonZero"}


def applies(name, dtype):
    if dtype == "bool":
        return name in BOOL
    return np.dtype(dtype).kind == "f" or name not in FLOAT_ONLY


def reductions() -> list:
    rng = np.random.default_rng(20)
    cases = []
    inputs = [("float64", 0.0), ("float64", 0.15), ("float32", 0.0), ("float32", 0.1), ("int64", 0), ("int32", 0), ("uint8", 0), ("bool", 0)]
    for shape, axeses in (((7,), (None, (0,))), ((5, 6), (None, (0,), (1,), (-1, 0))), ((3, 4, 5), (None, (0,), (1,), (-1,), (0, 2), (1, 2), (0, 1)))):
        for dtype, nan in inputs:
            a = sample(rng, shape, dtype, nan)
            answers = []
            for name, function in REDUCTIONS.items():
                if not applies(name, dtype):
                    continue
                for number, axes in enumerate(axeses):
                    keep = number % 2 == 1
                    result = function(a, axis=axes, keepdims=keep)
                    answers.append({"name": name, "axes": axes, "keep": keep, "shape": list(np.shape(result)), "values": plain(result)})
            for name, function in (("argMin", np.argmin), ("argMax", np.argmax), ("nanArgMin", np.nanargmin), ("nanArgMax", np.nanargmax)):
                if dtype == "bool" or (name.startswith("nan") and not applies("nanSum", dtype)):
                    continue
                for axis in (None, *range(len(shape))):
                    try:
                        result = function(a, axis=axis)
                    except ValueError:
                        continue
                    answers.append({"name": name, "axes": None if axis is None else [axis], "keep": False, "shape": list(np.shape(result)), "values": plain(result)})
            for name, function in (("cumulativeSum", np.cumsum), ("cumulativeProduct", np.cumprod), ("cumulativeMin", np.minimum.accumulate), ("cumulativeMax", np.maximum.accumulate), ("nanCumulativeSum", np.nancumsum)):
                if dtype == "bool" or (name.startswith("nan") and not applies("nanSum", dtype)):
                    continue
                for axis in range(len(shape)):
                    result = function(a, axis=axis)
                    answers.append({"name": name, "axes": [axis], "keep": False, "shape": list(result.shape), "values": plain(result)})
            if dtype != "bool":
                for count in (2, -2):
                    for axis in range(len(shape)):
                        order = np.argsort(-a if count > 0 and a.dtype.kind == "f" else -a.astype(np.int64) if count > 0 else a, axis=axis, kind="stable")
                        if nan and count > 0:
                            continue
                        index = np.take(order, range(2), axis=axis)
                        answers.append({"name": f"topK{count}", "axes": [axis], "keep": False, "shape": list(index.shape), "values": plain(np.take_along_axis(a, index, axis))})
                        answers.append({"name": f"argTopK{count}", "axes": [axis], "keep": False, "shape": list(index.shape), "values": plain(index)})
            if np.dtype(dtype).kind == "f":
                methods = ("linear",) if nan or dtype == "float32" or len(shape) == 3 else ("linear", "lower", "higher", "midpoint", "nearest", "hazen", "weibull", "median_unbiased", "normal_unbiased", "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf")
                for method in methods:
                    for axes in axeses[:3]:
                        result = np.quantile(a, [0.0, 0.3, 0.5, 0.85, 1.0], axis=axes, method=method)
                        answers.append({"name": "quantile " + method, "axes": axes, "keep": False, "shape": list(result.shape), "values": plain(result)})
            cases.append({"dtype": dtype, "shape": list(shape), "input": plain(a), "answers": answers})
    return cases


UNARY = {
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
    "cubeRoot": np.cbrt, "squareRoot": np.sqrt, "square": np.square, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "floor": np.floor, "ceil": np.ceil, "truncated": np.trunc, "reciprocal": np.reciprocal,
    "degrees": np.degrees, "radians": np.radians, "rounded": np.round, "rounded2": lambda a: np.round(a, 2),
    "rounded-1": lambda a: np.round(a, -1), "abs": np.abs, "sign": np.sign, "isNaN": np.isnan, "isInfinite": np.isinf,
    "isFinite": np.isfinite, "nanToNumber": np.nan_to_num, "power3": lambda a: a ** a.dtype.type(3),
    "power2.5": lambda a: a ** a.dtype.type(2.5), "power-2": lambda a: a ** a.dtype.type(-2), "clip": lambda a: np.clip(a, -1, 2),
}
BINARY = {
    "atan2": np.arctan2, "hypot": np.hypot, "power": np.power, "remainder": np.remainder, "truncatingRemainder": np.fmod,
    "floorDivided": np.floor_divide, "copySign": np.copysign, "logAddExp": np.logaddexp, "logAddExp2": np.logaddexp2,
    "minimum": np.minimum, "maximum": np.maximum, "minimumNumber": np.fmin, "maximumNumber": np.fmax, "nextAfter": np.nextafter,
    "isClose": np.isclose,
}
INTEGER_BINARY = {
    "remainder": np.remainder, "truncatingRemainder": np.fmod, "minimum": np.minimum, "maximum": np.maximum, "and": np.bitwise_and,
    "or": np.bitwise_or, "xor": np.bitwise_xor, "/": np.floor_divide,
}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -1.5, -2.5, float("nan"), float("inf"), float("-inf"), 1e-5, 700.0, -700.0, 20.0, 0.1]


def functions() -> list:
    rng = np.random.default_rng(21)
    cases = []
    for dtype in ("float64", "float32"):
        a = np.concatenate([np.array(SPECIAL), rng.normal(0, 3, 30), rng.uniform(-1, 1, 16)]).astype(dtype)
        b = np.concatenate([rng.permutation(np.array(SPECIAL * 2)), rng.normal(0, 3, len(a) - 2 * len(SPECIAL))]).astype(dtype)
        b[-6:-3] = a[-6:-3]
        answers = [{"name": name, "values": plain(function(a))} for name, function in UNARY.items()]
        answers += [{"name": name, "values": plain(function(a, b))} for name, function in BINARY.items()]
        cases.append({"dtype": dtype, "a": plain(a), "b": plain(b), "answers": answers})
    for dtype in ("int64", "int32", "int16", "int8", "uint64", "uint8"):
        info = np.iinfo(dtype)
        limits = [0, 1, 2, 3, 7, 100, 127] + ([] if info.min == 0 else [-1, -2, -3, -7, -128])
        if info.bits < 64:
            limits += [info.min, info.max]
        a = np.concatenate([np.array(limits), rng.integers(max(info.min, -1000), min(info.max, 1000), 40)]).astype(dtype)
        b = np.concatenate([rng.permutation(np.array(limits)), rng.integers(0 if info.min == 0 else -20, 20, 40)]).astype(dtype)
        answers = [{"name": "abs", "values": plain(np.abs(a))}, {"name": "sign", "values": plain(np.sign(a))}, {"name": "square", "values": plain(np.square(a))}, {"name": "not", "values": plain(np.invert(a))}]
        answers += [{"name": name, "values": plain(function(a, b))} for name, function in INTEGER_BINARY.items()]
        answers.append({"name": "power", "values": plain(np.power(a, np.abs(b) % 5))})
        shift = (np.abs(b.astype(np.int64)) % min(info.bits, 8)).astype(dtype)
        answers += [{"name": "<<", "values": plain(np.left_shift(a, shift))}, {"name": ">>", "values": plain(np.right_shift(a, shift))}]
        cases.append({"dtype": dtype, "a": plain(a), "b": plain(b), "shift": plain(shift), "exponents": plain(np.abs(b) % 5), "answers": answers})
    return cases


def sets() -> dict:
    rng = np.random.default_rng(22)
    x = np.round(rng.normal(0, 2, 400), 2)
    weights = np.round(rng.uniform(0, 2, 400), 3)
    n = rng.integers(0, 12, 300)
    edges = [-3.0, -1.0, 0.0, 0.25, 2.0, 5.0]
    values, index, inverse, counts = np.unique(n, return_index=True, return_inverse=True, return_counts=True)
    return {
        "x": plain(x), "weights": plain(weights), "n": plain(n), "edges": edges,
        "histogram": plain(np.histogram(x, bins=10, range=(-4, 4))[0]), "histogramEdges": plain(np.histogram(x, bins=10, range=(-4, 4))[1]),
        "histogramAuto": plain(np.histogram(x, bins=7)[0]), "histogramAutoEdges": plain(np.histogram(x, bins=7)[1]),
        "histogramOfEdges": plain(np.histogram(x, bins=edges)[0]),
        "histogramWeighted": plain(np.histogram(x, bins=edges, weights=weights)[0]),
        "histogramDensity": plain(np.histogram(x, bins=edges, density=True)[0]),
        "bincount": plain(np.bincount(n)), "bincountLong": plain(np.bincount(n, minlength=20)),
        "bincountWeighted": plain(np.bincount(n, weights=weights[:300])),
        "digitize": plain(np.digitize(x, edges)), "digitizeRight": plain(np.digitize(x, edges, right=True)),
        "digitizeDown": plain(np.digitize(x, edges[::-1])), "digitizeDownRight": plain(np.digitize(x, edges[::-1], right=True)),
        "searchLeft": plain(np.searchsorted(edges, x)), "searchRight": plain(np.searchsorted(edges, x, side="right")),
        "unique": plain(values), "uniqueCounts": plain(counts), "uniqueInverse": plain(inverse),
        "isIn": plain(np.isin(n, [3, 5, 77])),
    }


def write(name: str, value) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    write("reductions.json", reductions())
    write("functions.json", functions())
    write("statistics.json", sets())
