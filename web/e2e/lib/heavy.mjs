// A made-up resident with a record of more than two thousand resources, put in through FHIR. The same each time.
const MRN = "https://meridian.example/id/mrn/CJ00";
const BASE = "https://meridian.example/id/e2e";
const LOINC = "http://loinc.org";
const ICD10 = "http://hl7.org/fhir/sid/icd-10";
const CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category";
const DAY = 86_400_000;

const LABS = [
  ["4548-4", "糖化血红蛋白", "%", 7, 4, 6], ["2345-7", "葡萄糖", "mmol/L", 7.5, 3.9, 6.1], ["2093-3", "总胆固醇", "mmol/L", 5.1, 2.8, 5.2],
  ["2571-8", "甘油三酯", "mmol/L", 1.8, 0.4, 1.7], ["2085-9", "高密度脂蛋白胆固醇", "mmol/L", 1.2, 1, 2], ["13457-7", "低密度脂蛋白胆固醇", "mmol/L", 3, 1.8, 3.4],
  ["2160-0", "肌酐", "umol/L", 78, 41, 81], ["3094-0", "尿素", "mmol/L", 5.8, 3.1, 8.8], ["2823-3", "钾", "mmol/L", 4.3, 3.5, 5.3],
  ["1742-6", "丙氨酸氨基转移酶", "U/L", 24, 7, 40], ["718-7", "血红蛋白", "g/L", 128, 115, 150], ["6690-2", "白细胞计数", "10*9/L", 6.4, 3.5, 9.5],
];
const VITALS = [["8480-6", "收缩压", "mm[Hg]", 138], ["8462-4", "舒张压", "mm[Hg]", 84], ["8867-4", "心率", "/min", 74], ["29463-7", "体重", "kg", 61]];
const ILLS = [["I10", "原发性高血压"], ["E11.9", "2型糖尿病"], ["J06.9", "急性上呼吸道感染"], ["K29.5", "慢性胃炎"], ["M17.9", "膝骨关节炎"]];
const DRUGS = ["苯磺酸氨氯地平片 5mg", "盐酸二甲双胍片 0.5g", "阿托伐他汀钙片 20mg", "阿司匹林肠溶片 100mg"];

/** Numbers between 0 and 1 that are the same on every run. */
function stream(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function resources(patient) {
  const draw = stream(360);
  const now = Date.now();
  const at = (back, hours = 9) => `${new Date(now - back * DAY).toISOString().slice(0, 10)}T${String(hours).padStart(2, "0")}:20:00+08:00`;
  const coded = (system, code, text) => ({ coding: [{ system, code, display: text }], text });
  const subject = { reference: patient };
  const made = [];
  const add = (name, resource) => made.push([name, resource]);
  const measured = (name, kind, [code, text, unit, middle, low, high], date, encounter) => {
    const value = Number((middle * (0.82 + 0.36 * draw())).toFixed(middle < 10 ? 2 : 0));
    add(name, {
      resourceType: "Observation", status: "final", category: [coded(CATEGORY, kind, kind)], code: coded(LOINC, code, text), subject, encounter,
      effectiveDateTime: date, valueQuantity: { value, unit, system: "http://unitsofmeasure.org", code: unit },
      ...(low === undefined ? {} : { referenceRange: [{ low: { value: low, unit }, high: { value: high, unit } }] }),
    });
  };
  for (let n = 0; n < 250; n += 1) {
    const back = n * 21 + 2;
    const date = at(back);
    const encounter = { reference: `urn:uuid:visit-${n}` };
    const [code, text] = ILLS[n % ILLS.length];
    add(`visit-${n}`, {
      resourceType: "Encounter", status: "finished", subject, class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: n % 40 === 7 ? "IMP" : "AMB" },
      period: { start: date, end: at(back, 10) }, serviceType: { text: ["心血管内科", "内分泌科", "全科医疗科"][n % 3] }, reasonCode: [coded(ICD10, code, text)],
    });
    if (n % 2 === 0) LABS.slice(0, 8).forEach((lab, at) => measured(`lab-${n}-${at}`, "laboratory", lab, date, encounter));
    if (n % 7 === 0) LABS.slice(8).forEach((lab, at) => measured(`lab-${n}-${at + 8}`, "laboratory", lab, date, encounter));
    VITALS.slice(0, n % 3 === 0 ? 4 : 2).forEach((sign, at) => measured(`sign-${n}-${at}`, "vital-signs", sign, date, encounter));
    if (n % 3 === 0) {
      add(`paper-${n}`, {
        resourceType: "DocumentReference", status: "current", type: { text: "门诊病历" }, subject, date, author: [{ display: "E2E" }], context: { encounter: [encounter] },
        content: [{ attachment: { contentType: "text/plain; charset=utf-8", data: Buffer.from(`【合成数据 非真实患者】${text}，复诊。`).toString("base64") } }],
      });
    }
    if (n % 4 === 0) {
      add(`drug-${n}`, {
        resourceType: "MedicationRequest", status: n < 16 ? "active" : "completed", intent: "order", subject, encounter, authoredOn: date,
        medicationCodeableConcept: { text: DRUGS[(n / 4) % 4] }, dosageInstruction: [{ text: "口服 每日1次" }],
      });
      add(`order-${n}`, {
        resourceType: "ServiceRequest", status: n === 0 ? "active" : "completed", intent: "order", subject, encounter, authoredOn: date,
        category: [coded("http://snomed.info/sct", "363679005", "影像检查")], code: { text: "胸部CT平扫" }, requester: { display: "E2E" },
      });
    }
    if (n % 10 === 0) {
      add(`ill-${n}`, {
        resourceType: "Condition", subject, encounter, code: coded(ICD10, code, text), recordedDate: date, onsetDateTime: date,
        clinicalStatus: coded("http://terminology.hl7.org/CodeSystem/condition-clinical", n < 20 ? "active" : "resolved", n < 20 ? "当前" : "已缓解"),
      });
    }
  }
  add("next", {
    resourceType: "Appointment", status: "booked", start: at(-12), end: at(-12, 10), description: "心血管内科复诊",
    participant: [{ actor: subject, status: "accepted" }],
  });
  return made;
}

