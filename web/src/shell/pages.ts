//! The pages of each role's workbench: one table from which the menu, the palette and the routes are made.

import { ApiOutlined, HomeOutlined, InboxOutlined, TeamOutlined } from "@ant-design/icons";
import type { ComponentType } from "react";
import type { User } from "../session/session";

export interface PageEntry {
  path: string;
  group: "care" | "run";
  name: "start" | "residents" | "inbox" | "feeds";
  icon: ComponentType;
}

const START: PageEntry = { path: "/", group: "care", name: "start", icon: HomeOutlined };
const RESIDENTS: PageEntry = { path: "/residents", group: "care", name: "residents", icon: TeamOutlined };

const PAGES: Record<User["role"], PageEntry[]> = {
  doctor: [START, RESIDENTS],
  nurse: [START, RESIDENTS],
  operator: [
    { ...START, group: "run" },
    { path: "/inbox", group: "run", name: "inbox", icon: InboxOutlined },
    { path: "/feeds", group: "run", name: "feeds", icon: ApiOutlined },
    RESIDENTS,
  ],
};

export function pagesOf(role: User["role"]): PageEntry[] {
  return PAGES[role];
}
