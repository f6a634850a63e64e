//! The orders of the record, joined with the results that answer them.

import { useMemo } from "react";
import type { DiagnosticReport, Observation, ServiceRequest } from "../../fhir/types";
import { type Section, useSection } from "../record/useSection";
import { type Order, ordersIn } from "./loops";

export function useOrders(): { section: Section<ServiceRequest>; orders: Order[] } {
  const section = useSection<ServiceRequest>("orders");
  const reports = useSection<DiagnosticReport>("reports");
  const imaging = useSection<DiagnosticReport>("imaging");
  const labs = useSection<Observation>("labs");
  const orders = useMemo(
    () => ordersIn(section.items, [...labs.items, ...reports.items, ...imaging.items]),
    [section.items, labs.items, reports.items, imaging.items],
  );
  return { section, orders };
}
