"""The input files of the table jobs: for each a function that writes it to a path, for a scale.

The groups and joins are those of db-benchmark (https://duckdblabs.github.io/db-benchmark), with its distributions and 10^7 rows at scale 1;
the generator is NumPy's, not R's, so the numbers are others.
"""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Callable

import numpy as np

SEED = 20_130_101
ROWS = 10_000_000
GROUPS = 100
TPCH_TABLES = "customer lineitem nation orders part partsupp region supplier".split()
# Rows of a Parquet row group: as many as DuckDB writes, so that several threads have something to do.
ROW_GROUP = 122_880


def random(*stream: int) -> np.random.Generator:
    return np.random.default_rng([SEED, *stream])


def names(pattern: str, numbers: np.ndarray):
    """`id001` and the like for each number, without a Python object for each row."""
    import pyarrow as pa

    distinct, codes = np.unique(numbers, return_inverse=True)
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array([pattern % n for n in distinct.tolist()])).cast(
        pa.string()
    )


def write_parquet(path: Path, columns: dict) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path, row_group_size=ROW_GROUP)


# MARK: db-benchmark


def groups(path: Path, scale: float) -> None:
    rows, rng = int(ROWS * scale), random(11)
    many = max(rows // GROUPS, 1)
    write_parquet(
        path,
        {
            "id1": names("id%03d", rng.integers(1, GROUPS + 1, rows)),
            "id2": names("id%03d", rng.integers(1, GROUPS + 1, rows)),
            "id3": names("id%010d", rng.integers(1, many + 1, rows)),
            "id4": rng.integers(1, GROUPS + 1, rows, dtype=np.int32),
            "id5": rng.integers(1, GROUPS + 1, rows, dtype=np.int32),
            "id6": rng.integers(1, many + 1, rows, dtype=np.int32),
            "v1": rng.integers(1, 6, rows, dtype=np.int32),
            "v2": rng.integers(1, 16, rows, dtype=np.int32),
            "v3": np.round(rng.random(rows) * 100, 6),
        },
    )


def join_keys(rows: int, stream: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys of a size that the left side and a right side have: nine in ten are in both."""
    keys = random(12, stream).permutation(rows * 11 // 10) + 1
    common, left, right = np.split(keys, [rows * 9 // 10, rows])
    return np.concatenate([common, left]), np.concatenate([common, right[: rows - len(common)]])


def join_sizes(scale: float) -> tuple[int, int, int]:
    rows = int(ROWS * scale)
    return 10, max(rows // 1000, 10), rows


def join_left(path: Path, scale: float) -> None:
    small, medium, big = (join_keys(size, stream)[0] for stream, size in enumerate(join_sizes(scale)))
    rows, rng = int(ROWS * scale), random(13)
    id1, id2, id3 = rng.choice(small, rows), rng.choice(medium, rows), rng.permutation(big)
    columns = {"id1": id1.astype(np.int32), "id2": id2.astype(np.int32), "id3": id3.astype(np.int32)}
    columns |= {"id4": names("id%d", id1), "id5": names("id%d", id2), "id6": names("id%d", id3)}
    write_parquet(path, columns | {"v1": np.round(rng.random(rows) * 100, 6)})


def join_right(size: int, path: Path, scale: float) -> None:
    rows, rng = join_sizes(scale)[size], random(14, size)
    keys = [join_keys(size, stream) for stream, size in enumerate(join_sizes(scale))]
    # The keys of the sizes below are the left side's, repeated.
    ids = [rng.choice(keys[smaller][0], rows).astype(np.int32) for smaller in range(size)]
    ids.append(rng.permutation(keys[size][1]).astype(np.int32))
    columns = {f"id{number + 1}": column for number, column in enumerate(ids)}
    columns |= {f"id{number + 4}": names("id%d", column) for number, column in enumerate(ids)}
    write_parquet(path, columns | {"v2": np.round(rng.random(rows) * 100, 6)})


# MARK: six columns


def six(scale: float):
    import pyarrow as pa

    rows, rng = int(ROWS * scale), random(15)
    return pa.table(
        {
            "id": pa.array(np.arange(rows, dtype=np.int64)),
            "key": pa.array(rng.integers(0, 2**31, rows, dtype=np.int64)),
            "part": pa.array(rng.integers(0, 1000, rows, dtype=np.int32)),
            "price": pa.array(np.round(rng.random(rows) * 1000, 2)),
            "amount": pa.array(rng.random(rows)),
            "name": names("name-%05d", rng.integers(0, 100_000, rows)),
        }
    )


def six_database(path: Path, scale: float) -> None:
    import duckdb

    rows = six(scale)  # DuckDB finds it by this name
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE six AS SELECT * FROM rows")
        assert connection.execute("SELECT count(*) FROM six").fetchone() == (len(rows),)


def six_arrow(path: Path, scale: float) -> None:
    import pyarrow as pa

    table = six(scale)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=ROW_GROUP)


# MARK: TPC-H


def tpch_table(name: str, path: Path, scale: float) -> None:
    generator = Path(sys.executable).with_name("tpchgen-cli")
    command = [generator, "parquet", "--scale-factor", str(scale), "--tables", name, "--stdout"]
    with open(path, "wb") as file:
        subprocess.run(command, check=True, stdout=file)


# Their answers hold texts, or depend on texts, that the generator of DuckDB makes unlike the standard's.
TEXTS = {2, 10, 13, 15, 20}


def tpch_answers(path: Path, scale: float) -> None:
    """What is published for scale factor 1, as DuckDB's extension carries it; else what DataFusion answers to the SQL written by hand."""
    answers = {}
    if scale == 1:
        import duckdb
        import duckdb_extension_tpch

        [extension] = Path(duckdb_extension_tpch.__file__).parent.glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension")
        with duckdb.connect() as connection:
            connection.load_extension(str(extension))
            for number, text in connection.execute("SELECT query_nr, answer FROM tpch_answers() WHERE scale_factor = 1").fetchall():
                rows = [[value if value != "NULL" else None for value in line.split("|")] for line in text.splitlines()[1:]]
                if number not in TEXTS:
                    answers[number] = {"by": "the standard", "rows": rows}

    import datafusion

    context = datafusion.SessionContext()
    for table in TPCH_TABLES:
        context.register_parquet(table, str(path.parent / f"{table}.parquet"))
    for number in set(range(1, 23)) - answers.keys():
        # `sheaf-jobs tpch-sql` wrote them.
        batches = context.sql((path.parent / f"sql/q{number:02}.sql").read_text()).collect()
        rows = [list(row.values()) for batch in batches for row in batch.to_pylist()]
        answers[number] = {"by": "DataFusion", "rows": [[None if value is None else str(value) for value in row] for row in rows]}
    path.write_text(json.dumps(dict(sorted(answers.items()))))


FILES: dict[str, Callable[[Path, float], None]] = {
    "groups.parquet": groups,
    "join-left.parquet": join_left,
    "join-small.parquet": partial(join_right, 0),
    "join-medium.parquet": partial(join_right, 1),
    "join-big.parquet": partial(join_right, 2),
    "six.duckdb": six_database,
    "six.arrow": six_arrow,
    **{f"tpch/{name}.parquet": partial(tpch_table, name) for name in TPCH_TABLES},
    "tpch/answers.json": tpch_answers,
}
