"""PyPI fhir.resources: its models read every body that the server gives.

The package has models of R5, R4B and STU3. R4B is R4 with changes to some types only; those are named below and left out.
"""

import collections
import importlib
import json

import requests
from pydantic import ValidationError

from report import HEADERS, LONG, UNIQUE, URL, run, same

# Types of R4 that R4B has no more, or has with other elements: not to be read with its models.
CHANGED = {
    "DeviceDefinition", "EffectEvidenceSynthesis", "Evidence", "EvidenceVariable", "MedicinalProduct",
    "MedicinalProductAuthorization", "MedicinalProductContraindication", "MedicinalProductIndication",
    "MedicinalProductIngredient", "MedicinalProductInteraction", "MedicinalProductManufactured",
    "MedicinalProductPackaged", "MedicinalProductPharmaceutical", "MedicinalProductUndesirableEffect", "ResearchDefinition",
    "ResearchElementDefinition", "RiskEvidenceSynthesis", "SubstanceNucleicAcid", "SubstancePolymer", "SubstanceProtein",
    "SubstanceReferenceInformation", "SubstanceSourceMaterial", "SubstanceSpecification", "SubstanceAmount",
}
session = requests.Session()
session.headers.update(HEADERS)
session.trust_env = False
parsed = collections.Counter()


def model(kind):
    return getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)


def parse(body):
    """Reads a resource, and each one in the entries of a Bundle by itself, so that a fault has a name."""
    kind = body["resourceType"]
    entries = body.get("entry", []) if kind == "Bundle" else []
    inner = [entry["resource"] for entry in entries if "resource" in entry]
    for one in inner:
        parse(one)
    if any(one["resourceType"] in CHANGED for one in inner) or kind in CHANGED:
        return
    try:
        model(kind).model_validate_json(json.dumps(body))
    except ValidationError as error:
        name = f"{kind}/{body.get('id')}"
        raise AssertionError(f"{name}: {[(e['loc'], e['msg']) for e in error.errors()][:3]}") from None
    parsed[kind] += 1


def get(path, status=200, **headers):
    answer = session.get(f"{URL}/{path}", headers=headers, timeout=60)
    same(answer.status_code, status, path)
    body = answer.json()
    parse(body)
    return body


def describes():
    """what the server says of itself"""
    statement = get("metadata")
    kept["kinds"] = [resource["type"] for resource in statement["rest"][0]["resource"]]
    same(len(kept["kinds"]), 146)
    for operation in {
        one["definition"] for part in [*statement["rest"][0]["resource"], statement["rest"][0]]
        for one in part.get("operation", [])
    }:
        body = get(operation.removeprefix(f"{URL}/"))
        same(body["url"], operation)
    for kind in ["OperationDefinition", "CompartmentDefinition", "SearchParameter"]:
        found = get(f"{kind}?_count=50")
        if not found.get("entry"):
            raise AssertionError(f"no {kind} is found")
    same(get("OperationDefinition?name=nosuch").get("entry"), None)
    same(get("CompartmentDefinition/patient")["code"], "Patient")


def holds():
    """everything that is stored, of each type"""
    for kind in kept["kinds"]:
        path = f"{kind}?_count={200 if LONG else 40}"
        for _ in range(20 if LONG else 1):
            page = get(path)
            following = [link["url"] for link in page["link"] if link["relation"] == "next"]
            if not following:
                break
            path = following[0].removeprefix(f"{URL}/")


def answers():
    """histories, operations, includes, counts and batches"""
    patient = get("Patient?_count=1")["entry"][0]["resource"]["id"]
    for path in [
        f"Patient/{patient}",
        f"Patient/{patient}?_elements=name",
        f"Patient/{patient}/_history",
        f"Patient/{patient}/$everything",
        f"Patient/{patient}/$who-looked",
        f"Patient/{patient}/Observation",
        "Patient/_history?_count=20",
        "_history?_count=20",
        "Patient?_summary=count",
        "Observation?_summary=data&_count=20",
        "Observation?_include=*&_count=20",
        "Patient?_revinclude=*&_count=5",
        "?_type=Patient,Encounter&_count=20",
    ]:
        get(path)
    entries = [{"request": {"method": "GET", "url": url}} for url in [f"Patient/{patient}", "Patient/not-there"]]
    answer = session.post(URL, json={"resourceType": "Bundle", "type": "batch", "entry": entries},
                          headers={"Content-Type": "application/fhir+json"})
    same(answer.status_code, 200)
    parse(answer.json())


def summaries():
    """summaries of what must stay valid: nothing mandatory is lost"""
    for kind in kept["kinds"]:
        for shape in ["_summary=true", "_elements=id"]:
            get(f"{kind}?{shape}&_count=10")


def refusals():
    """errors"""
    get("Patient/not-there", 404)
    get("Dog", 404)
    get("Patient?nosuch=x", 400)
    get("Patient?birthdate=yesterday", 400)
    get("Patient?_summary=perhaps", 400)
    get("Patient?_elements=nosuch", 400)
    get("Patient", 406, Accept="text/turtle")
    get("Patient", 401, Authorization="Bearer nothing")


def written():
    """what is written comes back as a resource"""
    body = {"resourceType": "Basic", "code": {"text": UNIQUE}}
    for wish in ["return=representation", "return=OperationOutcome"]:
        made = session.post(f"{URL}/Basic", json=body,
                            headers={"Content-Type": "application/fhir+json", "Prefer": wish})
        same(made.status_code, 201)
        parse(made.json())
        kept["basic"] = made.headers["Location"].split("/_history")[0].rsplit("/", 1)[1]
    # What was shaped is no longer the whole, and is not taken for it.
    partial = get(f"Basic/{kept['basic']}?_elements=code")
    refused = session.put(f"{URL}/Basic/{kept['basic']}", json=partial,
                          headers={"Content-Type": "application/fhir+json"})
    same(400 <= refused.status_code < 500, True, f"a partial resource is refused ({refused.status_code})")
    parse(refused.json())


kept = {}
try:
    run("fhir.resources", [describes, holds, answers, summaries, refusals, written])
finally:
    most = ", ".join(f"{kind} {count}" for kind, count in parsed.most_common(8))
    print(f"fhir.resources: {sum(parsed.values())} bodies read ({most}, …); not read as R4B: {len(CHANGED)} types")
