// npm @medplum/core: the client of Medplum's apps, here on a server that is not Medplum's.
import { refused, report, same, token, unique, url } from "./lib.mjs";

// It names WebSocket when it is loaded, which Node has from version 22 on; nothing here listens.
globalThis.WebSocket ??= class extends EventTarget {};
const { MedplumClient } = await import("@medplum/core");

const client = new MedplumClient({ baseUrl: url.replace(/fhir$/, ""), fhirUrlPath: "fhir", accessToken: token, fetch, cacheTime: 0, maxRetries: 0 });
const outcomeOf = (error) => error.outcome;
const system = "urn:meridian:outside";
const medplum = `${unique}-m`;
let patient;

await report("@medplum/core", {
  "a Patient is created": async () => {
    patient = await client.createResource({ resourceType: "Patient", identifier: [{ system, value: medplum }], name: [{ family: "Plum", given: ["乙"] }] });
    same([patient.resourceType, patient.meta.versionId], ["Patient", "1"]);
  },
  "a second creation meets it": async () => {
    const again = await client.createResourceIfNoneExist({ resourceType: "Patient", identifier: [{ system, value: medplum }] }, `identifier=${system}|${medplum}`);
    same(again.id, patient.id);
  },
  "it is read": async () => {
    same((await client.readResource("Patient", patient.id)).name, patient.name);
    same((await client.readReference({ reference: `Patient/${patient.id}` })).id, patient.id);
    same((await client.readVersion("Patient", patient.id, "1")).id, patient.id);
  },
  "it is updated, and patched": async () => {
    patient = await client.updateResource({ ...patient, active: true });
    patient = await client.patchResource("Patient", patient.id, [{ op: "add", path: "/gender", value: "male" }]);
    same([patient.meta.versionId, patient.active, patient.gender], ["3", true, "male"]);
  },
  "an upsert updates what a search finds": async () => {
    const { id, meta, ...rest } = patient;
    const upserted = await client.upsertResource({ ...rest, gender: "female" }, `identifier=${system}|${medplum}`);
    same([upserted.id, upserted.gender], [id, "female"]);
  },
  "searches find it": async () => {
    const query = `identifier=${system}|${medplum}`;
    same((await client.search("Patient", query)).entry.length, 1);
    same((await client.searchOne("Patient", query)).id, patient.id);
    same((await client.searchResources("Patient", query)).length, 1);
  },
  "pages are walked to their end": async () => {
    const total = (await client.search("Patient", "_summary=count")).total;
    const seen = new Set();
    for await (const page of client.searchResourcePages("Patient", "_count=25")) for (const one of page) seen.add(one.id);
    same(seen.size, total, "Patients");
  },
  "a batch answers each entry": async () => {
    const answer = await client.executeBatch({ resourceType: "Bundle", type: "batch", entry: [{ request: { method: "GET", url: `Patient/${patient.id}` } }] });
    same([answer.type, answer.entry[0].resource.id], ["batch-response", patient.id]);
  },
  "its history and everything of it": async () => {
    same((await client.readHistory("Patient", patient.id)).entry.length, 4);
    const all = await client.readPatientEverything(patient.id);
    same(all.entry.some((entry) => entry.resource.id === patient.id), true, "the Patient is there");
  },
  "errors are OperationOutcomes": async () => {
    await refused(() => client.readResource("Patient", "not-there"), outcomeOf);
    await refused(() => client.search("Patient", "nosuch=1"), outcomeOf);
    await refused(() => client.createResource({ resourceType: "Patient", birthDate: "yesterday" }), outcomeOf);
  },
  "it is deleted": async () => {
    await client.deleteResource("Patient", patient.id);
    await refused(() => client.readResource("Patient", patient.id), outcomeOf);
  },
});
