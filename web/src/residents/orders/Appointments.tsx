//! Appointments to come, the next one first.

import { CalendarOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { Appointment } from "../../fhir/types";
import rows from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { moment, when } from "../../words/when";
import css from "./orders.module.css";

const STANDING = new Set(["proposed", "pending", "booked", "arrived", "checked-in", "waitlist"]);

/** Some senders give a place by its code alone, which tells a reader nothing. */
const CODE = /^[A-Z]{0,3}\d+$/;

export function upcoming(appointments: readonly Appointment[], now = Date.now()): Appointment[] {
  return appointments
    .filter(({ status, start }) => STANDING.has(status ?? "") && moment(start) >= now - 86_400_000)
    .sort((a, b) => moment(a.start) - moment(b.start));
}

export function AppointmentRows({ appointments }: { appointments: readonly Appointment[] }) {
  const { t, i18n } = useTranslation();
  return (
    <ul className={rows["rows"]}>
      {appointments.map((one) => {
        const who = (one.participant ?? [])
          .filter(({ actor }) => !actor?.reference?.startsWith("Patient/"))
          .map(({ actor }) => actor?.display)
          .filter((display) => display && !CODE.test(display));
        const what = [one.description ?? (wordsOf(one.serviceType?.[0], i18n.language) || wordsOf(one.appointmentType, i18n.language)), ...who].filter(Boolean);
        return (
          <li key={keyOf(one)} className={rows["row"]}>
            <span className={rows["main"]}>
              <span className={css["day"]}>
                <CalendarOutlined /> {when(one.start)}
              </span>{" "}
              {what.join(" · ") || t("record.orders.appointment")}
            </span>
            <span className={rows["side"]}>
              <Source resource={one} date={one.start} bare />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
