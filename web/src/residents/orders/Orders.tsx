//! What was asked for and what comes next: appointments, then orders with their state.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Appointment } from "../../fhir/types";
import rows from "../../parts/rows.module.css";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { AppointmentRows, upcoming } from "./Appointments";
import { isOpen } from "./loops";
import { OrderRows } from "./OrderRows";
import { useOrders } from "./useOrders";

/** Rows on the first screen; open orders come first. */
const FIRST = 6;

export function Orders() {
  const { t } = useTranslation();
  const { section, orders } = useOrders();
  const appointments = useSection<Appointment>("appointments");
  const [whole, setWhole] = useState(false);
  const next = upcoming(appointments.items);
  const sorted = [...orders].sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)));
  return (
    <SectionCard
      id="orders"
      title={t("record.sections.orders")}
      sections={[section, appointments]}
      empty={t("record.orders.none")}
      count={next.length + orders.filter(isOpen).length}
      lines={3}
    >
      {() => (
        <>
          {next.length > 0 && <AppointmentRows appointments={next} />}
          <OrderRows orders={whole ? sorted : sorted.slice(0, FIRST)} />
          {orders.length > FIRST && (
            <button type="button" className={rows["fold"]} aria-expanded={whole} onClick={() => setWhole(!whole)}>
              {whole ? t("common.showLess") : t("common.showAll", { n: orders.length })}
            </button>
          )}
        </>
      )}
    </SectionCard>
  );
}
