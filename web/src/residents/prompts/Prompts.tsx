//! The rail's first card: what to mind and what is due, the dangerous first.

import { ExclamationCircleFilled, InfoCircleOutlined, WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Patient } from "../../fhir/types";
import { Card } from "../../parts/Card";
import { goTo } from "../../parts/keys/rows";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useUrlParams } from "../../parts/url";
import css from "./prompts.module.css";
import type { Prompt } from "./rules";
import { usePrompts } from "./usePrompts";

const SIGNS = { danger: WarningFilled, warning: ExclamationCircleFilled, info: InfoCircleOutlined } as const;
const NEVER = { pressureDue: "pressureNever", glucoseDue: "glucoseNever", checkupDue: "checkupNever" } as const;

export function Prompts({ person }: { person: Patient | undefined }) {
  const { t } = useTranslation();
  const { prompts, reading, cause, retry } = usePrompts(person);
  return (
    <Card id="prompts" title={t("record.sections.prompts")} count={prompts.length}>
      {cause ? (
        <Failure cause={cause} retry={retry} />
      ) : reading ? (
        <Skeleton lines={2} />
      ) : prompts.length === 0 ? (
        <Empty title={t("record.prompts.none")} />
      ) : (
        <ul>
          {prompts.map((prompt) => (
            <PromptLine key={prompt.key} prompt={prompt} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function PromptLine({ prompt: { name, tone, values, trend, part } }: { prompt: Prompt }) {
  const { t } = useTranslation();
  const set = useUrlParams();
  const Sign = SIGNS[tone];
  const words = name in NEVER && values["known"] === 0 ? t(`record.prompts.${NEVER[name as keyof typeof NEVER]}`) : t(`record.prompts.${name}`, values);
  const go = () => {
    if (trend) set({ trend });
    else if (part) goTo(part);
  };
  return (
    <li>
      <button type="button" className={css["prompt"]} data-tone={tone} disabled={!trend && !part} onClick={go}>
        <span className={css["sign"]}>
          <Sign />
        </span>
        <span>
          <span className={css["words"]}>{words}</span>
          <span className={css["why"]}>{t(`record.prompts.why.${name}`)}</span>
        </span>
      </button>
    </li>
  );
}
