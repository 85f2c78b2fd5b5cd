"""Writes the benchmarks' input files: seeded, so that every machine measures the same bytes.

    python generate.py --folder DIR [--scale 1.0] [NAME ...]

| file          | content at scale 1                              | used by                            |
|---------------|-------------------------------------------------|------------------------------------|
| facts.csv     | 10,000,000 lines `id,value`, 100,000 ids        | sum-by-key, join (left side)       |
| dimension.csv | 100,000 lines `id,weight`, 90% of them in facts | join (right side)                  |
| pairs.csv     | 10,000,000 lines `key,value`, keys below 2^31   | sort                               |
| text.txt      | 520 MB, about 12 words a line, Zipf-distributed | word-count                         |

and for the table jobs (tables.py says what is in them):

| file                 | content at scale 1                                                   | used by                     |
|----------------------|----------------------------------------------------------------------|-----------------------------|
| groups.parquet       | 10,000,000 rows, 9 columns: db-benchmark's G1, K = 100               | group-by                    |
| join-left.parquet    | 10,000,000 rows: db-benchmark's J1, left side                        | table-join                  |
| join-small, -medium, -big.parquet | 10, 10,000 and 10,000,000 rows: its right sides         | table-join                  |
| six.duckdb           | 10,000,000 rows, six columns, a table of a DuckDB database           | receive-columns, table-sort |
| six.arrow            | the same rows, as an Arrow IPC file                                  | arrow-read, arrow-write     |
| tpch/                | TPC-H at scale factor 1, as tpchgen-cli writes it, and the answers   | tpch                        |

The CSV files have no header line: each peer skips one in its own way, and that is not what is measured.
A file that is there with the size and recipe noted in manifest.json is kept.
"""

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import BinaryIO, Callable

import numpy as np

import tables

SEED = 20_130_101
# Part of every recipe; raise it when a generator below changes what it writes.
VERSION = 1
BLOCK = 1_000_000

FACT_LINES = 10_000_000
FACT_IDS = 100_000
DIMENSION_LINES = 100_000
PAIR_LINES = 10_000_000
TEXT_BYTES = 520_000_000
VOCABULARY = 100_000


# MARK: numbers


def write_pairs(file: BinaryIO, left: np.ndarray, right: np.ndarray) -> None:
    lines = map("%d,%d\n".__mod__, zip(left.tolist(), right.tolist()))
    file.write("".join(lines).encode("ascii"))


def blocks(total: int):
    """The sizes of the blocks that make up `total` rows: bounded memory, and a stream that does not depend on it."""
    while total > 0:
        yield min(total, BLOCK)
        total -= BLOCK


def facts(file: BinaryIO, scale: float) -> None:
    rng = np.random.default_rng([SEED, 1])
    for rows in blocks(int(FACT_LINES * scale)):
        write_pairs(file, rng.integers(0, FACT_IDS, rows), rng.integers(0, 1_000, rows))


