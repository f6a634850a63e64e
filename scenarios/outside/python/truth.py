"""The CapabilityStatement and the OpenAPI description are true: whatever they name works.

Every search parameter of every type is asked for, every include, every sort by a parameter that can be sorted by.
"""

import collections
import concurrent.futures
import threading

import requests

from report import HEADERS, LONG, URL, run, same

VALUES = {
    "string": "x", "token": "x", "reference": "Patient/x", "date": "2026", "number": "1", "quantity": "1",
    "uri": "urn:x", "special": "x",
}
BY_NAME = {
    "_id": "x", "near": "31.2|121.5|10|km", "_filter": "_id eq x", "_has": None, "_list": "x", "_text": "x", "_content": "x",
}
local = threading.local()


def session():
    if not hasattr(local, "session"):
        local.session = requests.Session()
        local.session.trust_env = False
        local.session.headers.update(HEADERS)
    return local.session


def ask(path):
    answer = session().get(f"{URL}/{path}", timeout=60)
    try:
        body = answer.json()
    except ValueError:
        return path, answer.status_code, f"no JSON: {answer.text[:80]}"
    says = body["issue"][0].get("diagnostics") if body.get("resourceType") == "OperationOutcome" else ""
    return path, answer.status_code, says


def all_good(paths):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, paths))
    bad = [answer for answer in answers if answer[1] != 200]
    kinds = collections.Counter((status, (says or "").split(":", 1)[-1][:90]) for _, status, says in bad)
    if bad:
        raise AssertionError(f"{len(bad)} of {len(answers)}, such as {bad[:4]}; by reason {kinds.most_common(6)}")
    same(len(answers) > 0, True, "something was asked")


statement = ask("metadata") and session().get(f"{URL}/metadata").json()
rest = statement["rest"][0]
# A long run asks all types; a short one every fourth, and those that matter most.
ALWAYS = {"Patient", "Observation", "Encounter", "Location", "MolecularSequence", "Bundle", "Composition"}
kinds = [one for n, one in enumerate(rest["resource"]) if LONG or n % 4 == 0 or one["type"] in ALWAYS]


def value(kind, param):
    if param["name"] in BY_NAME:
        return BY_NAME[param["name"]]
    if param["type"] == "composite":
        return None
    return VALUES[param["type"]]


def parameters():
    """every search parameter that is named is answered"""
    paths = [f"{one['type']}?{param['name']}={value(one['type'], param)}&_count=1"
             for one in kinds for param in one["searchParam"] if value(one["type"], param) is not None]
    all_good(paths)


def composites():
    """every composite parameter is answered, by two values that its parts may have"""
    tries = ["x$x", "x$1", "x$2026", "x$Patient/x", "Patient/x$x", "2026$x", "x$1$1", "1$x", "1$1", "x$urn:x"]
    for one in kinds:
        for param in one["searchParam"]:
            if param["type"] == "composite":
                answers = [ask(f"{one['type']}?{param['name']}={text}&_count=1") for text in tries]
                same(any(status == 200 for _, status, _ in answers), True, str(answers[:3]))
                same([a for a in answers if a[1] >= 500], [], "server errors")


def missing():
    """:missing of every parameter that is a row of the tables (R4: not of composites)"""
    all_good([f"{one['type']}?{param['name']}:missing=true&_count=1" for one in kinds for param in one["searchParam"]
              if not param["name"].startswith("_") and param["name"] != "near" and param["type"] != "composite"])


def includes():
    """every include and every reverse include"""
    paths = [f"{one['type']}?_include={name}&_count=1" for one in kinds for name in one.get("searchInclude", [])]
    few = [one["type"] for one in kinds]
    paths += [f"{one['type']}?_revinclude={name}&_count=1" for one in kinds
              for n, name in enumerate(one.get("searchRevInclude", [])) if LONG or (n % 10 == 0 and one["type"] in few[:12])]
    all_good(paths)


def sorts():
    """sorting by every parameter of a kind that has an order"""
    all_good([f"{one['type']}?_sort=-{param['name']}&_count=1" for one in kinds for param in one["searchParam"]
              if param["type"] in {"string", "token", "date", "number", "quantity", "uri"}
              and param["name"] not in {"_text", "_content", "_filter", "_list", "_has"}])


def compartments():
    """the compartments that are named have definitions, and are searched"""
    for url in rest["compartment"]:
        definition = session().get(f"{URL}/CompartmentDefinition?url={url}").json()["entry"][0]["resource"]
        inside = [one["code"] for one in definition["resource"] if one.get("param")]
        all_good([f"{definition['code']}/x/{kind}?_count=1" for kind in (inside if LONG else inside[:5])])


def openapi():
    """the OpenAPI description names the same types, parameters and operations"""
    answer = session().get(f"{URL}/openapi.json")
    same((answer.status_code, answer.json()["openapi"]), (200, "3.1.0"))
    described = answer.json()
    for one in rest["resource"]:
        found = described["paths"][f"/{one['type']}"]["get"]["parameters"]
        names = {ref["$ref"].rsplit("/", 1)[1].split(".", 1)[-1] for ref in found}
        same({param["name"] for param in one["searchParam"]} - names - {"_has"}, set(), one["type"])
        for operation in one.get("operation", []):
            there = [f"/{one['type']}/${operation['name']}", f"/{one['type']}/{{id}}/${operation['name']}"]
            same(any(path in described["paths"] for path in there), True, str(there))
    nobody = requests.get(f"{URL}/openapi.json", timeout=60)
    same((nobody.status_code, requests.get(f"{URL}/metadata", timeout=60).status_code), (200, 200), "open to all")


run("truth", [parameters, composites, missing, includes, sorts, compartments, openapi])
