"""PyPI fhirpy: both of its clients, as scripts of researchers use them."""

import asyncio

from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from report import HEADERS, UNIQUE, URL, run, same

SYSTEM = "urn:meridian:outside"
TOKEN = HEADERS["Authorization"]
client = SyncFHIRClient(URL, authorization=TOKEN)
# It counts with a parameter of another server's own (`_totalMethod`), which a lenient search leaves out.
lenient = SyncFHIRClient(URL, authorization=TOKEN, extra_headers={"Prefer": "handling=lenient"})
kept = {}


def creates():
    """a Patient is created"""
    patient = client.resource("Patient", identifier=[{"system": SYSTEM, "value": UNIQUE}], name=[{"family": "Py"}])
    patient.save()
    same(patient["meta"]["versionId"], "1")
    kept["patient"] = patient


def reads():
    """it is read, and its reference leads to it"""
    patient = client.reference("Patient", kept["patient"].id).to_resource()
    same(patient["name"], [{"family": "Py"}])


def updates():
    """it is saved again"""
    patient = kept["patient"]
    patient["birthDate"] = "1970-01-01"
    patient.save()
    same(patient["meta"]["versionId"], "2")


def searches():
    """searches with modifiers, sorting and counting"""
    found = lenient.resources("Patient").search(identifier=f"{SYSTEM}|{UNIQUE}")
    same(found.count(), 1)
    same(found.first().id, kept["patient"].id)
    same(found.search(birthdate__lt="1980").count(), 1)
    same(found.search(name__exact="Nobody").count(), 0)
    names = [one["id"] for one in client.resources("Patient").sort("-_lastUpdated").limit(3).fetch()]
    same(kept["patient"].id in names, True, "the newest is among the first")


def pages():
    """every page is walked, and nothing is there twice"""
    every = [one.id for one in client.resources("Patient").limit(20)]
    same(len(every), len(set(every)))
    same(len(every), lenient.resources("Patient").count())


def includes():
    """what points to it comes with it"""
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    reference = kept["patient"].to_reference()
    observation = client.resource("Observation", status="final", code=code, subject=reference)
    observation.save()
    kept["observation"] = observation
    found = client.resources("Patient").search(_id=kept["patient"].id).revinclude("Observation", "subject").fetch_raw()
    same({entry["resource"]["resourceType"] for entry in found["entry"]}, {"Patient", "Observation"})
    chained = client.resources("Observation").search(patient__identifier=f"{SYSTEM}|{UNIQUE}")
    same([one.id for one in chained], [observation.id])
    having = lenient.resources("Patient").has("Observation", "patient", code="8867-4").search(_id=kept["patient"].id)
    same(having.count(), 1)


def conditional():
    """conditional creation and conditional update"""
    condition = {"If-None-Exist": f"identifier={SYSTEM}|{UNIQUE}"}
    once = SyncFHIRClient(URL, authorization=TOKEN, extra_headers=condition)
    again = once.resource("Patient", identifier=[{"system": SYSTEM, "value": UNIQUE}])
    again.save()
    same(again.id, kept["patient"].id)
    changed, made = client.resources("Patient").search(identifier=f"{SYSTEM}|{UNIQUE}").update(
        client.resource("Patient", identifier=[{"system": SYSTEM, "value": UNIQUE}], gender="female")
    )
    same((changed.id, changed["gender"], bool(made)), (kept["patient"].id, "female", False))


def elements():
    """some elements of it"""
    one = client.resources("Patient").search(_id=kept["patient"].id).elements("gender").first()
    same(("gender" in one, "identifier" in one), (True, False))
    same([tag["code"] for tag in one["meta"]["tag"]][-1], "SUBSETTED")


def operations():
    """an operation"""
    found = client.execute(f"Patient/{kept['patient'].id}/$everything", method="get")
    same(kept["observation"].id in {entry["resource"]["id"] for entry in found["entry"]}, True)


def errors():
    """errors are OperationOutcomes"""
    for call in [
        lambda: client.resources("Patient").search(nosuch="x").fetch(),
        lambda: client.resource("Patient", gender=5).save(),
        # A condition in the address of a create is not R4's: refused, rather than made twice.
        lambda: client.resources("Patient")
        .search(identifier=f"{SYSTEM}|{UNIQUE}")
        .get_or_create(client.resource("Patient", identifier=[{"system": SYSTEM, "value": UNIQUE}])),
        # A part of a resource as application/json is no patch that R4 knows.
        lambda: client.patch(kept["patient"], gender="male"),
    ]:
        try:
            call()
        except OperationOutcome as error:
            same(error.resource["resourceType"], "OperationOutcome")
        else:
            raise AssertionError("it was not refused")


def deletes():
    """it is deleted, and gone"""
    kept["observation"].delete()
    try:
        client.reference("Observation", kept["observation"].id).to_resource()
    except ResourceNotFound:
        return
    raise AssertionError("it is still there")


def asynchronous():
    """the asynchronous client, many at once"""

    async def many():
        other = AsyncFHIRClient(URL, authorization=TOKEN)
        made = [other.resource("Basic", code={"text": f"{UNIQUE} {n}"}) for n in range(20)]
        await asyncio.gather(*(one.save() for one in made))
        same(len({one.id for one in made}), 20)
        read = await asyncio.gather(*(other.reference("Basic", one.id).to_resource() for one in made))
        same([one["code"] for one in read], [one["code"] for one in made])
        await asyncio.gather(*(one.delete() for one in made))

    asyncio.run(many())


run(
    "fhirpy",
    [creates, reads, updates, searches, pages, includes, conditional, elements, operations, errors, deletes, asynchronous],
)
