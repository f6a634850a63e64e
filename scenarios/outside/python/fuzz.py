"""PyPI schemathesis on the OpenAPI description: whatever is sent, no 5xx, and every error is an OperationOutcome.

A short run asks a few types that stand for all; a long one asks every type. MERIDIAN_SEED repeats a run.
"""

import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from report import LONG, TOKEN, URL

seed = int(os.environ.get("MERIDIAN_SEED") or random.randrange(1 << 31))
# One type with many parameters, one with numbers and composites, one with a place, one that can hold anything.
TYPES = ["Patient", "Observation", "Location", "Basic"]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Events never end; the rest would change what the other clients look at, or stop the demo's feeds.
LEFT_OUT = r"^/\$events"


def schemathesis(paths, examples, seconds, phases):
    command = [
        str(pathlib.Path(sys.executable).with_name("schemathesis")), "run", f"{URL}/openapi.json",
        "--header", f"Authorization: Bearer {TOKEN}", "--checks", CHECKS, "--phases", phases,
        "--max-examples", str(examples), "--seed", str(seed), "--workers", "2", "--request-timeout", "20",
        "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color",
        "--exclude-path-regex", LEFT_OUT, "--no-shrink",
    ]
    if paths:
        command += ["--include-path-regex", paths]
    # Its example database would be left in the folder where it runs.
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode(errors="replace")
            print(f"schemathesis: stopped after {seconds} s, as planned; seed {seed}")
            return summary(said, stopped=True)
    return summary(done.stdout + done.stderr) or done.returncode


def summary(said, stopped=False):
    """Prints what it found; true when that is a failure."""
    failed = "= FAILURES =" in said or "= ERRORS =" in said or re.search(r"\d+ failed", said)
    lines = said.splitlines()
    if failed:
        start = next((n for n, line in enumerate(lines) if "= FAILURES =" in line or "= ERRORS =" in line), 0)
        print("\n".join(lines[start:][:160]))
    else:
        print("\n".join(f"schemathesis: {line.strip()}" for line in lines[-14:] if line.strip()))
    print(f"schemathesis: {'FAILED' if failed else 'passed'} (seed {seed})")
    return 1 if failed else (0 if stopped else None)


if LONG:
    sys.exit(schemathesis(None, 30, 3600, "examples,coverage,fuzzing,stateful") or 0)
short = r"^/(" + "|".join(TYPES) + r")(/|$)|^/(\$[a-z-]+|_history|_search|metadata)?$"
sys.exit(schemathesis(short, 4, 85, "examples,fuzzing") or 0)
