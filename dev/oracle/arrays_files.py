"""Small files that NumPy writes, and what they hold, for Tests/SheafArrayTests/Files: Oracle/files/*.npy, *.npz and files.json."""

import json
import pathlib
import zipfile
import io

import numpy as np

FOLDER = pathlib.Path(__file__).parents[2] / "Tests/SheafArrayTests/Oracle/files"
FOLDER.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(5)
cases = []


def sample(dtype, shape):
    kind = np.dtype(dtype).kind
    if kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    if kind in "iu":
        info = np.iinfo(dtype)
        return random.integers(info.min, info.max, shape, dtype=np.dtype(dtype).newbyteorder("="), endpoint=True).astype(dtype)
    if kind == "c":
        return (random.standard_normal(shape) + 1j * random.standard_normal(shape)).astype(dtype)
    return random.standard_normal(shape).astype(dtype)


def value(x):
    if np.iscomplexobj(x):
        return [repr(float(v)) for z in x.reshape(-1) for v in (z.real, z.imag)]
    return [repr(float(v)) if x.dtype.kind == "f" else str(int(v)) for v in x.reshape(-1)]


def add(name, x, order="C", version=None):
    x = np.asfortranarray(x) if order == "F" else x
    with open(FOLDER / name, "wb") as file:
        np.lib.format.write_array(file, x, version=version)
    cases.append({
        "file": name,
        "type": x.dtype.newbyteorder("=").name,
        "shape": list(x.shape),
        "elements": value(np.ascontiguousarray(x)),
        # What numpy.save writes for the array in C order and this machine's byte order.
        "isPlain": order == "C" and version is None and x.dtype.byteorder != ">",
    })


for dtype in ["bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "c8", "c16"]:
    name = np.dtype(dtype).name
    add(f"{name}.npy", sample(dtype, (3, 5)))
    if np.dtype(dtype).itemsize > 1:
        add(f"{name}-swapped.npy", sample(np.dtype(dtype).newbyteorder(">"), (4, 3)))
    add(f"{name}-fortran.npy", sample(dtype, (4, 3)), order="F")
add("scalar.npy", np.array(2.5))
add("empty.npy", np.zeros((0, 7)))
add("one-axis.npy", sample("i4", (11,)))
add("four-axes.npy", sample("f4", (2, 3, 4, 5)))
add("four-axes-fortran.npy", sample("f8", (3, 2, 4, 2)), order="F")
add("swapped-fortran.npy", sample(">f8", (5, 3)), order="F")
add("version-2.npy", sample("f8", (2, 2)), version=(2, 0))
add("version-3.npy", sample("f8", (2, 2)), version=(3, 0))
(FOLDER / "files.json").write_text(json.dumps(cases))

# Files that hold what no array can.
np.save(FOLDER / "objects.npy", np.array([1, "a"], dtype=object), allow_pickle=True)
np.save(FOLDER / "records.npy", np.zeros(2, dtype=[("a", "f8"), ("b", "i4")]))
np.save(FOLDER / "texts.npy", np.array(["a", "bc"]))
np.save(FOLDER / "half.npy", np.zeros(3, dtype="f2"))

x, y = np.arange(12.0).reshape(3, 4), np.arange(300) % 7
np.savez(FOLDER / "stored.npz", x=x, y=y)
np.savez_compressed(FOLDER / "deflated.npz", x=x, y=y, z=np.asfortranarray(x))

# Zarr v2 folders, written by hand as the specification says (https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html).
import gzip
import shutil
import zlib

import pyarrow


def zarr(name, x, chunks, compressor, order="C", separator=".", missing=(), fill=0, dtype=None):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    dtype = np.dtype(dtype or x.dtype)
    kind = {None: None, "gzip": {"id": "gzip", "level": 5}, "zlib": {"id": "zlib", "level": 1}, "zstd": {"id": "zstd", "level": 3},
            "blosc": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1}}[compressor]
    (folder / ".zarray").write_text(json.dumps({
        "chunks": list(chunks), "compressor": kind, "dtype": dtype.str, "fill_value": fill, "filters": None, "order": order,
        "shape": list(x.shape), "zarr_format": 2, "dimension_separator": separator}, indent=4))
    counts = [-(-n // c) for n, c in zip(x.shape, chunks)]
    expected = x.copy()
    for index in np.ndindex(*counts):
        box = tuple(slice(i * c, (i + 1) * c) for i, c in zip(index, chunks))
        if index in missing:
            expected[box] = np.nan if fill == "NaN" else fill
            continue
        chunk = np.full(chunks, 99, dtype)
        part = x[box]
        chunk[tuple(slice(0, n) for n in part.shape)] = part
        raw = chunk.tobytes(order=order)
        packed = {None: lambda b: b, "gzip": lambda b: gzip.compress(b, mtime=0), "zlib": zlib.compress, "blosc": lambda b: b,
                  "zstd": lambda b: pyarrow.compress(b, codec="zstd", asbytes=True)}[compressor](raw)
        path = folder / separator.join(map(str, index))
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(packed)
    return {"file": name, "type": x.dtype.newbyteorder("=").name, "shape": list(x.shape), "elements": value(expected), "isPlain": False}


stores = [
    zarr("plain.zarr", sample("f8", (5, 7)), (2, 3), None),
    zarr("gzip.zarr", sample("i4", (5, 7)), (2, 3), "gzip", order="F", separator="/"),
    zarr("zlib.zarr", sample("u2", (9,)), (4,), "zlib", dtype=">u2"),
    zarr("zstd.zarr", sample("f4", (4, 4, 3)), (2, 4, 2), "zstd", missing=[(0, 0, 1)], fill="NaN"),
    zarr("missing.zarr", sample("i8", (6, 4)), (3, 2), "zstd", order="F", missing=[(0, 1), (1, 0)], fill=-7),
]
zarr("blosc.zarr", sample("f8", (2, 2)), (2, 2), "blosc")
(FOLDER / "zarr.json").write_text(json.dumps(stores))
total = sum(f.stat().st_size for f in FOLDER.rglob("*") if f.is_file())
print(total, "bytes")
