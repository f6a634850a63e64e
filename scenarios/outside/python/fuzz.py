"""PyPI schemathesis on the OpenAPI description: whatever is sent, no 5xx, and every error is an OperationOutcome.

It is given the server's own description without what makes its generator of bodies run for minutes: elements that
contain themselves (an extension may hold any type, and each of those extensions). A short run asks a few types that stand
for all; a long one asks every type. MERIDIAN_SEED repeats a run.
"""

import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import requests

from report import LONG, TOKEN, URL

seed = int(os.environ.get("MERIDIAN_SEED") or random.randrange(1 << 31))
# One type with many parameters, one with numbers and composites, one with a place, one that can hold anything.
FEW = ["Patient", "Observation", "Location", "Basic"]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Endless, or an end to the demo that all other clients look at.
LEFT_OUT = {"/$events", "/$tour-crash"}


def description(types):
    """The server's description of the system and of these types (of all, when none are named)."""
    whole = requests.get(f"{URL}/openapi.json", timeout=60).json()
    first = lambda path: path.split("/")[1]
    paths = {path: item for path, item in whole["paths"].items() if path not in LEFT_OUT
             and (not types or first(path) in types or not first(path)[:1].isupper())}
    schemas = whole["components"]["schemas"]
    schemas["Extension"]["properties"] = {
        key: schemas["Extension"]["properties"][key] for key in ["url", "valueString", "valueQuantity", "valueDateTime"]
    }
    for name, schema in schemas.items():
        for key in ["contained", "extension", "modifierExtension", "text", "meta"]:
            if key in schema.get("properties", {}) and (name, key) != ("Basic", "extension"):
                del schema["properties"][key]
    del schemas["Reference"]["properties"]["identifier"]
    # A page shows an error in other words than an OperationOutcome's.
    whole["components"]["parameters"]["_format"]["schema"]["enum"] = ["json", "application/fhir+json"]
    components = {**whole["components"], "schemas": used(schemas, paths)}
    return {**whole, "paths": paths, "components": components}


def used(schemas, paths):
    """The schemas that the paths lead to."""
    names, todo = set(), [json.dumps(paths), json.dumps(schemas["OperationOutcome"])]
    names.add("OperationOutcome")
    while todo:
        for name in re.findall(r'#/components/schemas/([^"]+)"', todo.pop()):
            if name not in names:
                names.add(name)
                todo.append(json.dumps(schemas[name]))
    # Parameters and responses are small, and lead to primitives and outcomes alone.
    small = {name for name in schemas if name[:1].islower()}
    return {name: schema for name, schema in schemas.items() if name in names | small}


def schemathesis(types, examples, seconds, phases):
    # Its example database would be left in the folder where it runs.
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "openapi.json").write_text(json.dumps(description(types)))
        command = [
            str(pathlib.Path(sys.executable).with_name("schemathesis")), "run", "openapi.json", "--url", URL,
            "--header", f"Authorization: Bearer {TOKEN}", "--checks", CHECKS, "--phases", phases,
            # One worker: two threads that parse Python at once break CPython 3.11 ("AST constructor recursion depth mismatch").
            "--max-examples", str(examples), "--seed", str(seed), "--workers", "1", "--request-timeout", "20",
            "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color",
            "--no-shrink", "--max-time", str(seconds),
        ]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds + 60, check=False)
        except subprocess.TimeoutExpired as late:
            summary((late.stdout or b"").decode(errors="replace"))
            print(f"schemathesis: did not end {seconds + 60} s after it began")
            return 1
        return summary(done.stdout + done.stderr) or done.returncode


def summary(said):
    """Prints what it found; true when that is a failure."""
    failed = "= FAILURES =" in said or "= ERRORS =" in said
    lines = said.splitlines()
    if failed:
        start = next(n for n, line in enumerate(lines) if "= FAILURES =" in line or "= ERRORS =" in line)
        print("\n".join(lines[start:][:200]))
    else:
        print("\n".join(f"schemathesis: {line.strip()}" for line in lines[-14:] if line.strip()))
    print(f"schemathesis: {'FAILED' if failed else 'passed'} (seed {seed})")
    return 1 if failed else 0


if LONG:
    sys.exit(schemathesis([], 20, 1200, "examples,coverage,fuzzing"))
sys.exit(schemathesis(FEW, 3, 45, "examples,fuzzing"))
