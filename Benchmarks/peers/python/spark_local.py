"""A Spark context in this process's own JVM, started and warmed up before anything is timed."""

import os
import sys
from contextlib import contextmanager
from typing import Iterator

import pyspark

import checks

VERSION = f"PySpark {pyspark.__version__}"


@contextmanager
def spark(workers: int) -> Iterator[pyspark.SparkContext]:
    # The Python workers must be this interpreter, not whatever `python3` is first on the path.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        # With the defaults (1 GiB and 512 MiB) the large jobs would measure garbage collection and spilling.
        "spark.driver.memory": "8g",
        "spark.python.worker.memory": "2g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    conf = pyspark.SparkConf().setMaster(f"local[{workers}]").setAppName("sheaf-bench").setAll(settings.items())
    # Spark's Python workers do not search the folder of this script for the modules that a job uses.
    context = pyspark.SparkContext(conf=conf, pyFiles=[checks.__file__])
    try:
        # Starts the Python workers and loads the shuffle's classes.
        context.parallelize(range(10_000), workers).map(lambda n: (n % 10, n)).reduceByKey(max).sortByKey().collect()
        yield context
    finally:
        context.stop()
