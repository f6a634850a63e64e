//! One of several, or any: a filter of a list.

import { Select } from "antd";

interface ChoiceProps {
  label: string;
  /** What stands there when nothing is chosen; the label itself unless something says it better. */
  any?: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  options: { value: string; label: string }[];
  className: string | undefined;
  search?: boolean;
}

export function Choice({ label, any = label, value, onChange, options, className = "", search = false }: ChoiceProps) {
  return (
    <Select
      allowClear
      showSearch={search}
      size="small"
      className={className}
      aria-label={label}
      placeholder={any}
      value={value ?? null}
      onChange={(chosen: string | null | undefined) => onChange(chosen ?? undefined)}
      options={options}
    />
  );
}
