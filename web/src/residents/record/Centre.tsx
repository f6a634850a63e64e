//! The centre of the record: what they have and take, what happened lately, what is written about them.

import type { Patient } from "../../fhir/types";
import { Allergies } from "../allergies/Allergies";
import { Documents } from "../documents/Documents";
import { Growth, growsUp } from "../growth/Growth";
import { Imaging } from "../imaging/Imaging";
import { Medicines } from "../medicines/Medicines";
import { Orders } from "../orders/Orders";
import { Procedures } from "../orders/Procedures";
import { Pregnancy } from "../pregnancy/Pregnancy";
import { Problems } from "../problems/Problems";
import { Results } from "../results/Results";
import { Vaccinations } from "../vaccinations/Vaccinations";
import { Vitals } from "../vitals/Vitals";
import css from "./record.module.css";

export function Centre({ person }: { person: Patient | undefined }) {
  const child = person !== undefined && growsUp(person);
  return (
    <>
      <div className={css["pair"]}>
        <div className={css["stack"]}>
          <Problems />
          <Allergies />
          <Vitals />
        </div>
        <Medicines />
      </div>
      {person && <Pregnancy person={person} />}
      {child && <Growth person={person} />}
      {child && <Vaccinations person={person} />}
      <Results />
      <Imaging />
      <div className={css["pair"]}>
        <Documents />
        <div className={css["stack"]}>
          <Orders />
          <Procedures />
          {!child && <Vaccinations person={person} />}
        </div>
      </div>
    </>
  );
}