/** Puts the resident in unless there already; gives the id of the person, and how many resources there are. */
export async function aHeavyResident(api) {
  const value = "E2E-HEAVY";
  const found = await api.get(`Patient?identifier=${encodeURIComponent(`${MRN}|${value}`)}`);
  let patient = found.entry?.[0]?.resource;
  if (!patient) {
    patient = await api.post("/Patient", {
      resourceType: "Patient", identifier: [{ system: MRN, value }], name: [{ use: "official", text: "司马两千", family: "司马", given: ["两千"] }],
      gender: "female", birthDate: "1951-03-09",
    });
    const made = resources(`Patient/${patient.id}`);
    const names = new Map(made.map(([name]) => [name, crypto.randomUUID()]));
    const text = (resource) => JSON.parse(JSON.stringify(resource).replace(/urn:uuid:(visit-\d+)/g, (_, name) => `urn:uuid:${names.get(name)}`));
    // References hold within one bundle only, so that a visit and what belongs to it travel together.
    const visits = new Map();
    for (const one of made) {
      const visit = /-(\d+)/.exec(one[0])?.[1] ?? "";
      visits.set(visit, [...(visits.get(visit) ?? []), one]);
    }
    let entry = [];
    const flush = async () => {
      if (entry.length > 0) await api.post("", { resourceType: "Bundle", type: "transaction", entry });
      entry = [];
    };
    for (const group of visits.values()) {
      for (const [name, resource] of group) {
        const identifier = [{ system: BASE, value: name }];
        entry.push({ fullUrl: `urn:uuid:${names.get(name)}`, resource: { ...text(resource), identifier }, request: { method: "POST", url: resource.resourceType } });
      }
      if (entry.length > 400) await flush();
    }
    await flush();
  }
  const golden = await api.get(`Patient?_tag=${encodeURIComponent("https://meridian.example/record|golden")}&link=Patient/${patient.id}`);
  const id = golden.entry?.[0]?.resource.id ?? patient.id;
  const kinds = ["Encounter", "Observation", "Condition", "MedicationRequest", "DocumentReference", "ServiceRequest", "Appointment"];
  const counts = await api.batch(kinds.map((kind) => `${kind}?patient=Patient/${id}&_summary=count`));
  return { id, resources: counts.reduce((sum, { resource }) => sum + (resource?.total ?? 0), 0) };
}
