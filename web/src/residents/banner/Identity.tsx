//! The identity number: masked, and whole for half a minute after a deliberate press. The press reads the resident again,
//! so that it stands in the log of looks.

import { EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { read } from "../../fhir/reader";
import type { Patient } from "../../fhir/types";
import { maskIdentity } from "../../words/mask";
import { identityNumber } from "../../words/patient";
import css from "./banner.module.css";

const SHOWN_MS = 30_000;

export function Identity({ person }: { person: Patient }) {
  const { t } = useTranslation();
  const masked = maskIdentity(identityNumber(person) ?? "");
  const [whole, setWhole] = useState<string>();
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (!whole) return;
    const timer = setTimeout(() => setWhole(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [whole]);

  if (!masked) return <>{t("common.notGiven")}</>;
  const reveal = () => {
    setFailed(false);
    read<Patient>(`Patient/${person.id ?? ""}`).then(
      (again) => setWhole(identityNumber(again)),
      () => setFailed(true),
    );
  };
  return (
    <>
      <span className={css["number"]} data-whole={whole !== undefined}>
        {whole ?? masked}
      </span>{" "}
      <button
        type="button"
        className={css["reveal"]}
        aria-pressed={whole !== undefined}
        aria-label={whole ? t("record.banner.hide") : t("record.banner.reveal")}
        data-tip={whole ? t("record.banner.hide") : t("record.banner.revealHelp")}
        onClick={() => (whole ? setWhole(undefined) : reveal())}
      >
        {whole ? <EyeInvisibleOutlined /> : <EyeOutlined />}
      </button>
      {failed && <span className={css["alone"]}>{t("record.banner.revealFailed")}</span>}
    </>
  );
}
