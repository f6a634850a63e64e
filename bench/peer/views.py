"""pysof as a peer: python views.py TASK.json, the answer on standard output (bench/src/meaning/views.rs)."""

import json
import os
import sys
import time
from importlib.metadata import version

import pysof


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    said = {"engine": f"pysof {version('pysof')}", "views": []}
    for one in task["views"]:
        view = json.dumps(one["view"])
        processor = clock = float("inf")
        spent = time.perf_counter()
        for _ in range(task["samples"]):
            began, before = time.perf_counter(), time.process_time()
            pysof.process_ndjson_to_file(view, one["from"], one["to"], "csv")
            processor = min(processor, time.process_time() - before)
            clock = min(clock, time.perf_counter() - began)
            if time.perf_counter() - spent > task["seconds"]:
                break
        with open(one["to"], "rb") as table:
            lines = table.read().count(b"\n")
        os.remove(one["to"])
        said["views"].append({"processor": processor, "clock": clock, "lines": lines})
    json.dump(said, sys.stdout)


main()
