"""fhirpathpy as a peer: python fhirpath.py TASK.json, the answer on standard output (bench/src/meaning/fhirpath.rs)."""

import contextlib
import io
import json
import sys
import time
from importlib.metadata import version

import fhirpathpy
from fhirpathpy.models import models

MODEL = models["r4"]


def scalar(item):
    return item if isinstance(item, (bool, int, str)) else {}


def answer(case, inputs):
    """What an expression gives; None where it cannot be run."""
    try:
        found = fhirpathpy.compile(case["expression"], MODEL)(inputs[case["input"]], {})
    except Exception:  # whatever it is, the expression is left out for everybody
        return None
    return [scalar(item) for item in found] if isinstance(found, list) else None


def best(work, samples, seconds):
    """Seconds of processor and by the clock of the best round."""
    work()
    processor = clock = float("inf")
    for _ in range(samples):
        began, before, rounds = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - began < seconds:
            work()
            rounds += 1
        processor = min(processor, (time.process_time() - before) / rounds)
        clock = min(clock, (time.perf_counter() - began) / rounds)
    return {"processor": processor, "clock": clock}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    # What `trace()` writes is nothing of the answer.
    with contextlib.redirect_stdout(io.StringIO()):
        said = measure(task)
    json.dump(said, sys.stdout)


def measure(task):
    inputs, cases = task["inputs"], task["cases"]
    said = {"engine": f"fhirpathpy {version('fhirpathpy')} (Python {sys.version.split()[0]})", "groups": []}
    if not task["groups"]:
        said["answers"] = [answer(case, inputs) for case in cases]
    for group in task["groups"]:
        chosen = [(cases[nth]["expression"], inputs[cases[nth]["input"]]) for nth in group]
        compiled = [(fhirpathpy.compile(expression, MODEL), resource) for expression, resource in chosen]

        def evaluate():
            for expression, resource in compiled:
                expression(resource, {})

        def both():
            for expression, resource in chosen:
                fhirpathpy.compile(expression, MODEL)(resource, {})

        limits = (task["samples"], task["seconds"])
        said["groups"].append({"evaluate": best(evaluate, *limits), "both": best(both, *limits)})
    return said


main()
