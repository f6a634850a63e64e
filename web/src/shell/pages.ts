//! The pages of each role's workbench: one table from which the menu, the palette and the routes are made.

import {
  ApiOutlined,
  AuditOutlined,
  BookOutlined,
  CheckSquareOutlined,
  CompassOutlined,
  DatabaseOutlined,
  HomeOutlined,
  InboxOutlined,
  OrderedListOutlined,
  SafetyCertificateOutlined,
  TeamOutlined,
  UserSwitchOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import { useSession, type User } from "../session/session";
import { useDemo } from "../workbench/tour/useDemo";

export interface PageEntry {
  path: string;
  group: "care" | "run" | "standards" | "learn";
  name: "start" | "residents" | "inbox" | "feeds" | "reviews" | "jobs" | "store" | "audit" | "terms" | "validate" | "conformance" | "tour";
  icon: ComponentType;
}

const START: PageEntry = { path: "/", group: "care", name: "start", icon: HomeOutlined };
const RESIDENTS: PageEntry = { path: "/residents", group: "care", name: "residents", icon: TeamOutlined };
const TERMS: PageEntry = { path: "/terms", group: "standards", name: "terms", icon: BookOutlined };

const PAGES: Record<User["role"], PageEntry[]> = {
  doctor: [START, RESIDENTS, TERMS],
  nurse: [START, RESIDENTS, TERMS],
  operator: [
    { ...START, group: "run" },
    { path: "/feeds", group: "run", name: "feeds", icon: ApiOutlined },
    { path: "/inbox", group: "run", name: "inbox", icon: InboxOutlined },
    { path: "/reviews", group: "run", name: "reviews", icon: UserSwitchOutlined },
    { path: "/jobs", group: "run", name: "jobs", icon: OrderedListOutlined },
    { path: "/store", group: "run", name: "store", icon: DatabaseOutlined },
    { path: "/audit", group: "run", name: "audit", icon: AuditOutlined },
    TERMS,
    { path: "/validate", group: "standards", name: "validate", icon: CheckSquareOutlined },
    { path: "/conformance", group: "standards", name: "conformance", icon: SafetyCertificateOutlined },
    { ...RESIDENTS, group: "care" },
  ],
};

const TOUR: PageEntry = { path: "/tour", group: "learn", name: "tour", icon: CompassOutlined };

/** The pages of whoever is signed in; a demo has its tour besides. */
export function usePages(): PageEntry[] {
  const { user } = useSession();
  const demo = useDemo();
  const own = PAGES[user.role];
  return demo ? [...own, TOUR] : own;
}
