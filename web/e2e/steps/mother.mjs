// A pregnancy: week, due date and the antenatal visits, out of observations that any institution may send.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";

const MRN = "https://meridian.example/id/mrn/CJ00";
const WEEK_MS = 7 * 86_400_000;

async function aMother(api) {
  const value = "E2E-MOTHER";
  const found = await api.get(`Patient?identifier=${encodeURIComponent(`${MRN}|${value}`)}`);
  if (found.entry?.length > 0) return found.entry[0].resource.id;
  const name = [{ use: "official", text: "端木孕例", family: "端木", given: ["孕例"] }];
  const { id } = await api.post("/Patient", { resourceType: "Patient", identifier: [{ system: MRN, value }], name, gender: "female", birthDate: "1996-04-02" });
  const subject = { reference: `Patient/${id}` };
  const day = (ago) => new Date(Date.now() - ago * WEEK_MS).toISOString();
  const coded = (system, code, text) => ({ coding: [{ system, code, display: text }], text });
  const measured = (code, text, value, unit, ago) => ({
    resourceType: "Observation", status: "final", category: [coded("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "生命体征")],
    code: coded("http://loinc.org", code, text), subject, effectiveDateTime: day(ago), valueQuantity: { value, unit, system: "http://unitsofmeasure.org", code: unit },
  });
  const visits = [[16, 8, 56.2, 14, 150], [20, 4, 58.4, 18, 146], [24, 0, 60.3, 22, 142]].flatMap(([weeks, ago, weight, fundus, heart]) => [
    measured("18185-9", "孕周", weeks, "wk", ago), measured("29463-7", "体重", weight, "kg", ago), measured("8480-6", "收缩压", 112, "mm[Hg]", ago),
    measured("8462-4", "舒张压", 70, "mm[Hg]", ago), measured("11881-0", "宫高", fundus, "cm", ago), measured("55283-6", "胎心率", heart, "/min", ago),
  ]);
  const supervised = {
    resourceType: "Condition", subject, code: coded("http://hl7.org/fhir/sid/icd-10", "Z34.9", "正常妊娠监督"), recordedDate: day(8),
    clinicalStatus: coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "当前"),
  };
  const entry = [supervised, ...visits].map((resource) => ({ resource, request: { method: "POST", url: resource.resourceType } }));
  await api.post("", { resourceType: "Bundle", type: "transaction", entry });
  return id;
}

export default async function mother({ place, api, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  const id = await aMother(api);
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, id);
  const card = page.locator("#pregnancy");
  await check("the week is counted from the latest visit, and the due date with it", async () => {
    await card.waitFor();
    must(/孕 24 周 \d 天/.test(await card.innerText()), await card.innerText());
    must(/预产期\s*\d{4}-\d\d-\d\d/.test(await card.innerText()), await card.innerText());
  });
  await check("each visit stands in a row with what was measured that day", async () => {
    must((await card.locator("tbody tr").count()) === 3, "not three visits");
    const latest = await card.locator("tbody tr").first().innerText();
    for (const value of ["24+0", "60.3", "112/70", "22", "142"]) must(latest.includes(value), `${value} is not in ${latest}`);
    await nothingSerious(page, "#pregnancy");
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
