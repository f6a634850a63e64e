//! What speaks for one person and what against: each field with both values, where they differ by character, and its
//! weight as a step of a waterfall.

import { useTranslation } from "react-i18next";
import { useSexWord } from "../../../parts/PersonWords";
import { differences, type Piece } from "./diff";
import { type Review, signed, type Step, waterfall } from "./review";
import css from "./reviews.module.css";

const FIELDS = [
  "prior",
  "identity",
  "identifier",
  "card",
  "name",
  "family",
  "given",
  "birthDate",
  "gender",
  "phone",
  "email",
  "address",
  "locality",
  "household",
  "newborn",
] as const;

export function EvidenceTable({ review }: { review: Review }) {
  const { t } = useTranslation();
  const { steps, low, high, sum } = waterfall(review.evidence);
  const score = review.score ?? sum;
  return (
    <table className={css["evidence"]}>
      <thead>
        <tr>
          <th scope="col">{t("operator.reviews.evidence")}</th>
          <th scope="col">{t("operator.reviews.side.a")}</th>
          <th scope="col">{t("operator.reviews.side.b")}</th>
          <th scope="col">{t("operator.reviews.level")}</th>
          <th scope="col" className="num" data-tip={t("operator.reviews.weightHelp")}>
            {t("operator.reviews.weight")}
          </th>
          <th scope="col" className={css["fall"]} aria-hidden="true" />
        </tr>
      </thead>
      <tbody>
        {steps.map((step, at) => (
          // A field may stand twice: two phones, two addresses.
          <Field key={at} step={step} low={low} high={high} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={4}>
            {t("operator.reviews.sum")}
            {review.probability !== undefined && (
              <span className={css["probability"]}>{t("operator.reviews.means", { p: (review.probability * 100).toFixed(1) })}</span>
            )}
          </th>
          <td className="num">
            <b>{signed(score)}</b>
          </td>
          <td aria-hidden="true" />
        </tr>
      </tfoot>
    </table>
  );
}

function Field({ step, low, high }: { step: Step; low: number; high: number }) {
  const { t, i18n } = useTranslation();
  const sex = useSexWord();
  const known = FIELDS.find((one) => one === step.field);
  const levelKey = `operator.reviews.levels.${step.level}`;
  const level = step.level && i18n.exists(levelKey) ? t(levelKey as "operator.reviews.levels.equal") : step.level;
  const word = (value: string) => (step.field === "gender" && value ? sex(value) : value);
  const [a, b] = differences(word(step.a), word(step.b));
  return (
    <tr>
      <th scope="row">{known ? t(`operator.reviews.field.${known}`) : step.field}</th>
      <td>
        <Marked pieces={a} />
      </td>
      <td>
        <Marked pieces={b} />
      </td>
      <td className="meta">{level}</td>
      <td className="num" data-sign={step.weight < 0 ? "against" : "for"}>
        {signed(step.weight)}
      </td>
      <td className={css["fall"]} aria-hidden="true">
        <Bar step={step} low={low} high={high} />
      </td>
    </tr>
  );
}

function Marked({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <>
      {pieces.map(({ text, same }, at) =>
        same ? <span key={at}>{text}</span> : <mark key={at} className={css["differs"]}>{text}</mark>,
      )}
    </>
  );
}

const WIDTH = 180;

function Bar({ step, low, high }: { step: Step; low: number; high: number }) {
  const x = (value: number) => ((value - low) / (high - low || 1)) * (WIDTH - 4) + 2;
  const [from, to] = [x(Math.min(step.from, step.to)), x(Math.max(step.from, step.to))];
  return (
    <svg width={WIDTH} height={18} viewBox={`0 0 ${WIDTH} 18`}>
      <line className={css["zero"]} x1={x(0)} x2={x(0)} y1={0} y2={18} />
      <rect className={css["step"]} data-sign={step.weight < 0 ? "against" : "for"} x={from} y={4} width={Math.max(1.5, to - from)} height={10} rx={1} />
      <line className={css["joint"]} x1={x(step.to)} x2={x(step.to)} y1={9} y2={18} />
    </svg>
  );
}
