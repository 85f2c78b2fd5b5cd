"""Small Arrow IPC files written by pyarrow, and what is in them, for the tests of SheafArrow; and a check of files written by Sheaf.

Usage:
    python3 arrow_files.py [DIRECTORY]         write the files (default: Tests/SheafArrowTests/Files)
    python3 arrow_files.py check DIRECTORY     compare the files that the tests wrote into DIRECTORY with the originals:
                                               SHEAF_ARROW_OUT=DIRECTORY swift test --filter SheafArrowTests

Needs pyarrow.
"""

import datetime as dt
import decimal
import json
import pathlib
import sys

import pyarrow as pa
import pyarrow.ipc as ipc

HERE = pathlib.Path(__file__).resolve().parents[2] / "Tests/SheafArrowTests/Files"
D = decimal.Decimal


def numbers():
    integers = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
    columns = {}
    for kind in integers:
        low = -(2 ** (kind.bit_width - 1)) if str(kind).startswith("int") else 0
        high = low + 2**kind.bit_width - 1
        columns[str(kind)] = pa.array([low, None, high, 7, None, 1], kind)
    columns["half"] = pa.array([0.5, None, -2.0, 65504.0, 5.960464477539063e-08, 1.0009765625], pa.float16())
    columns["float"] = pa.array([0.5, None, -2.25, 1e30, 0.1, 1.0], pa.float32())
    columns["double"] = pa.array([0.1, None, -2.5, 1e300, 5e-324, 1.0], pa.float64())
    columns["bool"] = pa.array([True, None, False, True, None, False])
    columns["null"] = pa.nulls(6)
    columns["required"] = pa.array([1, 2, 3, 4, 5, 6], pa.int64())
    fields = [pa.field(name, column.type, nullable=name != "required") for name, column in columns.items()]
    schema = pa.schema(fields, metadata={"made by": "pyarrow", "ключ": "значение"})
    schema = schema.set(0, schema.field(0).with_metadata({"unit": "m"}))
    return pa.table(list(columns.values()), schema=schema)


def texts():
    words = ["", None, "short", "exactly12byt", "a text of more than twelve bytes", "Grüße, 世界 🌍", None, "another text, not inline either"]
    raw = [None if word is None else word.encode() + b"\xff\x00" for word in words]
    return pa.table({
        "utf8": pa.array(words, pa.utf8()), "largeUtf8": pa.array(words, pa.large_utf8()), "utf8View": pa.array(words, pa.string_view()),
        "binary": pa.array(raw, pa.binary()), "largeBinary": pa.array(raw, pa.large_binary()),
        "binaryView": pa.array(raw, pa.binary_view()),
        "fixed": pa.array([None if word is None else (word.encode() + b"abc")[:3] for word in words], pa.binary(3)),
    })


def decimals():
    return pa.table({
        "d32": pa.array([D("1.23"), None, D("-9999999.99")], pa.decimal32(9, 2)),
        "d64": pa.array([D("1.234"), None, D("-999999999999999.999")], pa.decimal64(18, 3)),
        "d128": pa.array([D("0.00001"), None, D("-123456789012345678901234567890.12345")], pa.decimal128(38, 5)),
        "d256": pa.array([D("1"), None, D("-" + "9" * 76)], pa.decimal256(76, 0)),
        "d256s": pa.array([D("-0.0000000001"), None, D("12345678901234567890123456789012345678901234567890.0123456789")],
                          pa.decimal256(76, 10)),
        "negative": pa.array([D("1200"), None, D("-9900")], pa.decimal128(10, -2)),
    })


