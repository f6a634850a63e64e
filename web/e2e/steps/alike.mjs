// Two residents whose names sound alike and who were born within days: each record warns of the other.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";

const MRN = "https://meridian.example/id/mrn/CJ00";
const GOLDEN = "https://meridian.example/record|golden";

async function put(api, value, text, birthDate) {
  const found = await api.get(`Patient?identifier=${encodeURIComponent(`${MRN}|${value}`)}`);
  const identifier = [{ system: MRN, value }];
  const name = [{ use: "official", text, family: text.slice(0, 1), given: [text.slice(1)] }];
  const { id } = found.entry?.[0]?.resource ?? (await api.post("/Patient", { resourceType: "Patient", identifier, name, gender: "male", birthDate }));
  const golden = await api.get(`Patient?_tag=${encodeURIComponent(GOLDEN)}&link=Patient/${id}`);
  return golden.entry?.[0]?.resource.id ?? id;
}

export default async function alike({ place, api, browser, check }) {
  const one = await put(api, "E2E-ALIKE-1", "甄绣瑛", "1931-05-02");
  const two = await put(api, "E2E-ALIKE-2", "甄秀英", "1931-02-05");
  const doctor = place.user("doctor").username;
  const looks = async () => JSON.stringify((await api.get(`Patient/${two}/$who-looked?_count=200`)).entry ?? []).split(`"${doctor}"`).length;
  const before = await looks();
  const { page, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, one);
  const strip = page.locator("main#work header [role=alert]");

  await check("the record says that another resident of the region sounds alike, and looks at nobody for it", async () => {
    await strip.filter({ hasText: "区内还有 1 位" }).waitFor();
    must((await looks()) === before, "the other's log has a look of the doctor");
    await nothingSerious(page);
  });
  await check("once both were opened, each names the other with what tells them apart", async () => {
    await openRecord(page, place, two);
    await strip.filter({ hasText: "甄绣瑛" }).waitFor();
    must((await strip.innerText()).includes("1931-05-02"), await strip.innerText());
    must((await strip.innerText()).includes("读音相同"), await strip.innerText());
    await strip.getByRole("link").first().click();
    await page.waitForURL((url) => url.pathname.endsWith(one));
  });
  await close();
}
