# Copyright The Flamelake Authors
# SPDX-License-Identifier: Apache-2.0
"""Asks Flamelake's tables with PyIceberg and Arrow: reads request.json in the given directory, writes one .tsv per question."""

import datetime
import json
import pathlib
import sys

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.catalog import load_catalog
from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual, LessThan


def totals(profiles):
    rows = profiles.scan(selected_fields=("tenant", "profile_type", "total_value")).to_arrow()
    sums = rows.group_by(["tenant", "profile_type"]).aggregate([("total_value", "sum")])
    return [(f"{row['tenant']} {row['profile_type']}", row["total_value_sum"]) for row in sums.to_pylist()]


def samples(profiles, request):
    """One row per sample: its day, stack id and value."""
    rows = profiles.scan(
        row_filter=And(
            EqualTo("tenant", request["tenant"]),
            EqualTo("service_name", request["service"]),
            EqualTo("profile_type", request["type"]),
            GreaterThanOrEqual("ts", request["from"]),
            LessThan("ts", request["to"]),
        ),
        selected_fields=("ts", "stack_ids", "values"),
    ).to_arrow()
    day = pc.cast(pc.floor_temporal(rows["ts"], unit="day"), pa.date32())
    return pa.table(
        {
            "day": day.take(pc.list_parent_indices(rows["stack_ids"])),
            "stack_id": pc.list_flatten(rows["stack_ids"]),
            "value": pc.list_flatten(rows["values"]),
        }
    )


def symbols(stacks, request):
    """The functions of each day and stack id. A stack's row may be there more than once: one of them is taken."""
    rows = stacks.scan(
        row_filter=And(EqualTo("tenant", request["tenant"]), EqualTo("service_name", request["service"])),
        selected_fields=("day", "stack_id", "functions"),
    ).to_arrow()
    return {(row["day"], row["stack_id"]): row["functions"] for row in rows.to_pylist()}


def sum_by(name, profiles, stacks, request):
    functions = symbols(stacks, request)
    sums = {}
    per_stack = samples(profiles, request).group_by(["day", "stack_id"]).aggregate([("value", "sum")])
    for row in per_stack.to_pylist():
        key = name(functions[row["day"], row["stack_id"]])
        sums[key] = sums.get(key, 0) + row["value_sum"]
    return sums


def main(directory):
    request = json.loads((directory / "request.json").read_text())
    for bound in ("from", "to"):
        time = datetime.datetime.strptime(request[bound], "%Y-%m-%d %H:%M:%S")
        request[bound] = time.replace(tzinfo=datetime.timezone.utc).isoformat()
    catalog = load_catalog("flamelake", **request["catalog"])
    profiles = catalog.load_table("flamelake.profiles")
    stacks = catalog.load_table("flamelake.stacks")

    top = sum_by(lambda functions: functions[-1], profiles, stacks, request)
    answers = {
        "totals": totals(profiles),
        "stacks": sum_by(";".join, profiles, stacks, request).items(),
        "top_functions": sorted(top.items(), key=lambda entry: (-entry[1], entry[0]))[:10],
    }
    for question, rows in answers.items():
        lines = [f"{name}\t{value}\n" for name, value in rows]
        (directory / f"{question}.tsv").write_text("".join(lines))


main(pathlib.Path(sys.argv[1]))
