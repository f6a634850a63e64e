// npm fhir-kit-client: the client of many SMART apps.
import { Client } from "fhir-kit-client";
import { refused, report, same, token, unique, url } from "./lib.mjs";

const client = new Client({ baseUrl: url, bearerToken: token });
const outcomeOf = (error) => error.response?.data;
const status = (error) => error.response?.status;
const system = "urn:meridian:outside";
let patient;
let observation;

await report("fhir-kit-client", {
  "the CapabilityStatement is R4's": async () => {
    const statement = await client.capabilityStatement();
    same([statement.resourceType, statement.fhirVersion, statement.kind], ["CapabilityStatement", "4.0.1", "instance"]);
  },
  "a Patient is created": async () => {
    const body = { resourceType: "Patient", identifier: [{ system, value: unique }], name: [{ family: "Kit", given: ["甲"] }], gender: "other" };
    patient = await client.create({ resourceType: "Patient", body });
    same([patient.resourceType, patient.meta.versionId, patient.name], ["Patient", "1", body.name]);
  },
  "it is read, and each version of it": async () => {
    const read = await client.read({ resourceType: "Patient", id: patient.id });
    same(read, patient);
    const first = await client.vread({ resourceType: "Patient", id: patient.id, version: "1" });
    same(first, patient);
  },
  "it is updated": async () => {
    patient = await client.update({ resourceType: "Patient", id: patient.id, body: { ...patient, active: true } });
    same([patient.meta.versionId, patient.active], ["2", true]);
  },
  "it is patched": async () => {
    const jsonPatch = [{ op: "replace", path: "/gender", value: "female" }];
    patient = await client.patch({ resourceType: "Patient", id: patient.id, jsonPatch });
    same([patient.meta.versionId, patient.gender], ["3", "female"]);
  },
  "a stale version is refused": async () => {
    const options = { headers: { "If-Match": 'W/"1"' } };
    const error = await refused(() => client.update({ resourceType: "Patient", id: patient.id, body: patient, options }), outcomeOf);
    same(status(error), 412);
  },
  "a conditional create meets what is there": async () => {
    const options = { headers: { "If-None-Exist": `identifier=${system}|${unique}` } };
    const body = { resourceType: "Patient", identifier: [{ system, value: unique }] };
    const met = await client.create({ resourceType: "Patient", body, options });
    same(met.id, patient.id);
  },
  "a conditional update finds it": async () => {
    const { id, ...body } = patient;
    const found = await client.update({ resourceType: "Patient", searchParams: { identifier: `${system}|${unique}` }, body });
    same(found.id, id);
    patient = found;
  },
  "a transaction resolves its references": async () => {
    const code = { coding: [{ system: "http://loinc.org", code: "2823-3" }] };
    const resource = { resourceType: "Observation", status: "final", code, subject: { reference: `Patient/${patient.id}` }, effectiveDateTime: "2026-01-05T14:32:00+08:00", valueQuantity: { value: 5.1, unit: "mmol/L", system: "http://unitsofmeasure.org", code: "mmol/L" } };
    const body = { resourceType: "Bundle", type: "transaction", entry: [{ fullUrl: "urn:uuid:0d4b8d1f-6f0a-4b51-9d4e-0f4a5a1f7a01", resource, request: { method: "POST", url: "Observation" } }] };
    const answer = await client.transaction({ body });
    same([answer.type, answer.entry[0].response.status.slice(0, 3)], ["transaction-response", "201"]);
    const [, kind, id] = /(Observation)\/([^/]+)/.exec(answer.entry[0].response.location);
    observation = await client.read({ resourceType: kind, id });
    same(observation.subject.reference, `Patient/${patient.id}`);
  },
  "a batch answers each entry": async () => {
    const body = { resourceType: "Bundle", type: "batch", entry: [`Patient/${patient.id}`, "Patient/not-there"].map((one) => ({ request: { method: "GET", url: one } })) };
    const answer = await client.batch({ body });
    same(answer.entry.map((entry) => entry.response.status.slice(0, 3)), ["200", "404"]);
    same(answer.entry[1].response.outcome.resourceType, "OperationOutcome");
  },
  "a search finds it, with what points to it": async () => {
    const searchParams = { identifier: `${system}|${unique}`, _revinclude: "Observation:subject", _total: "accurate" };
    const found = await client.resourceSearch({ resourceType: "Patient", searchParams });
    same([found.type, found.total], ["searchset", 1]);
    same(found.entry.map((entry) => [entry.resource.id, entry.search.mode]), [[patient.id, "match"], [observation.id, "include"]]);
  },
  "a search by form finds the same": async () => {
    const found = await client.resourceSearch({ resourceType: "Patient", searchParams: { identifier: `${system}|${unique}` }, options: { postSearch: true } });
    same(found.entry.map((entry) => entry.resource.id), [patient.id]);
  },
  "the whole system is searched": async () => {
    const found = await client.systemSearch({ searchParams: { _type: "Patient,Observation", _id: `${patient.id},${observation.id}` } });
    same(found.entry.map((entry) => entry.resource.resourceType).sort(), ["Observation", "Patient"]);
  },
  "a compartment is searched": async () => {
    const compartment = { resourceType: "Patient", id: patient.id };
    const found = await client.compartmentSearch({ resourceType: "Observation", compartment, searchParams: { code: "http://loinc.org|2823-3" } });
    same(found.entry.map((entry) => entry.resource.id), [observation.id]);
  },
  "pages follow each other, and back": async () => {
    const first = await client.resourceSearch({ resourceType: "Patient", searchParams: { _count: 5, _sort: "_id" } });
    const second = await client.nextPage({ bundle: first });
    const again = await client.prevPage({ bundle: second });
    const ids = (bundle) => bundle.entry.map((entry) => entry.resource.id);
    same(ids(again), ids(first));
    same(ids(first).some((id) => ids(second).includes(id)), false, "pages overlap");
  },
  "histories of one, of a type and of all": async () => {
    const one = await client.resourceHistory({ resourceType: "Patient", id: patient.id });
    same([one.type, one.entry[0].resource.id, one.entry.length], ["history", patient.id, Number(patient.meta.versionId)]);
    const type = await client.typeHistory({ resourceType: "Patient", options: {} });
    same(type.type, "history");
    const all = await client.systemHistory();
    same(all.type, "history");
  },
  "operations are called": async () => {
    const all = await client.operation({ name: "everything", resourceType: "Patient", id: patient.id, method: "GET" });
    same(all.entry.map((entry) => entry.resource.id).includes(observation.id), true, "the Observation is there");
  },
  "references are resolved": async () => {
    const found = await client.resolve({ reference: `Patient/${patient.id}` });
    same(found.id, patient.id);
  },
  "errors are OperationOutcomes": async () => {
    same(status(await refused(() => client.read({ resourceType: "Patient", id: "not-there" }), outcomeOf)), 404);
    same(status(await refused(() => client.read({ resourceType: "Dog", id: "1" }), outcomeOf)), 404);
    same(status(await refused(() => client.resourceSearch({ resourceType: "Patient", searchParams: { nosuch: "x" } }), outcomeOf)), 400);
    same(status(await refused(() => client.create({ resourceType: "Patient", body: { resourceType: "Patient", gender: 5 } }), outcomeOf)), 422);
    const nobody = new Client({ baseUrl: url });
    same(status(await refused(() => nobody.read({ resourceType: "Patient", id: patient.id }), outcomeOf)), 401);
  },
  "it is deleted, and gone": async () => {
    await client.delete({ resourceType: "Observation", id: observation.id });
    same(status(await refused(() => client.read({ resourceType: "Observation", id: observation.id }), outcomeOf)), 410);
  },
});
