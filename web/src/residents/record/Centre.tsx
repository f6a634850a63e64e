//! The centre of the record: what they have and take, what happened lately, what is written about them.

import { Allergies } from "../allergies/Allergies";
import { Documents } from "../documents/Documents";
import { Medicines } from "../medicines/Medicines";
import { Problems } from "../problems/Problems";
import { Results } from "../results/Results";
import { Vaccinations } from "../vaccinations/Vaccinations";
import { Vitals } from "../vitals/Vitals";
import css from "./record.module.css";

export function Centre() {
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
      <Results />
      <div className={css["pair"]}>
        <Documents />
        <Vaccinations />
      </div>
    </>
  );
}
