//! A warning where another resident is easily taken for this one: the wrong record is a click away. Residents whom the
//! reader opened or found are named; of the others in the region only how many there are is asked, so that nobody's
//! record is looked at for it.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Page } from "../../fhir/bundle";
import { read } from "../../fhir/reader";
import { GOLDEN } from "../../fhir/systems";
import type { Bundle, Patient } from "../../fhir/types";
import { useAgeWord, useSexWord } from "../../parts/PersonWords";
import { useOpened } from "../../shell/opened";
import { alike, type Likeness } from "../../words/alike";
import { maskIdentity } from "../../words/mask";
import { identityNumber, nameOf } from "../../words/patient";
import { syllablesOf } from "../../words/pinyin";
import { isGolden } from "../record/usePerson";
import css from "./banner.module.css";

interface Known {
  id: string;
  name: string;
  gender?: string;
  birthDate?: string;
  identity?: string;
}

/** Residents that the reader has met since signing in: opened ones, and those that stood in a list of found ones. */
function useMet(): Known[] {
  const client = useQueryClient();
  const lists = client.getQueriesData<{ pages: Page<Patient>[] }>({ queryKey: ["residents"] });
  const found = lists.flatMap(([, data]) => data?.pages.flatMap(({ items }) => items) ?? []);
  const met = new Map<string, Known>(useOpened().map((one) => [one.id, one]));
  for (const one of found) {
    const { id = "", gender, birthDate } = one;
    met.set(id, { id, name: nameOf(one), gender, birthDate, identity: identityNumber(one) });
  }
  return [...met.values()];
}

/** How many others in the region have a name of this sound and were born within two years. */
function useCountInRegion(person: Patient): number {
  const sound = syllablesOf(nameOf(person)).join("");
  const year = Number(person.birthDate?.slice(0, 4));
  const { data } = useQuery({
    queryKey: ["record", person.id, "alike", sound, year],
    enabled: isGolden(person) && sound.length > 3 && year > 0,
    staleTime: 600_000,
    queryFn: async () => {
      const query = new URLSearchParams({ _tag: GOLDEN, pinyin: sound, _summary: "count" });
      query.append("birthdate", `ge${year - 2}`);
      query.append("birthdate", `le${year + 2}`);
      return (await read<Bundle>(`Patient?${query.toString()}`)).total ?? 0;
    },
  });
  return Math.max(0, (data ?? 0) - 1);
}

export function LookAlikes({ person }: { person: Patient }) {
  const { t } = useTranslation();
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  const me = { name: nameOf(person), birthDate: person.birthDate };
  const others = useMet().flatMap((one): (Known & { how: Likeness })[] => {
    const how = one.id === person.id ? undefined : alike(me, one);
    return how ? [{ ...one, how }] : [];
  });
  const region = useCountInRegion(person);
  const unnamed = region - others.filter(({ how }) => how !== "character").length;
  if (others.length === 0 && unnamed <= 0) return null;
  return (
    <div className={css["alike"]} role="alert">
      <span>
        <b>⚠ {t("record.alike.title")}</b> {t("record.alike.help")}
      </span>
      {others.slice(0, 3).map(({ id, name, gender, birthDate, identity, how }) => (
        <Link key={id} to={`/residents/${id}`}>
          {name} {sexWord(gender)} {ageWord(birthDate)} {birthDate} {identity && maskIdentity(identity)} <span>({t(`record.alike.${how}`)})</span>
        </Link>
      ))}
      {unnamed > 0 && (
        <Link to={`/residents?q=${encodeURIComponent(syllablesOf(me.name).join(""))}`}>{t("record.alike.region", { n: unnamed })}</Link>
      )}
    </div>
  );
}