def dimension(file: BinaryIO, scale: float) -> None:
    """Every tenth line has an id that no fact has, and so every tenth id of the facts has no line: an inner join has
    something to drop on both sides."""
    rng = np.random.default_rng([SEED, 2])
    known = rng.permutation(FACT_IDS)[: DIMENSION_LINES * 9 // 10]
    unknown = np.arange(FACT_IDS, FACT_IDS + DIMENSION_LINES - len(known))
    ids = rng.permutation(np.concatenate([known, unknown]))
    write_pairs(file, ids, rng.integers(1, 100, len(ids)))


def pairs(file: BinaryIO, scale: float) -> None:
    rng = np.random.default_rng([SEED, 3])
    for rows in blocks(int(PAIR_LINES * scale)):
        write_pairs(file, rng.integers(0, 2**31, rows), rng.integers(0, 1_000_000, rows))


# MARK: text

ONSETS = "b c d f g h j k l m n p r s t v w z br ch cl dr fl gr pl pr sh st th tr".split()
VOWELS = "a e i o u ai ea ie oo ou".split()
# Some letters outside ASCII, as in most real text: a few words in a hundred have one.
ACCENTED = "é ü ö".split()
CODAS = ["", "", "", "l", "m", "n", "r", "s", "t", "ck", "nd"]


def vocabulary() -> list[bytes]:
    """Distinct made-up words, the most frequent first and, as in natural languages, the shortest."""
    choose = random.Random(SEED)

    def syllable() -> str:
        vowel = choose.choice(ACCENTED if choose.random() < 0.015 else VOWELS)
        return choose.choice(ONSETS) + vowel + choose.choice(CODAS)

    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        rank = len(words)
        syllables = 1 if rank < 300 else 2 if rank < 8_000 else 3
        words["".join(syllable() for _ in range(syllables))] = None
    return [word.encode("utf-8") for word in words]


def text(file: BinaryIO, scale: float) -> None:
    """Words drawn by the Zipf–Mandelbrot law, in lines of 6 to 18."""
    rng = np.random.default_rng([SEED, 4])
    words = vocabulary()

    # The vocabulary as one buffer, each word with the space that follows it, so that a block of text is one gather.
    letters = np.frombuffer(b" ".join(words) + b" ", dtype=np.uint8)
    lengths = np.array([len(word) + 1 for word in words])
    starts = np.cumsum(lengths) - lengths

    weights = 1.0 / (np.arange(len(words)) + 2.7) ** 1.07
    cumulative = np.cumsum(weights / weights.sum())

    written, target = 0, int(TEXT_BYTES * scale)
    while written < target:
        drawn = np.minimum(np.searchsorted(cumulative, rng.random(BLOCK)), len(words) - 1)
        drawn_lengths = lengths[drawn]
        ends = np.cumsum(drawn_lengths)
        shift = starts[drawn] - (ends - drawn_lengths)
        block = letters[np.arange(ends[-1]) + np.repeat(shift, drawn_lengths)]

        last_words = np.cumsum(rng.integers(6, 19, BLOCK // 6)) - 1
        block[ends[last_words[last_words < BLOCK]] - 1] = ord("\n")
        block[-1] = ord("\n")
        file.write(block.tobytes())
        written += len(block)


# MARK: files

FILES: dict[str, Callable[[BinaryIO, float], None]] = {
    "facts.csv": facts,
    "dimension.csv": dimension,
    "pairs.csv": pairs,
    "text.txt": text,
}


def make(folder: Path, name: str, scale: float) -> None:
    manifest_path = folder / "manifest.json"
    manifest = json.loads(manifest_path.read_text()) if manifest_path.exists() else {}
    path, recipe = folder / name, f"version {VERSION}, seed {SEED}, scale {scale}"

    entry = manifest.get(name, {})
    if path.exists() and entry == {"recipe": recipe, "bytes": path.stat().st_size}:
        return

    print(f"generate: writing {path}", file=sys.stderr, flush=True)
    start = time.perf_counter()
    path.parent.mkdir(exist_ok=True)
    # Under another name until complete: an interrupted run must not leave a short file that looks like the real one.
    partial = path.with_name(path.name + ".partial")
    if name in FILES:
        with open(partial, "wb") as file:
            FILES[name](file, scale)
    else:
        partial.unlink(missing_ok=True)
        tables.FILES[name](partial, scale)
    os.replace(partial, path)

    manifest[name] = {"recipe": recipe, "bytes": path.stat().st_size}
    manifest_path.write_text(json.dumps(manifest, indent=2) + "\n")
    seconds = time.perf_counter() - start
    print(f"generate: {path.stat().st_size / 1e6:.0f} MB in {seconds:.0f} s", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which files (default: all)")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size, for quick runs")
    arguments = parser.parse_args()

    known = [*FILES, *tables.FILES]
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"no such file: {', '.join(unknown)} (there are {', '.join(known)})")
    if not 0 < arguments.scale <= 1:
        parser.error(f"--scale must be above 0 and at most 1, not {arguments.scale}")

    try:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        for name in arguments.names or known:
            make(arguments.folder, name, arguments.scale)
    except OSError as error:
        print(f"generate: error: cannot write the benchmark data: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
