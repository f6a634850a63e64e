"""What the clients here share: where the server is, and a report that fails when anything did."""

import os
import sys
import time
import traceback

URL = os.environ.get("MERIDIAN_URL", "") + "/fhir"
TOKEN = os.environ.get("MERIDIAN_TOKEN", "")
LONG = os.environ.get("MERIDIAN_OUTSIDE") == "long"
UNIQUE = f"outside-{time.time_ns():x}-{os.getpid()}"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/fhir+json"}


def run(client, steps):
    """Runs functions in their order; each one's docstring says what the server promises. Ends the process."""
    failed = 0
    for step in steps:
        try:
            step()
        except Exception as error:  # whatever it is, it is a finding
            failed += 1
            place = traceback.extract_tb(error.__traceback__)[1:2]
            where = f" (line {place[0].lineno})" if place else ""
            print(f"{client}: FAILED {step.__doc__ or step.__name__}{where}: {type(error).__name__}: {str(error)[:600]}")
    print(f"{client}: {len(steps) - failed} passed of {len(steps)}")
    sys.exit(1 if failed else 0)


def same(found, wanted, what="value"):
    if found != wanted:
        raise AssertionError(f"{what}: {found!r} instead of {wanted!r}")
