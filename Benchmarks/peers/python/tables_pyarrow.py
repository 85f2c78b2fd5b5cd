"""pyarrow's side of the jobs on Arrow files: JOB FOLDER --workers N --repeats N"""

import os
import tempfile

import pyarrow as pa
import pyarrow.compute as pc

from tables import Part, arguments, measure

options = arguments()
pa.set_cpu_count(options.workers)
source = str(options.folder / "six.arrow")
NUMBERS = ["id", "key", "part", "price", "amount"]


def read() -> tuple[int, float]:
    """A mapped file, and its numbers looked at once: without that nothing would be read."""
    with pa.memory_map(source) as file:
        table = pa.ipc.open_file(file).read_all()
        return table.num_rows, float(sum(pc.sum(table[name]).as_py() for name in NUMBERS))


def write() -> list[Part]:
    table = pa.ipc.open_file(pa.memory_map(source)).read_all()

    def run() -> tuple[int, float]:
        with tempfile.NamedTemporaryFile(suffix=".arrow") as target:
            with pa.OSFile(target.name, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            return table.num_rows, float(pa.ipc.open_file(pa.memory_map(target.name)).num_record_batches)

    return [Part("write", run)]


jobs = {"arrow-read": lambda: [Part("read", read)], "arrow-write": write}
measure(options, "pyarrow", f"pyarrow {pa.__version__}", jobs, lambda result, _: result)
