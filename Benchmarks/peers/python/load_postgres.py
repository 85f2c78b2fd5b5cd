"""load-postgres: log rows into a table of PostgreSQL, by COPY from a file that is there, and by INSERTs of 1000 rows from Python.

    load_postgres.py generate FILE --rows N
    load_postgres.py copy|insert FILE [--url URL] [--partitioned] [--indexed]

The URL is that of SHEAF_TEST_POSTGRES when left out: dev/postgres starts a server and sets it. Needs psycopg (requirements in
load_postgres_requirements.txt, installed apart: nothing else here needs a server).
"""

import argparse
import csv
import os
import random
from datetime import datetime, timedelta, timezone

from contract import Stopwatch, positive, report

COLUMNS = "id, time, user, path, status, seconds"
DEFINITION = 'id bigint, time timestamptz, "user" text, path text, status integer, seconds double precision'
NAMES = 'id, time, "user", path, status, seconds'
START = datetime(2024, 1, 1, tzinfo=timezone.utc)


def generate(path: str, rows: int) -> None:
    """Ten days of requests, in order."""
    choose = random.Random(1)
    step = timedelta(days=10) / rows
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS.split(", "))
        for number in range(rows):
            time = (START + number * step).strftime("%Y-%m-%d %H:%M:%S.%f")
            user = f"user{choose.randrange(10_000)}"
            page = f"/articles/{choose.randrange(1_000)}/page/{choose.randrange(20)}"
            status = choose.choice((200, 200, 200, 304, 404, 500))
            writer.writerow((number, time, user, page, status, round(choose.expovariate(10), 6)))


def rows_of(path: str):
    with open(path, newline="", encoding="utf-8") as file:
        lines = csv.reader(file)
        next(lines)
        for number, time, user, page, status, seconds in lines:
            moment = datetime.fromisoformat(time).replace(tzinfo=timezone.utc)
            yield int(number), moment, user, page, int(status), float(seconds)


def create(cursor, table: str, partitioned: bool) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(f"CREATE TABLE {table} ({DEFINITION})" + (" PARTITION BY RANGE (time)" if partitioned else ""))
    if partitioned:
        for day in range(11):
            first, last = START + timedelta(days=day), START + timedelta(days=day + 1)
            cursor.execute(f"CREATE TABLE {table}_{first:%Y%m%d} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{last}')")


def copy(cursor, table: str, path: str) -> None:
    with open(path, "rb") as file, cursor.copy(f"COPY {table} ({NAMES}) FROM STDIN (FORMAT csv, HEADER)") as target:
        while block := file.read(1 << 20):
            target.write(block)


def insert(cursor, table: str, path: str) -> None:
    """One statement with a thousand rows of values at a time."""
    row = "(%s, %s, %s, %s, %s, %s)"
    batch, values = 0, []

    def send() -> None:
        cursor.execute(f"INSERT INTO {table} ({NAMES}) VALUES " + ", ".join([row] * batch), values)

    for record in rows_of(path):
        values.extend(record)
        batch += 1
        if batch == 1000:
            send()
            batch, values = 0, []
    if batch:
        send()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=("generate", "copy", "insert"))
    parser.add_argument("file")
    parser.add_argument("--rows", type=positive, default=1_000_000)
    parser.add_argument("--url", default=os.environ.get("SHEAF_TEST_POSTGRES"))
    parser.add_argument("--partitioned", action="store_true")
    parser.add_argument("--indexed", action="store_true")
    options = parser.parse_args()
    if options.work == "generate":
        generate(options.file, options.rows)
        return
    if not options.url:
        parser.error("give --url, or run this with dev/postgres")
    import psycopg

    table = f"log_{options.work}"
    with psycopg.connect(options.url) as connection, connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
        with Stopwatch() as watch:
            create(cursor, table, options.partitioned)
            (copy if options.work == "copy" else insert)(cursor, table, options.file)
            if options.indexed:
                cursor.execute(f'CREATE INDEX ON {table} ("user")')
            connection.commit()
        cursor.execute(f"SELECT count(*) FROM {table}")
        rows = cursor.fetchone()[0]
    report("load-postgres", f"psycopg-{options.work}", f"psycopg {psycopg.__version__}", watch.seconds, str(rows), rows)


if __name__ == "__main__":
    main()