def times():
    moment = dt.datetime(2024, 2, 29, 12, 34, 56, 789012)
    before = dt.datetime(1969, 12, 31, 23, 59, 59, 500000)
    days = [dt.date(2024, 2, 29), None, dt.date(1900, 3, 1), dt.date(1, 1, 1)]
    columns = {"date32": pa.array(days, pa.date32()), "date64": pa.array(days, pa.date64())}
    for unit in ["s", "ms", "us", "ns"]:
        # Integers, since Python's own times have no nanoseconds.
        size = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
        stamps = [int((t - dt.datetime(1970, 1, 1)).total_seconds() // 1) * size + size // 8 for t in (moment, before)]
        values = [stamps[0], None, stamps[1], 0]
        columns[f"timestamp {unit}"] = pa.array(values, pa.int64()).cast(pa.timestamp(unit))
        columns[f"zoned {unit}"] = pa.array(values, pa.int64()).cast(pa.timestamp(unit, "Europe/Berlin"))
        columns[f"duration {unit}"] = pa.array([5, None, -7, 0], pa.int64()).cast(pa.duration(unit))
        kind = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
        raw = pa.int32() if unit in ("s", "ms") else pa.int64()
        columns[f"time {unit}"] = pa.array([45296 * size + size // 8, None, 0, 86399 * size], raw).cast(kind)
    columns["interval"] = pa.array([(1, 2, 3), None, (-4, 5, -6), (0, 0, 0)], pa.month_day_nano_interval())
    return pa.table(columns)


def nested():
    pair = pa.struct([("a", pa.int32()), ("b", pa.utf8())])
    return pa.table({
        "list": pa.array([[1, None, 3], None, [], [4]], pa.list_(pa.int64())),
        "largeList": pa.array([["x"], None, [], ["y", None]], pa.large_list(pa.utf8())),
        "fixedList": pa.array([[1.5, 2.5], None, [None, 0.5], [3.0, 4.0]], pa.list_(pa.float64(), 2)),
        "struct": pa.array([{"a": 1, "b": "eins"}, None, {"a": None, "b": "zwei"}, {"a": 3, "b": None}], pair),
        "map": pa.array([[("k", 1), ("l", None)], None, [], [("m", 2)]], pa.map_(pa.utf8(), pa.int32())),
        "deep": pa.array([[{"a": 1, "b": "q\"uote"}], None, [], [None, {"a": 2, "b": "z"}]], pa.list_(pair)),
        "lists": pa.array([[[1], [], None], None, [], [[2, 3]]], pa.list_(pa.list_(pa.int8()))),
    })


def dictionaries():
    words = pa.array(["red", "green", None, "blue"])
    columns = {}
    for kind in [pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()]:
        columns[str(kind)] = pa.DictionaryArray.from_arrays(pa.array([0, 3, None, 2, 1], kind), words)
    columns["numbers"] = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1, None, 0], pa.int8()), pa.array([10, 20], pa.int64()), ordered=True)
    items = pa.DictionaryArray.from_arrays(pa.array([0, 1, 1], pa.int8()), pa.array(["p", "q"]))
    columns["in lists"] = pa.ListArray.from_arrays(pa.array([0, 2, 2, 2, 3, 3], pa.int32()), items)
    return pa.table(columns)


def batches_of(table):
    """Two batches: a part of the rows, whose buffers have offsets, and all of them; and an empty one between."""
    whole = table.combine_chunks().to_batches()[0]
    return [whole.slice(1, whole.num_rows - 1), whole.slice(0, 0), whole]


def write(path, schema, batches, stream, **options):
    new = ipc.new_stream if stream else ipc.new_file
    with pa.OSFile(str(path), "wb") as sink, new(sink, schema, options=ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)


def civil(days):
    return str(dt.date(1970, 1, 1) + dt.timedelta(days=days))


def clock(value, unit):
    size, digits = {"s": (1, 0), "ms": (10**3, 3), "us": (10**6, 6), "ns": (10**9, 9)}[unit]
    seconds, rest = divmod(value, size)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return text if rest == 0 else f"{text}.{rest:0{digits}}"


def text(value, quoted=False):
    """The text that ArrowCell has for a pyarrow scalar."""
    kind = value.type
    if not value.is_valid:
        return "null"
    if pa.types.is_dictionary(kind):
        return text(kind.value_type and value.dictionary[value.index.as_py()], quoted)
    if pa.types.is_boolean(kind):
        return "true" if value.as_py() else "false"
    if pa.types.is_integer(kind):
        return str(value.as_py())
    if pa.types.is_floating(kind):
        return repr(float(value.as_py()))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view():
        return '"' + value.as_py().replace('"', '\\"') + '"' if quoted else value.as_py()
    if pa.types.is_decimal(kind):
        return format(value.as_py(), "f")
    if pa.types.is_date32(kind):
        return civil(value.value)
    if pa.types.is_date64(kind):
        return civil(value.value // 86_400_000)
    if pa.types.is_time(kind):
        return clock(value.value, kind.unit)
    if pa.types.is_timestamp(kind):
        days, rest = divmod(value.value, 86_400 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit])
        return f"{civil(days)}T{clock(rest, kind.unit)}{'Z' if kind.tz else ''}"
    if pa.types.is_duration(kind):
        return f"{value.value}{kind.unit}"
    if kind == pa.month_day_nano_interval():
        months, days, nanoseconds = value.as_py()
        return f"{months}mo {days}d {nanoseconds}ns"
    if pa.types.is_map(kind):
        entries = value.values
        pairs = [f"{text(entries[i]['key'], True)}: {text(entries[i]['value'], True)}" for i in range(len(entries))]
        return "{" + ", ".join(pairs) + "}"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return "[" + ", ".join(text(item, True) for item in value.values) + "]"
    if pa.types.is_struct(kind):
        return "{" + ", ".join(f"{name}: {text(value[name], True)}" for name in value) + "}"
    return value.as_py().hex()


def describe(batches):
    return [[[text(value) for value in column] for column in batch.columns] for batch in batches]


def generate(directory):
    directory.mkdir(parents=True, exist_ok=True)
    expected = {}

    def save(name, schema, batches, **options):
        write(directory / name, schema, batches, stream=name.endswith(".arrows"), **options)
        expected[name] = {"columns": schema.names, "batches": describe(batches)}

    for make in [numbers, texts, decimals, times, nested, dictionaries]:
        table = make()
        batches = batches_of(table)
        save(f"{make.__name__}.arrows", table.schema, batches)
        save(f"{make.__name__}.arrow", table.schema, batches)
    many = pa.table({"n": pa.array([i // 7 for i in range(1000)], pa.int64()), "s": pa.array([f"row {i % 13}" for i in range(1000)]),
                     "b": pa.array([None if i % 5 == 0 else i % 2 == 0 for i in range(1000)])})
    save("lz4.arrow", many.schema, many.to_batches(max_chunksize=600), compression="lz4")
    save("zstd.arrows", many.schema, many.slice(0, 20).to_batches(), compression="zstd")
    save("legacy.arrows", many.schema, many.slice(0, 20).to_batches(), use_legacy_format=True, metadata_version=ipc.MetadataVersion.V4)
    save("empty.arrows", many.schema, [])
    kind = pa.dictionary(pa.int32(), pa.utf8())
    growing = [pa.record_batch([pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(words))], ["word"])
               for words, indices in [(["a", "b"], [0, 1, None]), (["a", "b", "c"], [2, 0, 1]), (["x"], [0, 0, None])]]
    save("deltas.arrows", pa.schema([("word", kind)]), growing, emit_dictionary_deltas=True)
    (directory / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def read(path):
    data = path.read_bytes()
    opened = ipc.open_file(data) if data[:6] == b"ARROW1" else ipc.open_stream(data)
    return opened.read_all()


def check(directory):
    count = 0
    for path in sorted(directory.iterdir()):
        table = read(path)
        table.validate(full=True)
        original = HERE / path.name
        if original.exists():
            before = read(original)
            assert table.schema.equals(before.schema, check_metadata=True), f"{path.name}: {table.schema}\n{before.schema}"
            assert table.equals(before), f"{path.name} has other values"
        count += 1
    assert count > 0, "no files"
    print(f"{count} files are valid")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "check":
        check(pathlib.Path(sys.argv[2]))
    else:
        generate(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
