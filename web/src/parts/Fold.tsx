//! A line that unfolds what is less often needed.

import { DownOutlined, RightOutlined } from "@ant-design/icons";
import { type ReactNode, useState } from "react";
import css from "./rows.module.css";

export function Fold({ label, children }: { label: string; children: () => ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={css["fold"]} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? <DownOutlined /> : <RightOutlined />} {label}
      </button>
      {open && children()}
    </>
  );
}
