// A resident of the demo whom three institutions know, with an allergy, and with the two tests that the trend shows.
const GOLDEN = "https://meridian.example/record|golden";
const MRN = "https://meridian.example/id/mrn/";
const IDENTITY = "urn:oid:2.16.156.10011.1.3";

/** Glycated haemoglobin and fasting glucose. */
export const TREND = ["http://loinc.org|4548-4", "http://loinc.org|14771-0"];

const tag = (resource, system) => resource.meta?.tag?.find((one) => one.system === system)?.code;

export async function aResident(api) {
  const bundle = await api.get(`Patient?_tag=${encodeURIComponent(GOLDEN)}&_count=300&_include=Patient:link`);
  const all = bundle.entry.map(({ resource }) => resource);
  const byId = new Map(all.map((one) => [one.id, one]));
  for (const golden of all.filter((one) => one.link?.length >= 3)) {
    const sources = golden.link.map(({ other }) => byId.get(other.reference.split("/")[1])).filter(Boolean);
    const codes = [...new Set(sources.map((one) => tag(one, "https://meridian.example/institution")))].sort();
    const hospital = sources.find((one) => one.identifier?.some(({ system }) => system === `${MRN}CJ01`));
    const allergies = await api.get(`AllergyIntolerance?patient=Patient/${golden.id}&_summary=count`);
    if (codes.length < 3 || !hospital || !(allergies.total > 0)) continue;
    const tests = TREND.map((test) => api.get(`Observation?patient=Patient/${golden.id}&code=${encodeURIComponent(test)}&_summary=count`));
    if ((await Promise.all(tests)).some(({ total }) => !(total > 0))) continue;
    const value = (system) => hospital.identifier.find((one) => one.system === system)?.value;
    const name = golden.name[0].text ?? `${golden.name[0].family}${golden.name[0].given?.join("") ?? ""}`;
    const initials = await initialsOf(api, golden.id, [...name].length);
    return { id: golden.id, name, initials, codes, birthDate: golden.birthDate, gender: golden.gender, mrn: value(`${MRN}CJ01`), identity: value(IDENTITY) };
  }
  throw new Error("no resident of the demo is known to three institutions");
}

/** The pinyin initials under which `id` is found, letter by letter: no table of readings is needed here. */
async function initialsOf(api, id, length) {
  let known = "";
  while (known.length < length) {
    const letters = [..."abcdefghijklmnopqrstuvwxyz"];
    const urls = letters.map((letter) => `Patient?_tag=${encodeURIComponent(GOLDEN)}&_id=${id}&pinyin=${known}${letter}&_summary=count`);
    const found = (await api.batch(urls)).map(({ resource }, at) => (resource?.total > 0 ? letters[at] : undefined)).filter(Boolean);
    // The whole pinyin matches by prefix too; its second letter is a lower-case sound that initials seldom share.
    const next = known.length === 1 && found.length > 1 ? found.at(-1) : found[0];
    if (!next) break;
    known += next;
  }
  if (!known) throw new Error(`Patient/${id} is not found by pinyin at all`);
  return known;
}
