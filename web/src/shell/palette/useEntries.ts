//! What the palette offers for what is typed: residents found by the server, then pages and actions.

import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useAgeWord, useSexWord } from "../../parts/PersonWords";
import { useResidents } from "../../residents/search/useResidents";
import { useSession } from "../../session/session";
import { maskIdentity } from "../../words/mask";
import { identityNumber, nameOf } from "../../words/patient";
import { useOpened } from "../opened";
import { usePages } from "../pages";
import { prefs, setPrefs } from "../prefs";

export interface Entry {
  key: string;
  word: string;
  side: string;
  run: () => void;
}

const RESIDENTS = 7;

export function useEntries(typed: string): { entries: Entry[]; busy: boolean } {
  const { t } = useTranslation();
  const go = useNavigate();
  const { signOut } = useSession();
  const own = usePages();
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  const opened = useOpened();
  const { found, query, question } = useResidents(typed, RESIDENTS);
  const words = typed.trim().toLowerCase();
  const matches = (word: string) => word.toLowerCase().includes(words);

  const residents: Entry[] = question
    ? found.map(({ patient }) => ({
        key: patient.id ?? "",
        word: `${nameOf(patient)}  ${sexWord(patient.gender)} ${ageWord(patient.birthDate)}`,
        side: maskIdentity(identityNumber(patient) ?? ""),
        run: () => void go(`/residents/${patient.id ?? ""}`),
      }))
    : opened
        .slice(-5)
        .reverse()
        .map(({ id, name, gender, birthDate }) => ({
          key: id,
          word: `${name}  ${sexWord(gender)} ${ageWord(birthDate)}`,
          side: t("search.recent"),
          run: () => void go(`/residents/${id}`),
        }));
  const whole: Entry[] = question
    ? [
        {
          key: "whole",
          word: t("shell.palette.fullSearch", { q: typed.trim() }),
          side: t("shell.palette.residents"),
          run: () => void go(`/residents?q=${encodeURIComponent(typed.trim())}`),
        },
      ]
    : [];
  const pages = own.map(({ path, name }) => ({
    key: path,
    word: t(`shell.nav.${name}`),
    side: t("shell.palette.pages"),
    run: () => void go(path),
  }));
  const action = (word: string, run: () => void): Entry => ({ key: word, word, side: t("shell.palette.actions"), run });
  const actions = [
    action(t("shell.large"), () => setPrefs({ large: !prefs().large })),
    action(t("shell.contrast"), () => setPrefs({ contrast: !prefs().contrast })),
    action(t("shell.switchLanguage"), () => setPrefs({ language: prefs().language === "en" ? "zh-CN" : "en" })),
    action(t("shell.signOut"), () => void signOut()),
  ];
  const others = [...pages, ...actions].filter(({ word }) => matches(word));
  return { entries: [...residents, ...whole, ...others], busy: question !== undefined && query.isFetching };
}
