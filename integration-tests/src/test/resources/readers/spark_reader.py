# Copyright The Flamelake Authors
# SPDX-License-Identifier: Apache-2.0
"""Asks Flamelake's tables with Spark SQL: runs the .sql files in the given directory, writes a .tsv for each."""

import json
import pathlib
import sys

from pyspark.sql import SparkSession


def session(request):
    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.extraClassPath", request["jars"])
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.catalog.flamelake", "org.apache.iceberg.spark.SparkCatalog")
    )
    for name, value in request["catalog"].items():
        builder = builder.config(f"spark.sql.catalog.flamelake.{name}", value)
    return builder.getOrCreate()


def main(directory):
    spark = session(json.loads((directory / "request.json").read_text()))
    for question in sorted(directory.glob("*.sql")):
        rows = spark.sql(question.read_text()).collect()
        lines = [f"{row['name']}\t{row['value']}\n" for row in rows]
        question.with_suffix(".tsv").write_text("".join(lines))
    spark.stop()


main(pathlib.Path(sys.argv[1]))
