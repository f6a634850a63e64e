//! The rail's open loops: orders without an answer, and the next appointment.

import { useTranslation } from "react-i18next";
import type { Appointment } from "../../fhir/types";
import { Card } from "../../parts/Card";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useSection } from "../record/useSection";
import { AppointmentRows, upcoming } from "./Appointments";
import { isOpen } from "./loops";
import { OrderRows } from "./OrderRows";
import { useOrders } from "./useOrders";

const MOST = 8;

export function Loops() {
  const { t } = useTranslation();
  const { section, orders } = useOrders();
  const appointments = useSection<Appointment>("appointments");
  const open = orders.filter(isOpen);
  const next = upcoming(appointments.items).slice(0, 2);
  const cause = section.cause ?? appointments.cause;
  const retry = () => [section, appointments].forEach((one) => one.retry());
  return (
    <Card id="loops" title={t("record.sections.loops")} count={open.length}>
      {cause ? (
        <Failure cause={cause} retry={retry} />
      ) : section.reading || appointments.reading ? (
        <Skeleton lines={2} />
      ) : open.length + next.length === 0 ? (
        <Empty title={t("record.orders.noneOpen")} />
      ) : (
        <>
          {next.length > 0 && <AppointmentRows appointments={next} />}
          <OrderRows orders={open.slice(0, MOST)} />
        </>
      )}
    </Card>
  );
}
